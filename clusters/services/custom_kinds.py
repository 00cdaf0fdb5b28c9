"""The custom kinds of clusters, for drawing: which there are and the schema of each, kept for a while per cluster."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from clusters import selectors
from clusters.errors import cluster_failed
from clusters.kube.gateway import ClusterError, Gateway
from clusters.services import probing
from clusters.services.gateways import call, gateway_for
from core.principal import Principal
from plugins.declared.custom import CustomKind, parts_of, type_of_cluster
from plugins.sdk.capabilities import Capabilities
from plugins.sdk.nodetype import NodeType

Json = dict[str, Any]
PATIENCE = 8.0
SECONDS = 60.0
MOST_CLUSTERS = 64
MAX_KINDS = 500
_DEFINITIONS = ("apiextensions.k8s.io", "CustomResourceDefinition")

Types = dict[str, NodeType[Any]]
_lock = threading.Lock()
_kept: OrderedDict[str, tuple[float, Types]] = OrderedDict()


def custom_types(*, cluster: str, actor: Principal) -> list[NodeType[Any]]:
    """The node types of all custom kinds of a cluster that `actor` may see, by kind. Raises why it does not answer,
    when it was not asked lately."""
    seen = selectors.get_cluster(name_or_id=cluster, actor=actor)
    try:
        return list(custom_types_of(seen.pk).values())
    except ClusterError as error:
        raise cluster_failed(probing.failure(error)) from error


def custom_types_of(cluster_id: str) -> Types:
    """The same by the id of a cluster, whoever asks: callers have found out before that somebody may."""
    now = time.monotonic()
    with _lock:
        kept = _kept.get(cluster_id)
        if kept is not None and now - kept[0] < SECONDS:
            return kept[1]
    found = _ask(gateway_for(cluster_id))
    with _lock:
        _kept[cluster_id] = (now, found)
        _kept.move_to_end(cluster_id)
        while len(_kept) > MOST_CLUSTERS:
            _kept.popitem(last=False)
    return found


def custom_types_in(cluster_id: str, names: Iterable[str]) -> Types:
    """Those of the node types in a graph (`names`) that are kinds of this cluster. Asks only when there are any, and
    does without when the cluster does not answer: it has the last word anyway."""
    wanted = {name for name in names if parts_of(name) is not None}
    if not wanted:
        return {}
    try:
        return {name: each for name, each in custom_types_of(cluster_id).items() if name in wanted}
    except ClusterError:
        return {}


def forget_custom_kinds(cluster_id: str) -> None:
    """Look again the next time."""
    with _lock:
        _kept.pop(cluster_id, None)


def served_by(cluster: str, actor: Principal) -> Capabilities | None:
    """What a cluster that `actor` may see serves; None when it does not answer."""
    return capabilities_if_known(selectors.get_cluster(name_or_id=cluster, actor=actor).pk, refresh=True)


def capabilities_if_known(cluster_id: str, *, refresh: bool = False) -> Capabilities | None:
    """For what is better with them and works without."""
    try:
        return call(gateway_for(cluster_id).capabilities(refresh=refresh), timeout=PATIENCE)
    except ClusterError:
        return None


def _ask(gateway: Gateway) -> Types:
    capabilities = call(gateway.capabilities(refresh=True), timeout=PATIENCE)
    definitions = capabilities.find(*_DEFINITIONS)
    kinds: list[CustomKind] = []
    if definitions is not None:
        try:
            page = call(gateway.list(definitions), timeout=PATIENCE)
            kinds = [kind for item in page.items for kind in _described(item)]
        except ClusterError as error:
            if error.reason not in ("forbidden", "Forbidden"):
                raise
            # Whoever may not read definitions still sees by the names of groups which kinds are not Kubernetes' own.
            kinds = list(_named(capabilities))
    made = (type_of_cluster(kind) for kind in sorted(kinds, key=lambda kind: (kind.kind, kind.group))[:MAX_KINDS])
    return {each.name: each for each in made}


def _described(definition: Json) -> Iterator[CustomKind]:
    spec = definition.get("spec") or {}
    versions = [each for each in spec.get("versions") or () if isinstance(each, dict) and each.get("served")]
    names = spec.get("names") or {}
    if not versions or not _is_established(definition):
        return
    # Newer versions are listed by the cluster's own order of preference: what is stored comes first.
    versions.sort(key=lambda each: not each.get("storage"))
    schema = (versions[0].get("schema") or {}).get("openAPIV3Schema")
    schema = schema if isinstance(schema, dict) else {}
    yield CustomKind(
        group=str(spec.get("group") or ""),
        versions=tuple(str(each.get("name")) for each in versions),
        kind=str(names.get("kind") or ""),
        is_namespaced=spec.get("scope") == "Namespaced",
        description=str(schema.get("description") or ""),
        schema=schema,
    )


def _is_established(definition: Json) -> bool:
    conditions = (definition.get("status") or {}).get("conditions") or ()
    return any(each.get("type") == "Established" and each.get("status") == "True" for each in conditions)


def _named(capabilities: Capabilities) -> Iterator[CustomKind]:
    seen: set[tuple[str, str]] = set()
    for served in capabilities.kinds:
        key = (served.group, served.kind)
        is_own = "." not in served.group or served.group.endswith(".k8s.io")
        if is_own or key in seen or "create" not in served.verbs:
            continue
        seen.add(key)
        yield CustomKind(
            group=served.group, versions=(served.version,), kind=served.kind, is_namespaced=served.namespaced
        )
