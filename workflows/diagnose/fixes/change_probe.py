"""Another port or path for a probe."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.asking import container
from workflows.diagnose.editing import container_of, data_of

_KINDS = ("readiness", "liveness", "startup")
_ACTIONS = ("http", "tcp", "grpc")


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    ports = [port.port for port in getattr(evidence.node.data, "ports", None) or () if port.port is not None]
    now = hints.get("port")
    port = now if now in ports or not ports else ports[0]
    kind = hints.get("probe") or _KINDS[0]
    path = hints.get("path")
    return (
        container(hints),
        Asked("probe", "Probe", ValueKind.CHOICE, "Which of its probes.", kind, _KINDS),
        Asked("port", "Port", ValueKind.PORT, f"It looks at {now} now." if now else "", port),
        Asked("path", "Path", ValueKind.TEXT, "For HTTP only, such as /healthz.", path or "", is_required=False),
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    found = container_of(data_of(graph, node_id), values["container"])
    kind = values["probe"]
    probe = (found.get("probes") or {}).get(kind)
    if not isinstance(probe, dict):
        raise CannotFix(f"The container has no {kind} probe in the drawing.")
    action = next((probe[name] for name in _ACTIONS if isinstance(probe.get(name), dict)), None)
    if action is None:
        raise CannotFix(f"The {kind} probe runs a command, which has neither port nor path; change it in the node.")
    action["port"] = values["port"]
    if values["path"] and "http" in probe:
        action["path"] = values["path"]


FIX = Fix(
    "change_probe",
    "Correct the probe",
    "Makes the probe look at a port and path that the program answers on.",
    change,
    asks,
    frozenset({"workload"}),
)
