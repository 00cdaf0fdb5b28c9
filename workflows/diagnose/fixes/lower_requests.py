"""Less CPU or memory asked for, so that a node or a quota has it."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.asking import container, modest
from workflows.diagnose.editing import container_of, data_of, part

_RESOURCES = ("cpu", "memory")


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    resource = str(hints.get("resource") or _RESOURCES[0])
    asked = str(hints.get("requested") or "")
    help_ = f"It asks for {asked} now." if asked else ""
    return (
        container(hints),
        Asked("resource", "Resource", ValueKind.CHOICE, "", resource, _RESOURCES),
        Asked("amount", "Request", ValueKind.QUANTITY, help_, modest(resource, asked)),
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    found = container_of(data_of(graph, node_id), values["container"])
    part(found, "resources", "requests")[values["resource"]] = values["amount"]


FIX = Fix(
    "lower_requests",
    "Ask for less",
    "Lowers what the container reserves; what it may use at most stays as it is.",
    change,
    asks,
    frozenset({"workload"}),
)
