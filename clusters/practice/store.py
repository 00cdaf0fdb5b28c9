"""One tenant's objects: versions, a bounded history for watches, quota, and the copy on disk.

Objects in the store are never changed in place. Must not know kinds, HTTP or controllers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pathlib
import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .objects import Key, Obj, key_of, meta, uid_of

log = logging.getLogger(__name__)
HISTORY = 1000
FIRST_VERSION = 1000
EVENTS = "/events"
MAX_EVENTS = 400


@dataclass(frozen=True, slots=True)
class Change:
    """One write. `old` is what was there before it."""

    version: int
    type: str  # ADDED | MODIFIED | DELETED
    resource: str
    obj: Obj
    old: Obj | None


class Subscription:
    """Changes on their way to one reader; a reader that falls too far behind is cut off."""

    LIMIT = 5000

    def __init__(self, resource: str | None) -> None:
        self.resource = resource
        self.pending: deque[Change] = deque()
        self.wake = asyncio.Event()
        self.is_cut = False

    def push(self, change: Change) -> None:
        if len(self.pending) >= self.LIMIT:
            self.is_cut = True
        else:
            self.pending.append(change)
        self.wake.set()

    def take(self) -> list[Change]:
        out = list(self.pending)
        self.pending.clear()
        self.wake.clear()
        return out


@dataclass
class QuotaExceeded(Exception):
    """The tenant's allowance is used up."""

    what: str
    used: int
    limit: int


@dataclass
class Limits:
    objects: int = 3000
    total_bytes: int = 32 * 1024 * 1024


@dataclass
class Store:
    """The objects of one tenant by resource key, then by namespace and name."""

    limits: Limits = field(default_factory=Limits)
    version: int = FIRST_VERSION
    oldest: int = FIRST_VERSION
    objects: dict[str, dict[Key, Obj]] = field(default_factory=dict)
    history: deque[Change] = field(default_factory=deque)
    subscriptions: list[Subscription] = field(default_factory=list)
    dependents: dict[str, set[tuple[str, Key]]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    total_size: int = 0
    is_dirty: bool = False
    on_dirty: Callable[[], None] | None = None

    # --- reading

    def get(self, resource: str, namespace: str, name: str) -> Obj | None:
        return self.objects.get(resource, {}).get((namespace, name))

    def select(self, resource: str, namespace: str = "") -> list[Obj]:
        found = self.objects.get(resource, {})
        if namespace:
            return [o for (ns, _), o in found.items() if ns == namespace]
        return list(found.values())

    def state_at(self, resource: str, namespace: str, version: int) -> list[Obj]:
        """What there was at a version that the history still reaches back to."""
        found = dict(self.objects.get(resource, {}))
        for change in reversed(self.history):
            if change.version <= version:
                break
            if change.resource != resource:
                continue
            if change.old is None:
                found.pop(key_of(change.obj), None)
            else:
                found[key_of(change.obj)] = change.old
        return [o for (ns, _), o in found.items() if not namespace or ns == namespace]

    def owned_by(self, uid: str) -> list[tuple[str, Obj]]:
        out = []
        for resource, (namespace, name) in sorted(self.dependents.get(uid, ())):
            obj = self.get(resource, namespace, name)
            if obj is not None:
                out.append((resource, obj))
        return out

    def count(self) -> int:
        return sum(len(v) for k, v in self.objects.items() if k != EVENTS)

    # --- writing

    def check_quota(self, resource: str, obj: Obj, old: Obj | None) -> None:
        """Raises when the write would go past the tenant's allowance."""
        if old is None and resource != EVENTS and self.count() >= self.limits.objects:
            raise QuotaExceeded("objects", self.count(), self.limits.objects)
        grown = self.total_size - self.sizes.get(uid_of(old or {}), 0) + _size(obj)
        if grown > self.limits.total_bytes:
            raise QuotaExceeded("bytes", self.total_size, self.limits.total_bytes)

    def put(self, resource: str, obj: Obj) -> Obj:
        """Stores an object under a new version; `obj` now belongs to the store."""
        key = key_of(obj)
        bucket = self.objects.setdefault(resource, {})
        old = bucket.get(key)
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)
        bucket[key] = obj
        self._measure(obj)
        self._index(resource, old, obj)
        self._record(Change(self.version, "MODIFIED" if old else "ADDED", resource, obj, old))
        if resource == EVENTS and old is None and len(bucket) > MAX_EVENTS:
            first = next(iter(bucket))
            self.remove(resource, *first)
        return obj

    def remove(self, resource: str, namespace: str, name: str) -> Obj | None:
        old = self.objects.get(resource, {}).pop((namespace, name), None)
        if old is None:
            return None
        self.version += 1
        self.total_size -= self.sizes.pop(uid_of(old), 0)
        self._index(resource, old, None)
        last = {**old, "metadata": {**old["metadata"], "resourceVersion": str(self.version)}}
        self._record(Change(self.version, "DELETED", resource, last, old))
        return last

    def _measure(self, obj: Obj) -> None:
        uid = uid_of(obj)
        size = _size(obj)
        self.total_size += size - self.sizes.get(uid, 0)
        self.sizes[uid] = size

    def _index(self, resource: str, old: Obj | None, new: Obj | None) -> None:
        before = {r.get("uid", "") for r in meta(old or {}).get("ownerReferences") or []}
        after = {r.get("uid", "") for r in meta(new or {}).get("ownerReferences") or []}
        entry = (resource, key_of(new or old or {}))
        for uid in before - after:
            members = self.dependents.get(uid)
            if members is not None:
                members.discard(entry)
                if not members:
                    del self.dependents[uid]
        for uid in after - before:
            self.dependents.setdefault(uid, set()).add(entry)

    def _record(self, change: Change) -> None:
        self.history.append(change)
        while len(self.history) > HISTORY:
            self.oldest = self.history.popleft().version
        for subscription in self.subscriptions:
            if subscription.resource is None or subscription.resource == change.resource:
                subscription.push(change)
        self.is_dirty = True
        if self.on_dirty:
            self.on_dirty()

    # --- following

    def subscribe(self, resource: str | None, since: int | None = None) -> Subscription:
        """A reader of the changes after a version, from now on."""
        out = Subscription(resource)
        if since is not None:
            for change in self.history:
                if change.version > since and resource in (None, change.resource):
                    out.pending.append(change)
            if out.pending:
                out.wake.set()
        self.subscriptions.append(out)
        return out

    def unsubscribe(self, subscription: Subscription) -> None:
        if subscription in self.subscriptions:
            self.subscriptions.remove(subscription)

    # --- disk

    def snapshot(self) -> Obj:
        """What goes to disk. Holds references only, which is safe: stored objects never change."""
        self.is_dirty = False
        return {
            "version": self.version,
            "objects": {k: list(v.values()) for k, v in self.objects.items() if v},
        }

    def load(self, data: Obj) -> None:
        # Versions that were handed out but not saved must never come back with another meaning.
        self.version = self.oldest = int(data["version"]) + HISTORY
        for resource, items in data["objects"].items():
            bucket = self.objects.setdefault(resource, {})
            for obj in items:
                bucket[key_of(obj)] = obj
                self._measure(obj)
                self._index(resource, None, obj)


def _size(obj: Obj) -> int:
    """About the bytes of the object as JSON, cheaply."""
    return _weigh(obj)


def _weigh(value: Any) -> int:
    if type(value) is dict:
        return 2 + sum(len(k) + 4 + _weigh(v) for k, v in value.items() if k != "managedFields")
    if type(value) is list:
        return 2 + sum(1 + _weigh(v) for v in value)
    return len(value) + 2 if type(value) is str else 5


def write_file(path: pathlib.Path, data: Obj) -> None:
    """Replaces a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, separators=(",", ":"), ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        pathlib.Path(name).replace(path)
    except BaseException:
        pathlib.Path(name).unlink(missing_ok=True)
        raise


def read_file(path: pathlib.Path) -> Obj | None:
    """What was saved; a file that cannot be one of ours is put aside, so that the tenant can begin anew."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        found = None
    if not _is_whole(found):
        log.error("%s is damaged and was put aside: this practice cluster begins anew", path)
        path.replace(path.with_suffix(".damaged"))
        return None
    return found


def _is_whole(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("version"), int):
        return False
    buckets = found.get("objects")
    if not isinstance(buckets, dict) or not all(isinstance(b, list) for b in buckets.values()):
        return False
    return all(isinstance(o, dict) and isinstance(o.get("metadata"), dict) for b in buckets.values() for o in b)
