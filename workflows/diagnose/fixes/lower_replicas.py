"""Fewer copies, so that they fit into a quota."""

from collections.abc import Sequence

from clusters.health.reading import dig, number
from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import data_of
from workflows.diagnose.meanings import SCALES


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    now = number(dig(evidence.live, "spec", "replicas"), 1)
    made = number(dig(evidence.live, "status", "replicas"))
    fits = made if 0 < made < now else max(now // 2, 0 if now <= 1 else 1)
    return (Asked("replicas", "Copies", ValueKind.NUMBER, f"It should run {now} now.", fits),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    if evidence.wiring.sources(evidence.node, SCALES):
        raise CannotFix("An autoscaler decides how many copies run; lower its minimum and maximum.")
    data_of(graph, node_id)["replicas"] = values["replicas"]


FIX = Fix(
    "lower_replicas",
    "Run fewer copies",
    "Lowers the number of copies to what the namespace's quota has room for.",
    change,
    asks,
    frozenset({"deployment", "statefulset"}),
)
