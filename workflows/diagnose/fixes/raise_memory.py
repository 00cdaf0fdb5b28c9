"""More memory for a container that was killed for using too much."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.asking import container, times
from workflows.diagnose.editing import container_of, data_of, part

_USUAL = "256Mi"


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    limit = str(hints.get("limit") or "")
    help_ = f"It is {limit} now." if limit else "It has no limit of its own now."
    return container(hints), Asked(
        "memory", "Memory limit", ValueKind.QUANTITY, help_, times(limit, 2) if limit else _USUAL
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    found = container_of(data_of(graph, node_id), values["container"])
    part(found, "resources", "limits")["memory"] = values["memory"]


FIX = Fix(
    "raise_memory",
    "Raise the memory limit",
    "Lets the container use more memory before it is killed.",
    change,
    asks,
    frozenset({"workload"}),
)
