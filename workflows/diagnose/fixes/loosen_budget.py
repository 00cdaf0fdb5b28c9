"""A budget that lets one pod be away."""

from plugins.sdk.diagnosis import Evidence, Fix, GraphLists, Values
from workflows.diagnose.editing import data_of


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    data.pop("min_available", None)
    data["max_unavailable"] = 1


FIX = Fix(
    "loosen_budget",
    "Let one pod be away at a time",
    "Sets max_unavailable to 1, so that nodes can be emptied one pod after the other.",
    change,
    applies=frozenset({"poddisruptionbudget"}),
)
