"""What differs between two states of one object, without the server's own bookkeeping and without secrets."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from plugins.sdk.secrets import PLACEHOLDER

Json = dict[str, Any]
Difference = tuple[tuple[str, ...], Any, Any]

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
    found = (Change(".".join(path), left, right) for path, left, right in differences(before, after))
    shown = map(_mask, found) if is_secret(after) else found
    return list(islice(shown, _LONGEST))


def is_secret(body: Json) -> bool:
    return body.get("kind") == "Secret" and body.get("apiVersion") == "v1"


def differences(before: Json, after: Json) -> Iterator[Difference]:
    """What differs, unmasked, with the keys and list positions that lead there."""
    return _walk(without_noise(before), without_noise(after), ())


def _walk(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _walk(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from _walk(left, right, (*path, str(index)))
    else:
        yield path, before, after


def _mask(change: Change) -> Change:
    if change.path.partition(".")[0] not in _MASKED:
        return change
    return Change(change.path, _hidden(change.before), _hidden(change.after))


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return dict.fromkeys(value, PLACEHOLDER)
    return None if value is None else PLACEHOLDER
