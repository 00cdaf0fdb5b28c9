"""The same again: a job that failed, an object that was deleted, a node that never ran."""

from plugins.sdk.diagnosis import Evidence, Fix, GraphLists, Values


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    """Nothing: the drawing is as it should be."""


FIX = Fix(
    "run_again",
    "Run it again",
    "Runs the workflow as it is drawn: what is missing is made, and a job that failed starts anew.",
    change,
    runs=True,
)
