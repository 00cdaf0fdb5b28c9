"""Pulling was switched off; switch it on."""

from plugins.sdk.diagnosis import Evidence, Fix, GraphLists, Values
from workflows.diagnose.editing import data_of


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    for each in (data, *(data.get("init_containers") or ()), *(data.get("containers") or ())):
        if each.get("image_pull_policy") == "Never":
            each["image_pull_policy"] = "IfNotPresent"


FIX = Fix(
    "pull_image",
    "Pull the image when it is not there",
    "Sets the pull policy to IfNotPresent, so that nodes get the image from its registry.",
    change,
    applies=frozenset({"workload"}),
)
