"""A service account that pods run as and that is not there."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import add_edge, add_node, by_name, data_of

_TYPE = "serviceaccount"


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    name = hints.get("name") or getattr(evidence.node.data, "service_account", None)
    return (Asked("name", "Name", ValueKind.NAME, "As the pods name it.", name),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    found = by_name(graph, _TYPE, values["name"])
    if found is None:
        add_edge(graph, add_node(graph, _TYPE, values["name"], node_id), node_id)
        data_of(graph, node_id).pop("service_account", None)
    elif found["data"].get("existing"):
        found["data"]["existing"] = False
    else:
        raise CannotFix(f'The drawing has the service account "{values["name"]}" already: run the workflow.')


FIX = Fix(
    "add_service_account",
    "Add the service account",
    "Adds the account that the pods run as, without any rights of its own.",
    change,
    asks,
    frozenset({"workload"}),
)
