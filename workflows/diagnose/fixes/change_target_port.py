"""The port of the pods that a service leads to."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, Json, ValueKind, Values
from workflows.diagnose.editing import data_of
from workflows.diagnose.meanings import SELECTS, drawn_pods, drawn_ports
from workflows.diagnose.selecting import port_numbers

_FIELDS = {
    "port": "port",
    "targetPort": "target_port",
    "name": "name",
    "protocol": "protocol",
    "nodePort": "node_port",
    "appProtocol": "app_protocol",
}


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    ports = [port.get("port") for port in drawn_ports(evidence.node, evidence)]
    behind = [
        port
        for workload in evidence.wiring.targets(evidence.node, SELECTS)
        for _, spec in drawn_pods(workload, evidence)
        for port in port_numbers(spec)
    ]
    chosen = hints.get("port") or (ports[0] if ports else None)
    known = f"The workload listens on {', '.join(map(str, behind))}." if behind else ""
    target = hints.get("target_port") or (str(behind[0]) if behind else None)
    return (
        Asked("port", "Port of the service", ValueKind.PORT, "", chosen),
        Asked("target_port", "Port of the pods", ValueKind.PORT, known, target),
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    port, target = values["port"], values["target_port"]
    data = data_of(graph, node_id)
    if not data.get("ports"):
        # They came from the workload or an edge: written out, one of them can differ.
        data["ports"] = [_written(each) for each in drawn_ports(evidence.node, evidence)]
    found = next((each for each in data["ports"] if port in (each.get("port"), each.get("name"))), None)
    if found is None:
        raise CannotFix(f"The service has no port {port} in the drawing.")
    found["target_port"] = target
    for edge in graph["edges"]:
        told = edge.get("data") or {}
        if edge.get("source") == node_id and told.get("port") in (None, port):
            told.pop("target_port", None)


def _written(port: Json) -> Json:
    return {ours: port[theirs] for theirs, ours in _FIELDS.items() if theirs in port}


FIX = Fix(
    "change_target_port",
    "Lead to the right port",
    "Makes the service lead to the port that the program listens on.",
    change,
    asks,
    frozenset({"service"}),
)
