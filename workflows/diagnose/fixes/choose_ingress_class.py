"""A class of ingress that somebody serves."""

from collections.abc import Sequence

from clusters.health.reading import dig, text
from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    listed = evidence.listed.get("IngressClass", ())
    names = tuple(text(dig(item, "metadata", "name")) for item in listed)
    kind = ValueKind.CHOICE if names else ValueKind.NAME
    default = hints.get("ingress_class") or (names[0] if names else None)
    return (Asked("ingress_class", "Class", kind, "Which controller serves it.", default, names),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data_of(graph, node_id)["ingress_class"] = values["ingress_class"]


FIX = Fix(
    "choose_ingress_class",
    "Choose a class that is there",
    "Gives the ingress to a controller that the cluster has.",
    change,
    asks,
    frozenset({"ingress"}),
)
