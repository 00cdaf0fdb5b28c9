"""Events: the two shapes in which the API shows them, and writing them the way the components do.

Must not know what happened; controllers say that.
"""

from __future__ import annotations

import time
from typing import Any

from .objects import Obj, clone, dig, meta, micro_text, name_of, namespace_of, new_uid, time_text, uid_of
from .store import EVENTS, Store

NODE = "practice-node"
_PAIRS = (
    ("note", "message"),
    ("regarding", "involvedObject"),
    ("reportingController", "reportingComponent"),
    ("deprecatedCount", "count"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedSource", "source"),
)
NEW_VERSION = "events.k8s.io/v1"


def to_new(obj: Obj) -> Obj:
    """A core Event as events.k8s.io/v1 shows it."""
    back = {old: new for new, old in _PAIRS}
    out = {back.get(k, k): v for k, v in obj.items()}
    out["apiVersion"] = NEW_VERSION
    out.setdefault("eventTime", None)
    return out


def to_core(obj: Obj) -> Obj:
    forward = dict(_PAIRS)
    return {**{forward.get(k, k): v for k, v in obj.items()}, "apiVersion": "v1", "kind": "Event"}


class Recorder:
    """Writes events, counting repetitions in one object as the client library does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[tuple[str, ...], str] = {}

    def record(self, about: Obj, kind: str, reason: str, message: str, component: str, field: str = "") -> None:
        namespace = namespace_of(about) or "default"
        if self._is_gone(namespace):
            return
        identity = (uid_of(about), reason, message, field, component)
        known = self.store.get(EVENTS, namespace, self._known.get(identity, ""))
        if known is not None:
            again = clone(known)
            again["count"] = int(again.get("count") or 1) + 1
            again["lastTimestamp"] = time_text()
            self.store.put(EVENTS, again)
            return
        event = self._new(about, namespace, kind, reason, message, component, field)
        self._known[identity] = name_of(event)
        if len(self._known) > 2000:
            self._known.clear()
        self.store.put(EVENTS, event)

    def _is_gone(self, namespace: str) -> bool:
        found = self.store.get("/namespaces", "", namespace)
        return found is None or bool(meta(found).get("deletionTimestamp"))

    def _new(self, about: Obj, namespace: str, kind: str, reason: str, message: str, component: str, field: str) -> Obj:
        involved: Obj = {"kind": about["kind"]}
        if namespace_of(about):
            involved["namespace"] = namespace_of(about)
        involved |= {
            "name": name_of(about),
            "uid": uid_of(about),
            "apiVersion": about["apiVersion"],
            "resourceVersion": dig(about, "metadata", "resourceVersion", default=""),
        }
        if field:
            involved["fieldPath"] = field
        now = time_text()
        event: Obj = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
                "name": f"{name_of(about)}.{time.time_ns():x}",
                "namespace": namespace,
                "uid": new_uid(),
                "creationTimestamp": now,
            },
            "involvedObject": involved,
            "reason": reason,
            "message": message[:1024],
            "type": kind,
        }
        event.update(self._reporter(component, now))
        if reason == "FailedScheduling":
            event["action"] = "Scheduling"
        return event

    def _reporter(self, component: str, now: str) -> dict[str, Any]:
        if component == "default-scheduler":
            return {
                "source": {},
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": micro_text(),
                "action": "Binding",
                "reportingComponent": component,
                "reportingInstance": "default-scheduler-practice",
            }
        on_node = component == "kubelet"
        return {
            "source": {"component": component, "host": NODE} if on_node else {"component": component},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "eventTime": None,
            "reportingComponent": component,
            "reportingInstance": NODE if on_node else "",
        }
