"""The port of the pods that a service leads to."""

from collections.abc import Sequence
from typing import Any

from plugins.core import edges
from plugins.core.ports import service_ports, workload_ports
from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, Json, ValueKind, Values
from workflows.diagnose.editing import data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    ports = [port.port for port in service_ports(evidence.node, evidence.wiring) if port.port is not None]
    behind = [
        port.port
        for workload in evidence.wiring.targets(evidence.node, edges.SELECTS)
        for port in workload_ports(workload)
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
        data["ports"] = [_written(each) for each in service_ports(evidence.node, evidence.wiring)]
    found = next((each for each in data["ports"] if port in (each.get("port"), each.get("name"))), None)
    if found is None:
        raise CannotFix(f"The service has no port {port} in the drawing.")
    found["target_port"] = target
    for edge in graph["edges"]:
        told = edge.get("data") or {}
        if edge.get("source") == node_id and told.get("port") in (None, port):
            told.pop("target_port", None)


def _written(port: Any) -> Json:
    fields = ("port", "target_port", "name", "protocol", "node_port", "app_protocol")
    return {field: getattr(port, field) for field in fields if getattr(port, field) is not None}


FIX = Fix(
    "change_target_port",
    "Lead to the right port",
    "Makes the service lead to the port that the program listens on.",
    change,
    asks,
    frozenset({"service"}),
)
