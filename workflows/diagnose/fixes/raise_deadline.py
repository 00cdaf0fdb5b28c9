"""More time for a job."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import data_of

_USUAL = 600


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    seconds = hints.get("seconds") or _USUAL
    return (Asked("seconds", "Seconds", ValueKind.NUMBER, "After which it is stopped.", seconds),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data_of(graph, node_id)["deadline_seconds"] = max(values["seconds"], 1)


FIX = Fix(
    "raise_deadline",
    "Give it more time",
    "Raises the deadline of the job and runs it anew.",
    change,
    asks,
    frozenset({"job", "cronjob"}),
)
