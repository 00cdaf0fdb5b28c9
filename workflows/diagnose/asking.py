"""What several fixes ask alike, and the values that they propose."""

import re

from plugins.sdk.diagnosis import Asked, Evidence, ValueKind, Values
from plugins.sdk.formats import parse_quantity

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(.*)\Z")
_MODEST = {"cpu": "500m", "memory": "256Mi"}


def container(hints: Values) -> Asked:
    """Which container; empty means the main one."""
    return Asked(
        "container",
        "Container",
        ValueKind.TEXT,
        "Empty means the main one.",
        str(hints.get("container") or ""),
        is_required=False,
    )


def times(quantity: str, factor: float) -> str:
    """`64Mi` twice is `128Mi`."""
    found = _NUMBER.match(quantity)
    if found is None:
        return quantity
    number = float(found[1]) * factor
    return f"{int(number) if number == int(number) else number:g}{found[2]}" if number < 1e15 else quantity


def modest(resource: str, asked: str) -> str:
    """Less than what was asked for: something that most nodes have, or half of what is little already."""
    usual = _MODEST.get(resource, "1")
    if asked and (parse_quantity(asked) or 0) <= (parse_quantity(usual) or 0):
        return times(asked, 0.5)
    return usual


def drawn(evidence: Evidence, type_: str) -> list[str]:
    """The names of the nodes of a type."""
    return sorted({node.name for node in evidence.wiring.nodes.values() if node.type.name == type_ and node.name})
