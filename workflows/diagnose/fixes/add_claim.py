"""A volume claim that pods mount and that is not there."""

from collections.abc import Sequence

from clusters.health.reading import dig
from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.editing import add_node, by_name, data_of

_TYPE = "persistentvolumeclaim"


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    return (
        Asked("name", "Name", ValueKind.NAME, "As it is mounted.", hints.get("name")),
        Asked("size", "Size", ValueKind.QUANTITY, "How much it holds.", "1Gi"),
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    _keep_strategy(graph, node_id, evidence)
    found = by_name(graph, _TYPE, values["name"])
    if found is None:
        add_node(graph, _TYPE, values["name"], node_id, size=values["size"])
    elif found["data"].get("existing"):
        found["data"] |= {"existing": False, "size": values["size"]}
    else:
        raise CannotFix(f'The drawing has the volume claim "{values["name"]}" already: run the workflow to deploy it.')


def _keep_strategy(graph: GraphLists, node_id: str, evidence: Evidence) -> None:
    """A deployment that holds such a claim is drawn to be recreated, but an API server refuses to turn one that rolls
    into that by apply. Rolling without a surge does the same: the old pod goes first."""
    if dig(evidence.live_of("Deployment"), "spec", "strategy", "type") == "RollingUpdate":
        rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
        data_of(graph, node_id).setdefault("strategy", rolling)


FIX = Fix(
    "add_claim",
    "Add the volume claim",
    "Adds a volume claim of the name that is mounted, so that the run makes it.",
    change,
    asks,
    frozenset({"workload"}),
)
