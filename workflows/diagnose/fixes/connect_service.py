"""A service that finds no pods: an edge to the workload that it is for."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import add_edge, data_of
from workflows.diagnose.meanings import workloads


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    nodes = workloads(evidence)
    named = ", ".join(f"{node.id} is {node.label}" for node in nodes[:10] if node.name != node.id)
    ids = tuple(node.id for node in nodes)
    return (Asked("workload", "Workload", ValueKind.CHOICE, named, hints.get("workload"), ids),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    workload = values["workload"]
    chosen = evidence.wiring.nodes[workload]
    if chosen.namespace != evidence.node.namespace:
        raise CannotFix(f"{chosen.label} is in another namespace, where the service cannot reach it.")
    data = data_of(graph, node_id)
    # Its own labels would go before those of the edge.
    data.pop("selector", None)
    data.pop("existing", None)
    add_edge(graph, node_id, workload)


FIX = Fix(
    "connect_service",
    "Connect it to a workload",
    "Draws the edge from the service to a workload, and removes a selector of its own that finds nothing.",
    change,
    asks,
    frozenset({"service"}),
)
