"""What differs between two states of one object, without the server's own bookkeeping and without secrets."""

from collections.abc import Iterator
from typing import Any

import msgspec

from plugins.sdk.secrets import PLACEHOLDER

Json = dict[str, Any]

_NOISE = frozenset({"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST = 200
_MASKED = ("data", "stringData")


class Change(msgspec.Struct, frozen=True):
    """One field. `before` and `after` are None where it is absent."""

    path: str
    before: Any
    after: Any

    def to_json(self) -> Json:
        return {"path": self.path, "from": self.before, "to": self.after}


def without_noise(live: Json) -> Json:
    """`live` as a person would write it: what only the server says is gone."""
    metadata = {key: value for key, value in (live.get("metadata") or {}).items() if key not in _NOISE}
    annotations = metadata.get("annotations")
    if annotations and _LAST_APPLIED in annotations:
        metadata["annotations"] = {key: value for key, value in annotations.items() if key != _LAST_APPLIED}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def is_same(before: Json, after: Json) -> bool:
    return without_noise(before) == without_noise(after)


def changes(before: Json, after: Json) -> list[Change]:
    """The fields that differ, at most 200 of them; the data of a Secret is masked on both sides."""
    masked = after.get("kind") == "Secret" and after.get("apiVersion") == "v1"
    found: list[Change] = []
    for change in _walk(without_noise(before), without_noise(after), ()):
        found.append(_mask(change) if masked else change)
        if len(found) == _LONGEST:
            break
    return found


def _walk(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _walk(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from _walk(left, right, (*path, str(index)))
    else:
        yield Change(".".join(path), before, after)


def _mask(change: Change) -> Change:
    if change.path.partition(".")[0] not in _MASKED:
        return change
    return Change(change.path, _hidden(change.before), _hidden(change.after))


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return dict.fromkeys(value, PLACEHOLDER)
    return None if value is None else PLACEHOLDER
