"""Bodies in protobuf, which kubectl and Helm send for built-in kinds: turned into plain objects.

Answers are always JSON, which these clients accept as well. Must not know what an object means.
"""

from __future__ import annotations

import base64
import datetime as dt
import struct
from collections.abc import Iterator
from typing import Any

from .errors import ApiError
from .objects import Obj, micro_text, time_text
from .protobuf_fields import messages

MAGIC = b"k8s\x00"
MAX_DEPTH = 50
Wire = int | bytes


class _Bad(ValueError):
    pass


def load(body: bytes) -> Obj:
    """The object in an envelope with its kind; refused by name where a part of it is not known here."""
    try:
        if not body.startswith(MAGIC):
            raise _Bad("the body does not begin with the mark of Kubernetes")
        envelope = dict(_fields(body[len(MAGIC) :]))
        kinds = dict(_fields(_bytes(envelope.get(1, b""))))
        version, kind = _bytes(kinds.get(1, b"")).decode(), _bytes(kinds.get(2, b"")).decode()
        if kind not in messages():
            raise _Bad(f"{kind or 'an object without a kind'} is not known in protobuf")
        found = _message(_bytes(envelope.get(2, b"")), kind, 0)
    except (_Bad, UnicodeDecodeError, struct.error) as error:
        text = f"the practice cluster cannot read this protobuf body: {error}; send JSON or YAML"
        raise ApiError(415, "UnsupportedMediaType", text) from None
    return {"apiVersion": version, "kind": kind, **found}


# --- the wire ------------------------------------------------------------------------------------------------------


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise _Bad("it ends in the middle of a number")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _fields(data: bytes) -> Iterator[tuple[int, Wire]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        length = {1: 8, 5: 4}.get(kind, 0)
        if kind == 2:
            length, at = _varint(data, at)
        elif not length:
            raise _Bad(f"wire type {kind} is not known")
        if at + length > len(data):
            raise _Bad("it ends in the middle of a field")
        yield number, data[at : at + length]
        at += length


def _bytes(value: Wire) -> bytes:
    if not isinstance(value, bytes):
        raise _Bad("a number stands where bytes belong")
    return value


def _int(value: Wire) -> int:
    if not isinstance(value, int):
        raise _Bad("bytes stand where a number belongs")
    return value - 2**64 if value >= 2**63 else value


# --- messages ------------------------------------------------------------------------------------------------------


def _message(data: bytes, name: str, depth: int) -> Obj:
    if depth > MAX_DEPTH:
        raise _Bad("it is nested too deeply")
    known = messages()[name]
    out: Obj = {}
    for number, value in _fields(data):
        if number not in known:
            raise _Bad(f"field {number} of {name} is not known")
        field, holds = known[number]
        if holds.startswith("^"):
            out |= _message(_bytes(value), holds[1:], depth + 1)
        elif holds.startswith("{"):
            key, item = _entry(_bytes(value), holds[1:-1] or "string", depth)
            out.setdefault(field, {})[key] = item
        elif holds.endswith("*"):
            item = _value(value, holds[:-1], depth)
            if item is not None:
                out.setdefault(field, []).append(item)
        elif (item := _value(value, holds, depth)) not in (None, ""):
            out[field] = item
    return out


def _entry(data: bytes, holds: str, depth: int) -> tuple[str, Any]:
    parts = dict(_fields(data))
    empty: Wire = b""
    value = _value(parts.get(2, empty), holds, depth)
    return _bytes(parts.get(1, empty)).decode(), "" if value is None else value


def _value(value: Wire, holds: str, depth: int) -> Any:
    if holds == "string":
        return _bytes(value).decode()
    if holds in ("int", "int0"):
        return _int(value) if holds == "int" or value else None
    if holds in ("bool", "bool0"):
        return bool(_int(value)) if holds == "bool" or value else None
    if holds == "bytes":
        return base64.b64encode(_bytes(value)).decode()
    if holds == "Skipped":
        return None
    if holds == "Quantity":
        return _bytes(dict(_fields(_bytes(value))).get(1, b"")).decode()
    if holds == "IntOrString":
        parts = dict(_fields(_bytes(value)))
        return _bytes(parts.get(3, b"")).decode() if parts.get(1) else _int(parts.get(2, 0))
    if holds in ("Time", "MicroTime"):
        return _time(_bytes(value), is_micro=holds == "MicroTime")
    return _message(_bytes(value), holds, depth + 1)


def _time(data: bytes, *, is_micro: bool) -> str | None:
    parts = dict(_fields(data))
    seconds = _int(parts.get(1, 0))
    if not data or seconds < -62135596800 or seconds > 253402300799:
        return None
    moment = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(seconds=seconds)
    if is_micro:
        return micro_text(moment + dt.timedelta(microseconds=_int(parts.get(2, 0)) // 1000))
    return time_text(moment)
