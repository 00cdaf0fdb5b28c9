"""What was suspended or paused goes on."""

from plugins.sdk.diagnosis import Evidence, Fix, GraphLists, Values
from workflows.diagnose.editing import data_of


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    if evidence.node.type.name in ("job", "cronjob"):
        data["suspend"] = False
    spec = (data.get("overrides") or {}).get("spec")
    if isinstance(spec, dict):
        spec.pop("paused", None)
        spec.pop("suspend", None)


FIX = Fix(
    "resume",
    "Resume it",
    "Switches “suspended” off.",
    change,
    applies=frozenset({"job", "cronjob", "deployment"}),
)
