"""Which recorded exchanges the practice cluster does not answer alike, and why."""

from __future__ import annotations

from typing import Any

Json = Any

GROUPS: dict[str, str] = {}
NOT_APPLICABLE: dict[str, str] = {}


def reason_for(entry: Json) -> str:
    return GROUPS.get(entry["group"]) or NOT_APPLICABLE.get(entry["name"], "")
