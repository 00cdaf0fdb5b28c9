"""The check: a lighthouse that says nothing guides nobody. Its fix writes a message into the drawing."""

from collections.abc import Iterable, Sequence

from plugins.sdk.diagnosis import Asked, CannotFix, Check, CheckStatus, Evidence, Finding, Fix, GraphLists, Values


def run(evidence: Evidence) -> Iterable[Finding]:
    if not evidence.node.data.message.strip():
        yield Finding(
            cause="dark",
            message=f"{evidence.node.label} says nothing.",
            suggestion="Write a message.",
            status=CheckStatus.WARNING,
            fix_type="lighthouse.light",
        )


CHECK = Check("lighthouse.dark", "It says something", run, frozenset({"lighthouse.beacon"}), is_static=True)


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    return (Asked("message", "Message", default="Here is the harbour."),)


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    node = next((each for each in graph["nodes"] if each["id"] == node_id), None)
    if node is None:
        raise CannotFix("The lighthouse is no longer drawn.")
    node["data"]["message"] = values["message"]


FIX = Fix(
    "lighthouse.light",
    "Light it",
    "Writes a message into the lighthouse.",
    change,
    asks,
    frozenset({"lighthouse.beacon"}),
)
