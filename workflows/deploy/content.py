"""The content of a release: every object complete, every secret value as a reference to its revision.

Compiling with `Markers` puts a marker where a value would be; `to_content` turns markers into references, and
`fill` puts the clear values in, in memory, just before an object is applied.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import msgspec

from plugins.sdk.objects import Bundle, KubeObject, ObjectKey, Reference, Wait
from workflows.deploy.applyset import with_part_of

Json = dict[str, Any]
Reveal = Callable[[str], str]

REVISION = "$revision"
_IS_BASE64 = "is_base64"
_MARK = "\x02sailcloth-revision:"


class Markers:
    """A source of secret values for the compiler that yields a marker for each, never a value."""

    def value(self, revision: str) -> str | None:
        return f"{_MARK}{revision}"


class ReleaseObject(msgspec.Struct, frozen=True, dict=True):
    """One object as a release keeps it."""

    body: Json
    node_id: str | None = None

    @cached_property
    def key(self) -> ObjectKey:
        return KubeObject(self.body).key

    @property
    def version(self) -> str:
        return str(self.body["apiVersion"]).rpartition("/")[2]


class Content(msgspec.Struct, frozen=True):
    """What a run sets out to apply. An empty one is a tombstone: everything goes."""

    objects: tuple[ReleaseObject, ...] = ()
    waits: tuple[Wait, ...] = ()
    references: tuple[Reference, ...] = ()
    policies: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()

    def to_json(self) -> Json:
        return dict(msgspec.to_builtins(self))


def to_content(bundle: Bundle, set_id: str) -> Content:
    """`bundle` was compiled with `Markers`. Its objects become members of the set `set_id`."""
    objects = tuple(
        ReleaseObject(with_part_of(_without_values(item.body), set_id), item.node_id) for item in bundle.objects
    )
    return Content(objects, bundle.waits, bundle.references, dict(bundle.policies))


def from_json(content: Json) -> Content:
    return msgspec.convert(content, Content)


def fill(body: Json, reveal: Reveal) -> Json:
    """`body` with clear values. The result is for the wire only: never store or log it."""
    data = body.get("data")
    if body.get("kind") != "Secret" or not isinstance(data, dict):
        return body
    return {**body, "data": {key: _filled(value, reveal) for key, value in data.items()}}


def digest(body: Json) -> str:
    """What tells whether two releases say the same of one object; secrets count by their revision."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def revisions(objects: Iterable[ReleaseObject]) -> list[str]:
    """The vault revisions that the release needs to be applied again."""
    found = {
        value[REVISION]
        for item in objects
        if item.body.get("kind") == "Secret"
        for value in (item.body.get("data") or {}).values()
        if isinstance(value, dict)
    }
    return sorted(found)


def _without_values(body: Json) -> Json:
    data = body.get("data")
    if body.get("kind") != "Secret" or not isinstance(data, dict):
        return body
    return {**body, "data": {key: _reference(value) for key, value in data.items()}}


def _reference(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.startswith(_MARK):
        return {REVISION: value.removeprefix(_MARK), _IS_BASE64: True}
    try:
        clear = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return value
    return {REVISION: clear.removeprefix(_MARK)} if clear.startswith(_MARK) else value


def _filled(value: Any, reveal: Reveal) -> Any:
    if not isinstance(value, dict):
        return value
    clear = reveal(value[REVISION])
    return clear if value.get(_IS_BASE64) else base64.b64encode(clear.encode()).decode()
