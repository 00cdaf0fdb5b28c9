"""What was marked as already there, and is not: let the workflow make it."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    if evidence.node.type.name != "persistentvolumeclaim":
        return ()
    size = getattr(evidence.node.data, "size", "") or "1Gi"
    return (Asked("size", "Size", ValueKind.QUANTITY, "How much it holds.", str(size)),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data_of(graph, node_id).update({"existing": False, **values})


FIX = Fix(
    "make_it",
    "Let the workflow make it",
    "Switches “Already exists” off, so that a run makes the object.",
    change,
    asks,
    frozenset({"configmap", "secret", "persistentvolumeclaim", "service", "serviceaccount"}),
)
