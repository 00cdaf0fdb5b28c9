"""How one object selects the pods of several workloads at once."""

from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode


def selectors_of(node: AnyNode, meaning: str, context: CompileContext) -> list[tuple[str, Json]]:
    """(suffix, label selector) of each object to make: one for all workloads where their labels allow it,
    else one for each. Without an edge or a selector of its own it is every pod of the namespace."""
    own: Json | None = node.data.selector
    workloads = context.wiring.targets(node, meaning)
    if own is not None:
        return [("", own)]
    if not workloads:
        return [("", {})]
    if len(workloads) == 1:
        return [("", {"matchLabels": context.selector(workloads[0])})]
    if all(context.has_default_selector(workload) for workload in workloads):
        return [("", _any_of(workloads, context))]
    return [(f"-{workload.name}", {"matchLabels": context.selector(workload)}) for workload in workloads]


def _any_of(workloads: list[AnyNode], context: CompileContext) -> Json:
    values = sorted(context.selector(workload)[names.NAME] for workload in workloads)
    instance = context.selector(workloads[0])[names.INSTANCE]
    return {
        "matchLabels": {names.INSTANCE: instance},
        "matchExpressions": [{"key": names.NAME, "operator": "In", "values": values}],
    }
