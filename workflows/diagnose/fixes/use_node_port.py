"""A load balancer that never comes: a port on the nodes instead."""

from plugins.sdk.diagnosis import Evidence, Fix, GraphLists, Values
from workflows.diagnose.editing import data_of


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    data["type"] = "NodePort"
    for field in ("load_balancer_ip", "load_balancer_class", "load_balancer_source_ranges"):
        data.pop(field, None)


FIX = Fix(
    "use_node_port",
    "Use a port of the nodes",
    "Makes the service reachable at a port of every node; no load balancer is needed.",
    change,
    applies=frozenset({"service"}),
)
