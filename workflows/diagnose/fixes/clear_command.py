"""Run what the image is made for, or another command."""

import shlex
from collections.abc import Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, ValueKind, Values
from workflows.diagnose.asking import container
from workflows.diagnose.editing import container_of, data_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    help_ = "As one types it in a shell; empty runs what the image is made for."
    return container(hints), Asked("command", "Command", ValueKind.TEXT, help_, "", is_required=False)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    found = container_of(data_of(graph, node_id), values["container"])
    try:
        words = shlex.split(values["command"])
    except ValueError as problem:
        raise CannotFix(f"The command cannot be read: {problem}.") from None
    found.pop("args", None)
    found.pop("command", None)
    if words:
        found["command"] = words


FIX = Fix(
    "clear_command",
    "Correct the command",
    "Replaces command and arguments of the container; empty runs what its image is made for.",
    change,
    asks,
    frozenset({"workload"}),
)
