"""A volume claim that pods mount and that is not there."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import add_node, by_name

_TYPE = "persistentvolumeclaim"


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    return (
        Asked("name", "Name", ValueKind.NAME, "As it is mounted.", hints.get("name")),
        Asked("size", "Size", ValueKind.QUANTITY, "How much it holds.", "1Gi"),
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    found = by_name(graph, _TYPE, values["name"])
    if found is None:
        add_node(graph, _TYPE, values["name"], node_id, size=values["size"])
    elif found["data"].get("existing"):
        found["data"] |= {"existing": False, "size": values["size"]}
    else:
        raise CannotFix(f'The drawing has the volume claim "{values["name"]}" already: run the workflow to deploy it.')


FIX = Fix(
    "add_claim",
    "Add the volume claim",
    "Adds a volume claim of the name that is mounted, so that the run makes it.",
    change,
    asks,
    frozenset({"workload"}),
)
