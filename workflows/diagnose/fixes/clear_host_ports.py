"""Host ports, of which each node has one only."""

from plugins.sdk.diagnosis import CannotFix, Evidence, Fix, GraphLists, Values
from workflows.diagnose.editing import data_of


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    found = [port for each in (data, *(data.get("containers") or ())) for port in each.get("ports") or ()]
    found = [port for port in found if port.get("host_port") is not None]
    if not found:
        raise CannotFix("No port of the drawing is a host port.")
    for port in found:
        port.pop("host_port")
        port.pop("host_ip", None)


FIX = Fix(
    "clear_host_ports",
    "Do without host ports",
    "Removes the host ports; a service reaches the pods without them.",
    change,
    applies=frozenset({"workload"}),
)
