"""What a node type sees while it compiles: the wiring, the cluster's abilities, and nothing else.

A plugin calls these helpers instead of inventing names, labels or API versions of its own. Pure: secret
values come through a port, problems are collected.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

import msgspec

from plugins.sdk import names
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.nodetype import AnyNode, Link, Wiring
from plugins.sdk.problems import Problem
from plugins.sdk.secrets import SecretRef, SecretValues


class CompileContext:
    """One compilation. `instance` is the workflow's frozen slug, `namespace` the run's."""

    def __init__(
        self,
        *,
        namespace: str,
        instance: str,
        capabilities: Capabilities,
        wiring: Wiring,
        secrets: SecretValues,
        built_images: Mapping[str, str],
        digest_key: bytes,
    ) -> None:
        self.namespace = namespace
        self.instance = instance
        self.capabilities = capabilities
        self.wiring = wiring
        self.built_images = built_images
        self.problems: list[Problem] = []
        self.policies: dict[str, dict[str, str]] = {}
        self.secret_revisions: set[str] = set()
        self._secrets = secrets
        self._digest_key = digest_key
        self._served = {(kind.group, kind.version, kind.kind): kind for kind in capabilities.kinds}
        self._picked: dict[tuple[str, tuple[str, ...]], str] = {}
        self._instance_label = names.label_value(instance)
        self._minor = capabilities.minor

    # --- the cluster -------------------------------------------------------------------------------
    def api_version(self, kind: str, api_versions: tuple[str, ...]) -> str:
        """The first version that the cluster serves; the first of all when it serves none, which the
        compiler then reports on the node (a CRD of the same bundle may still define it)."""
        key = (kind, api_versions)
        picked = self._picked.get(key)
        if picked is None:
            served = self.capabilities.pick(kind, api_versions)
            picked = self._picked[key] = served.api_version if served else api_versions[0]
        return picked

    def served(self, api_version: str, kind: str) -> ServedKind | None:
        group, _, version = api_version.rpartition("/")
        return self._served.get((group, version, kind))

    def has_minor(self, minor: int) -> bool:
        """Whether the cluster is at least Kubernetes 1.`minor`; an unknown version is taken as recent."""
        return self._minor == 0 or self._minor >= minor

    def require_minor(self, node: AnyNode, field: str, minor: int, what: str | None = None) -> bool:
        """Reports that `field` needs a newer cluster: an old API server refuses what it does not know."""
        if self.has_minor(minor):
            return True
        running = self.capabilities.version
        message = f"{what or field} needs Kubernetes 1.{minor} or newer, and the cluster runs {running}; change it"
        self.report(node.problem("needs_newer_cluster", message, field=field))
        return False

    # --- wiring --------------------------------------------------------------------------------------
    def incoming(self, node: AnyNode, meaning: str | None = None) -> list[Link]:
        return self.wiring.incoming(node, meaning)

    def outgoing(self, node: AnyNode, meaning: str | None = None) -> list[Link]:
        return self.wiring.outgoing(node, meaning)

    def report(self, problem: Problem) -> None:
        self.problems.append(problem)

    def report_all(self, problems: Iterable[Problem]) -> None:
        self.problems.extend(problems)

    # --- labels --------------------------------------------------------------------------------------
    def labels(self, node: AnyNode) -> dict[str, str]:
        """Ours, for a top-level object. Never for templates: there they would be immutable."""
        return {
            names.NAME: names.label_value(node.name),
            names.INSTANCE: self._instance_label,
            names.MANAGED_BY: names.MANAGER,
            names.NODE: names.label_value(node.id),
        }

    def selector(self, node: AnyNode) -> dict[str, str]:
        """What selects the pods of a workload: its own selector when it has one (imports keep theirs)."""
        own: dict[str, str] | None = getattr(node.data, "selector", None)
        if own:
            return dict(own)
        return {names.NAME: names.label_value(node.name), names.INSTANCE: self._instance_label}

    def has_default_selector(self, node: AnyNode) -> bool:
        return not getattr(node.data, "selector", None)

    def cluster_name(self, node: AnyNode) -> str:
        """The name of a cluster-scoped object that we make: two namespaces must not meet in it."""
        return names.shortened(f"{node.namespace}-{node.name}", 253)

    def set_policy(self, node: AnyNode, **policy: str) -> None:
        """How the node behaves over runs (jobs: run, on_rollback)."""
        self.policies[node.id] = policy

    # --- secrets and digests ---------------------------------------------------------------------------
    def secret_value(self, reference: SecretRef) -> str | None:
        """The clear value, or None when only a placeholder may be shown."""
        self.secret_revisions.add(reference.revision)
        return self._secrets.value(reference.revision)

    def digest(self, content: object) -> str:
        """A keyed digest of any JSON content: equal content, equal digest, and no way back to it."""
        encoded = msgspec.json.encode(content, order="sorted")
        return hmac.new(self._digest_key, encoded, hashlib.sha256).hexdigest()[:32]
