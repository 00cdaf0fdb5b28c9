"""ResourceQuota: how much a namespace may use in total."""

from collections.abc import Iterable
from typing import Annotated

from plugins.core.base import Placed, manifest, present
from plugins.core.pods.build import quantity
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, Quantity, about
from plugins.sdk.nodetype import NodeType, TypedNode


class ResourceQuotaData(Placed):
    hard: Annotated[
        dict[str, Quantity] | None,
        about("Limits", "Such as requests.cpu, limits.memory, pods.", required=True, widget="key-value"),
    ] = None
    scopes: Annotated[list[str] | None, about("Scopes", group=Group.ADVANCED)] = None
    scope_selector: Annotated[
        Json | None,
        about(
            "Scope selector", "In Kubernetes' own words.", widget="json", group=Group.ADVANCED, shape="ScopeSelector"
        ),
    ] = None


def compile_quota(node: TypedNode[ResourceQuotaData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    hard = None if data.hard is None else {name: quantity(value) for name, value in data.hard.items()}
    spec = present(hard=hard, scopes=data.scopes, scopeSelector=data.scope_selector)
    yield manifest("v1", "ResourceQuota", node.name, spec=spec)


NODE_TYPE = NodeType(
    name="resourcequota",
    display_name="Resource quota",
    description="Limits what a whole namespace may use.",
    icon="gauge",
    category="cluster",
    data=ResourceQuotaData,
    compile=compile_quota,
    kind="ResourceQuota",
    api_versions=("v1",),
    defaults={"name": "quota", "hard": {"pods": "20"}},
)
