"""A higher ceiling for an autoscaler."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    now = getattr(evidence.node.data, "max_replicas", None) or 1
    return (Asked("maximum", "At most", ValueKind.NUMBER, f"It is {now} now.", hints.get("maximum") or now * 2),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data_of(graph, node_id)["max_replicas"] = max(values["maximum"], 1)


FIX = Fix(
    "raise_maximum",
    "Let it run more copies",
    "Raises the most copies that the autoscaler may run.",
    change,
    asks,
    frozenset({"hpa"}),
)
