"""Demands on the node that no node meets."""

from plugins.sdk.diagnosis import CannotFix, Evidence, Fix, GraphLists, Values
from workflows.diagnose.editing import data_of

_FIELDS = ("node_selector", "affinity", "node_name", "topology_spread")


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    if not any(data.get(field) for field in _FIELDS):
        raise CannotFix("The drawing demands nothing of the node; the demand comes from its overrides or the cluster.")
    for field in _FIELDS:
        data.pop(field, None)


FIX = Fix(
    "clear_placement",
    "Let it run on any node",
    "Removes node selector, affinity and spread, so that any node may take the pods.",
    change,
    applies=frozenset({"workload"}),
)
