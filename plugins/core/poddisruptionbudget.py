"""PodDisruptionBudget: how many pods may be down at once when nodes are drained."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import Placed, manifest, present
from plugins.core.selectors import selectors_of
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

API_VERSIONS = ("policy/v1", "policy/v1beta1")


class PodDisruptionBudgetData(Placed):
    min_available: Annotated[
        int | str | None, about("At least available", "A number or a percentage.", format="count-or-percent")
    ] = None
    max_unavailable: Annotated[
        int | str | None, about("At most unavailable", "A number or a percentage.", format="count-or-percent")
    ] = None
    unhealthy_pod_eviction: Annotated[
        str | None,
        about(
            "Eviction of unhealthy pods",
            choices=("IfHealthyBudget", "AlwaysAllow"),
            group=Group.ADVANCED,
        ),
    ] = None
    selector: Annotated[
        Json | None,
        about(
            "Selector",
            "Instead of edges, in Kubernetes' own words.",
            widget="json",
            group=Group.ADVANCED,
            shape="LabelSelector",
        ),
    ] = None


def compile_budget(node: TypedNode[PodDisruptionBudgetData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    limits = present(minAvailable=data.min_available, maxUnavailable=data.max_unavailable)
    api_version = context.api_version("PodDisruptionBudget", API_VERSIONS)
    if data.unhealthy_pod_eviction and context.require_minor(node, "unhealthy_pod_eviction", 26):
        limits["unhealthyPodEvictionPolicy"] = data.unhealthy_pod_eviction
    for suffix, selector in selectors_of(node, edges.PROTECTS, context):
        spec = {**(limits or {"maxUnavailable": 1}), "selector": selector}
        yield manifest(api_version, "PodDisruptionBudget", f"{node.name}{suffix}", spec=spec)


def check_budget(node: TypedNode[PodDisruptionBudgetData], wiring: Wiring) -> Iterator[Problem]:
    data = node.data
    if data.min_available is not None and data.max_unavailable is not None:
        yield node.problem(
            "bad_value",
            "give min_available or max_unavailable, not both; clear one.",
            field="max_unavailable",
        )
    if data.selector is None and not wiring.targets(node, edges.PROTECTS):
        yield node.problem("missing_target", "it protects nothing; draw an edge to a workload.")


NODE_TYPE = NodeType(
    name="poddisruptionbudget",
    display_name="Disruption budget",
    description="Keeps enough pods running while nodes are emptied.",
    icon="shield-check",
    category="scaling",
    data=PodDisruptionBudgetData,
    compile=compile_budget,
    check=check_budget,
    kind="PodDisruptionBudget",
    api_versions=API_VERSIONS,
    defaults={"name": "budget", "max_unavailable": 1},
    connections=(edges.PROTECTION,),
)
