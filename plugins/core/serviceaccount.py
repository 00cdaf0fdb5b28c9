"""ServiceAccount: who the pods are towards the API server, with the rights that its rules give."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from plugins.core import edges
from plugins.core.base import Referable, manifest, present
from plugins.core.pods.fields import LocalName
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

RBAC = "rbac.authorization.k8s.io"
RBAC_VERSION = f"{RBAC}/v1"


class Rule(Data):
    """What may be done with what."""

    verbs: Annotated[list[str], about("Verbs", "Such as get, list, watch.", required=True)] = []
    api_groups: Annotated[list[str] | None, about("API groups", 'Such as apps; "" is the core.')] = None
    resources: Annotated[list[str] | None, about("Resources", "Such as pods.")] = None
    resource_names: Annotated[list[str] | None, about("Names", "Only these objects.")] = None
    non_resource_urls: Annotated[list[str] | None, about("URLs", "Such as /healthz; cluster-wide only.")] = None


class ServiceAccountData(Referable):
    rules: Annotated[list[Rule] | None, about("Rights", group=Group.SECURITY)] = None
    cluster_wide: Annotated[
        bool, about("Cluster-wide", "The rights hold in every namespace.", group=Group.SECURITY)
    ] = False
    image_pull_secrets: Annotated[list[str | LocalName] | None, about("Pull secrets", group=Group.SECURITY)] = None
    automount_token: Annotated[bool | None, about("Mount the API token", group=Group.SECURITY)] = None


def compile_account(node: TypedNode[ServiceAccountData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    yield manifest(
        "v1",
        "ServiceAccount",
        node.name,
        imagePullSecrets=_pull_secrets(node, context.wiring),
        automountServiceAccountToken=data.automount_token,
    )
    if data.rules:
        yield from _rights(node, context)


def _pull_secrets(node: TypedNode[ServiceAccountData], wiring: Wiring) -> list[Json] | None:
    own = [item.name if isinstance(item, LocalName) else item for item in node.data.image_pull_secrets or ()]
    drawn = [secret.name for secret in wiring.sources(node, edges.PULL_SECRET)]
    wanted = list(dict.fromkeys([*drawn, *own]))
    if not wanted and node.data.image_pull_secrets is None:
        return None
    return [{"name": name} for name in wanted]


def _rights(node: TypedNode[ServiceAccountData], context: CompileContext) -> Iterator[Json]:
    """A role and its binding. Those that hold in the whole cluster carry the namespace in their name."""
    is_wide = node.data.cluster_wide
    kind = "ClusterRole" if is_wide else "Role"
    name = context.cluster_name(node) if is_wide else node.name
    yield manifest(RBAC_VERSION, kind, name, rules=[_rule_body(rule) for rule in node.data.rules or ()])
    yield manifest(
        RBAC_VERSION,
        f"{kind}Binding",
        name,
        roleRef={"apiGroup": RBAC, "kind": kind, "name": name},
        subjects=[{"kind": "ServiceAccount", "name": node.name, "namespace": node.namespace}],
    )


def _rule_body(rule: Rule) -> Json:
    """A rule about resources names its groups; the core group is meant when none is given."""
    groups: Any = rule.api_groups
    if groups is None and rule.resources is not None:
        groups = [""]
    body = present(
        apiGroups=groups,
        resources=rule.resources,
        resourceNames=rule.resource_names,
        nonResourceURLs=rule.non_resource_urls,
    )
    return body | {"verbs": rule.verbs}


def check_account(node: TypedNode[ServiceAccountData], wiring: Wiring) -> Iterator[Problem]:
    for index, rule in enumerate(node.data.rules or ()):
        field = f"rules.{index}"
        if not rule.resources and not rule.non_resource_urls:
            yield node.problem(
                "missing_field",
                f"{field} names no resources; add some such as pods.",
                field=f"{field}.resources",
            )
        if rule.resources and rule.non_resource_urls:
            yield node.problem("bad_value", f"{field} has resources and URLs; make two rules of it.", field=field)
        if rule.non_resource_urls and not node.data.cluster_wide:
            yield node.problem(
                "bad_value",
                f"{field} is about URLs, which only cluster-wide rights can be; set cluster_wide.",
                field=field,
            )


NODE_TYPE = NodeType(
    name="serviceaccount",
    display_name="Service account",
    description="The identity of pods, and what they may do in the cluster.",
    icon="user-cog",
    category="security",
    data=ServiceAccountData,
    compile=compile_account,
    check=check_account,
    kind="ServiceAccount",
    api_versions=("v1",),
    defaults={"name": "account"},
    connections=(edges.RUNS_AS, edges.PULLS),
)
