"""Reading what extends the product."""

from plugins.registry import core_types
from plugins.sdk.fields import Json
from plugins.sdk.stack import Stack
from plugins.stacks import shipped_stacks

_SEARCHED = ("type", "display_name", "description", "category")


def node_types(*, search: str = "", category: str = "") -> list[Json]:
    """All that an editor knows of each node type, in the order of the palette. They are few and in memory."""
    wanted = search.casefold()
    return [
        row
        for row in core_types().templates()
        if category in ("", row["category"]) and any(wanted in str(row[name]).casefold() for name in _SEARCHED)
    ]


def stacks() -> tuple[Stack, ...]:
    """The graphs to start from that come with the product, by title."""
    return shipped_stacks()
