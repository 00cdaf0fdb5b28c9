"""Who changed which fields when, from the bookkeeping of the API server (`metadata.managedFields`). Pure."""

from collections.abc import Iterator
from typing import Any

import msgspec

from clusters.health.reading import Json, dig, entries, mapping, text

_MOST_FIELDS = 100
_DEPTH = 12
_LENGTH = 300


class Change(msgspec.Struct, frozen=True):
    """What one manager holds, and when it last wrote. `fields` are paths such as `spec.replicas`."""

    at: str
    manager: str
    operation: str
    subresource: str
    fields: tuple[str, ...]


def changes_of(obj: Json) -> list[Change]:
    """The newest first."""
    found = [
        Change(
            at=text(entry.get("time"))[:40],
            manager=text(entry.get("manager"))[:_LENGTH],
            operation=text(entry.get("operation"))[:20],
            subresource=text(entry.get("subresource"))[:60],
            fields=_fields(entry.get("fieldsV1")),
        )
        for entry in entries(dig(obj, "metadata", "managedFields"))
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _fields(tree: Any) -> tuple[str, ...]:
    found: list[str] = []
    for path in _leaves(mapping(tree), "", _DEPTH):
        found.append(path[:_LENGTH])
        if len(found) == _MOST_FIELDS:
            found.append("…")
            break
    return tuple(found)


def _leaves(tree: Json, path: str, depth: int) -> Iterator[str]:
    below = {key: mapping(value) for key, value in tree.items() if key != "."}
    if not below or not depth:
        if path:
            yield path
        return
    for key, part in below.items():
        yield from _leaves(part, _joined(path, key), depth - 1)


def _joined(path: str, key: str) -> str:
    """`f:name` is a field, `k:{…}` the item of a list with these keys, `v:…` a value, `i:…` a place."""
    sort, _, rest = key.partition(":")
    if sort == "f":
        return f"{path}.{rest}" if path else rest
    if sort == "k":
        return f"{path}[{_keys(rest)}]"
    # What a set holds may be anything; that it changed is enough.
    return f"{path}[]"


def _keys(raw: str) -> str:
    try:
        found = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return raw
    return ",".join(f"{name}={value}" for name, value in found.items()) if isinstance(found, dict) else raw
