"""Small helpers for Kubernetes objects as plain JSON dictionaries.

Must not know the store, HTTP or any kind in particular; objects that were stored are never changed in place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from typing import Any

Obj = dict[str, Any]
Key = tuple[str, str]  # namespace ("" for cluster scope), name

SAFE_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def clone(value: Any) -> Any:
    """A deep copy of a JSON value."""
    if type(value) is dict:
        return {k: clone(v) for k, v in value.items()}
    if type(value) is list:
        return [clone(v) for v in value]
    return value


def utcnow() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def time_text(moment: dt.datetime | None = None) -> str:
    return (moment or utcnow()).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_text(moment: dt.datetime | None = None) -> str:
    return (moment or utcnow()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def new_uid() -> str:
    return str(uuid.uuid4())


def suffix(length: int = 5) -> str:
    return "".join(random.choice(SAFE_ALPHABET) for _ in range(length))  # noqa: S311 (a name, not a secret)


def digest(value: Any, length: int = 10) -> str:
    """A stable hash of a JSON value in the alphabet of pod-template-hash."""
    number = int.from_bytes(hashlib.sha256(compact(value).encode()).digest()[:10], "big")
    out = ""
    for _ in range(length):
        number, rest = divmod(number, len(SAFE_ALPHABET))
        out += SAFE_ALPHABET[rest]
    return out


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def dig(obj: Any, *path: str | int, default: Any = None) -> Any:
    """obj[path0][path1]…, or the default where something on the way is missing."""
    for step in path:
        if isinstance(obj, dict):
            obj = obj.get(step)
        elif isinstance(obj, list) and isinstance(step, int) and -len(obj) <= step < len(obj):
            obj = obj[step]
        else:
            return default
        if obj is None:
            return default
    return obj


def meta(obj: Obj) -> Obj:
    found: Obj = obj.get("metadata") or {}
    return found


def name_of(obj: Obj) -> str:
    return str(meta(obj).get("name") or "")


def namespace_of(obj: Obj) -> str:
    return str(meta(obj).get("namespace") or "")


def uid_of(obj: Obj) -> str:
    return str(meta(obj).get("uid") or "")


def key_of(obj: Obj) -> Key:
    return namespace_of(obj), name_of(obj)


def labels_of(obj: Obj) -> dict[str, str]:
    found: dict[str, str] = meta(obj).get("labels") or {}
    return found


def is_deleting(obj: Obj) -> bool:
    return bool(meta(obj).get("deletionTimestamp"))


def controller_of(obj: Obj) -> Obj | None:
    for ref in meta(obj).get("ownerReferences") or []:
        if ref.get("controller"):
            return ref
    return None


def owner_reference(owner: Obj) -> Obj:
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(obj: Obj, kind: str) -> Obj | None:
    for item in dig(obj, "status", "conditions", default=[]):
        if item.get("type") == kind:
            return item
    return None


def all_containers(spec: Obj) -> Iterator[Obj]:
    for field in ("initContainers", "containers"):
        yield from spec.get(field) or []


def without(obj: Obj, *names: str) -> Obj:
    return {k: v for k, v in obj.items() if k not in names}
