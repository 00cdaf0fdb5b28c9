"""Another image for a container."""

from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.asking import container
from workflows.diagnose.editing import container_of, data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    now = hints.get("image") or getattr(evidence.node.data, "image", None)
    help_ = f"It is {now} now." if now else "Such as nginx:1.27."
    return container(hints), Asked("image", "Image", ValueKind.IMAGE, help_)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    container_of(data_of(graph, node_id), values["container"])["image"] = values["image"]


FIX = Fix(
    "change_image",
    "Use another image",
    "Give the container the name of an image that exists and that the cluster can pull.",
    change,
    asks,
    frozenset({"workload"}),
)
