"""The simulated kubelet: takes scheduled pods through their life and writes their status.

Must not know who made a pod.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice import script
from clusters.practice.events import NODE
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    dig,
    is_deleting,
    key_of,
    meta,
    namespace_of,
    parse_time,
    time_text,
    uid_of,
    utcnow,
)
from clusters.practice.options import KUBELET
from clusters.practice.resources import BY_KEY
from clusters.practice.store import Change

from . import references
from .base import Controller
from .containers import Context, Memory, advance, first_status
from .scheduler import life_of

PODS = "/pods"
HOST_IP = "192.168.49.2"
SOURCES = frozenset({"/configmaps", "/secrets", "/persistentvolumeclaims"})
STOP_SECONDS, SANDBOX_SECONDS = 0.5, 0.3
MOUNT_RETRY = 8.0


class Kubelet(Controller):
    name = "kubelet"
    resource = PODS

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.memories: dict[str, dict[str, Memory]] = {}
        self.addresses: dict[str, str] = {}

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource in SOURCES:
            for pod in self.store.select(PODS, namespace_of(change.obj)):
                if dig(pod, "status", "phase") == "Pending":
                    yield key_of(pod)

    def reconcile(self, key: Key) -> None:
        pod = self.get(PODS, key)
        if pod is None:
            self._forget()
            return
        if not dig(pod, "spec", "nodeName"):
            return
        if is_deleting(pod):
            self._stop(pod)
            return
        if dig(pod, "status", "phase") in ("Succeeded", "Failed"):
            self.memories.pop(uid_of(pod), None)
            return
        self._live(pod)

    def _forget(self) -> None:
        """Drops what belongs to pods that are gone, now and then."""
        if len(self.memories) > 2 * len(self.store.select(PODS)) + 20:
            alive = {uid_of(p) for p in self.store.select(PODS)}
            self.memories = {u: m for u, m in self.memories.items() if u in alive}
            self.addresses = {u: a for u, a in self.addresses.items() if u in alive}

    # --- stopping

    def _stop(self, pod: Obj) -> None:
        if meta(pod).get("finalizers") and not meta(pod).get("deletionGracePeriodSeconds"):
            return  # ended already; only finalizers hold it
        memory = self.memories.setdefault(uid_of(pod), {}).setdefault("", Memory())
        if memory.state != "stopping":
            memory.enter("stopping")
            for item in dig(pod, "status", "containerStatuses", default=[]):
                if "running" in item["state"]:
                    text, path = f"Stopping container {item['name']}", f"spec.containers{{{item['name']}}}"
                    self.events.record(pod, "Normal", "Killing", text, "kubelet", path)
        grace = float(meta(pod).get("deletionGracePeriodSeconds") or 0)
        left = min(STOP_SECONDS, grace) * self.manager.speed - memory.age
        if left > 0:
            self.after(key_of(pod), left)
        elif dig(pod, "status", "phase") not in ("Succeeded", "Failed"):
            self._end(pod)
            self.after(key_of(pod), 0.1 * self.manager.speed)
        else:
            self.memories.pop(uid_of(pod), None)
            self.addresses.pop(uid_of(pod), None)
            self.rest.remove_now(BY_KEY[PODS], key_of(pod))

    def _end(self, pod: Obj) -> None:
        """The containers have ended, well or by force, before the pod goes."""
        status: Obj = clone(pod["status"])
        specs = {c["name"]: c for c in pod["spec"]["containers"]}
        for item in status.get("containerStatuses") or []:
            _kill(item, 137 if script.ignores_stop(script.command_of(specs[item["name"]])) else 0)
        codes = [dig(i, "state", "terminated", "exitCode") for i in status.get("containerStatuses") or []]
        status["phase"] = "Failed" if not codes or any(codes) or None in codes else "Succeeded"
        status["observedGeneration"] = meta(pod).get("generation", 1)
        status["conditions"] = [
            *_conditions(pod, status),
            *(clone(c) for c in dig(pod, "status", "conditions", default=[]) if c["type"] == "DisruptionTarget"),
        ]
        self.set_status(PODS, pod, status, KUBELET)

    # --- living

    def _live(self, pod: Obj) -> None:
        status = self._begin(pod)
        waits: list[float] = []
        problem = references.missing_volume(self.store, pod)
        if problem and status["phase"] == "Pending" and not status.get("podIP"):
            if self._mount_due(pod):
                self.events.record(pod, "Warning", "FailedMount", problem, "kubelet")
            waits.append(max(MOUNT_RETRY * self.manager.speed, 0.5))
        elif (left := self._sandbox(pod, status)) > 0:
            waits.append(left)
        else:
            waits += self._containers(pod, status)
            waits += self._deadline(pod, status)
        self._finish(pod, status)
        self.set_status(PODS, pod, status, KUBELET)
        if waits:
            self.after(key_of(pod), max(min(waits), 0.005))

    def _mount_due(self, pod: Obj) -> bool:
        memory = self.memories.setdefault(uid_of(pod), {}).setdefault("\0mount", Memory())
        if memory.state and memory.age < MOUNT_RETRY * self.manager.speed:
            return False
        memory.state = ""
        memory.enter("mount")
        return True

    def _sandbox(self, pod: Obj, status: Obj) -> float:
        """The pod's network comes first; seconds until it is there."""
        if status.get("podIP"):
            return 0
        memory = self.memories.setdefault(uid_of(pod), {}).setdefault("\0sandbox", Memory())
        memory.enter("sandbox")
        left = SANDBOX_SECONDS * self.manager.speed - memory.age
        if left <= 0:
            status["podIP"] = self._address(pod)
            status["podIPs"] = [{"ip": status["podIP"]}]
        return left

    def _begin(self, pod: Obj) -> Obj:
        status: Obj = clone(pod["status"])
        if status.get("startTime"):
            return status
        status["startTime"] = time_text()
        status["hostIP"] = HOST_IP
        status["hostIPs"] = [{"ip": HOST_IP}]
        spec = pod["spec"]
        first = "PodInitializing" if spec.get("initContainers") else "ContainerCreating"
        if spec.get("initContainers"):
            status["initContainerStatuses"] = [first_status(c, first) for c in spec["initContainers"]]
        status["containerStatuses"] = [first_status(c, first) for c in spec["containers"]]
        return status

    def _containers(self, pod: Obj, status: Obj) -> list[float]:
        ctx = Context(
            pod,
            self.manager.speed,
            life_of(pod),
            lambda container: references.missing_environment(self.store, pod, container),
            lambda kind, reason, text, path: self.events.record(pod, kind, reason, text, "kubelet", path),
            self.memories.setdefault(uid_of(pod), {}),
        )
        for container, item in zip(
            pod["spec"].get("initContainers") or [], status.get("initContainerStatuses") or [], strict=False
        ):
            if dig(item, "state", "terminated", "exitCode") == 0:
                continue
            wait = advance(ctx, container, item, is_init=True)
            if dig(item, "state", "terminated", "exitCode") == 0:
                continue
            return [] if wait is None else [wait]
        waits = []
        for container, item in zip(pod["spec"]["containers"], status["containerStatuses"], strict=False):
            wait = advance(ctx, container, item)
            if wait is not None:
                waits.append(wait)
        return waits

    def _address(self, pod: Obj) -> str:
        if pod["spec"].get("hostNetwork"):
            return HOST_IP
        known = self.addresses.get(uid_of(pod))
        if known:
            return known
        used = {dig(p, "status", "podIP") for p in self.store.select(PODS)} | set(self.addresses.values())
        number = 5 + len(self.addresses)
        for step in range(65000):
            at = 2 + (number + step) % 64000
            address = f"10.244.{at // 254}.{at % 254 + 1}"
            if address not in used:
                break
        self.addresses[uid_of(pod)] = address
        return address

    def _deadline(self, pod: Obj, status: Obj) -> list[float]:
        limit = pod["spec"].get("activeDeadlineSeconds")
        start = parse_time(status.get("startTime"))
        if not limit or start is None:
            return []
        left = float(limit) - (utcnow() - start).total_seconds()
        if left > 0:
            return [left + 0.05]
        status["phase"], status["reason"] = "Failed", "DeadlineExceeded"
        status["message"] = "Pod was active on the node longer than the specified deadline"
        self.events.record(pod, "Normal", "DeadlineExceeded", status["message"], "kubelet")
        for item in status.get("containerStatuses") or []:
            text, path = f"Stopping container {item['name']}", f"spec.containers{{{item['name']}}}"
            self.events.record(pod, "Normal", "Killing", text, "kubelet", path)
            _kill(item)
        return []

    def _finish(self, pod: Obj, status: Obj) -> None:
        status["observedGeneration"] = meta(pod).get("generation", 1)
        if status.get("reason") != "DeadlineExceeded":
            status["phase"] = _phase(pod, status)
        status["conditions"] = _conditions(pod, status)


def _kill(item: Obj, code: int = 137) -> None:
    started = dig(item, "state", "running", "startedAt")
    if started:
        ended = {
            "exitCode": code,
            "reason": "Error" if code else "Completed",
            "startedAt": started,
            "finishedAt": time_text(),
        }
        if item.get("containerID"):
            ended["containerID"] = item["containerID"]
        item["state"] = {"terminated": ended}
    item["ready"] = item["started"] = False


def _phase(pod: Obj, status: Obj) -> str:
    policy = pod["spec"].get("restartPolicy", "Always")
    inits = status.get("initContainerStatuses") or []
    if any((dig(i, "state", "terminated", "exitCode") or 0) != 0 for i in inits) and policy == "Never":
        return "Failed"
    if any(dig(i, "state", "terminated", "exitCode") != 0 for i in inits):
        return "Pending"
    found = status.get("containerStatuses") or []
    codes = [dig(c, "state", "terminated", "exitCode") for c in found]
    if all(c is not None for c in codes) and codes:
        if policy == "Never":
            return "Failed" if any(codes) else "Succeeded"
        if policy == "OnFailure" and not any(codes):
            return "Succeeded"
        return "Running"
    waiting = [c for c in found if "waiting" in c["state"] and not dig(c, "lastState", "terminated")]
    return "Pending" if waiting else "Running"


def _conditions(pod: Obj, status: Obj) -> list[Obj]:
    found = status.get("containerStatuses") or []
    not_ready = [c["name"] for c in found if not c.get("ready")]
    waiting_inits = [
        i["name"] for i in status.get("initContainerStatuses") or [] if dig(i, "state", "terminated", "exitCode") != 0
    ]
    phase = status["phase"]
    shown = f"containers with unready status: [{' '.join(not_ready)}]"
    unready = ("ContainersNotReady", shown)
    if phase == "Succeeded":
        unready = ("PodCompleted", "")
    elif phase == "Failed":
        unready = ("PodFailed", "")
    is_ready = not not_ready and phase == "Running"
    pending = f"containers with incomplete status: [{' '.join(waiting_inits)}]"
    wanted = [
        ("PodReadyToStartContainers", bool(status.get("podIP")) and phase in ("Pending", "Running"), ("", "")),
        (
            "Initialized",
            not waiting_inits,
            ("ContainersNotInitialized", pending)
            if waiting_inits
            else (("PodCompleted", "") if phase == "Succeeded" else ("", "")),
        ),
        ("Ready", is_ready, ("", "") if is_ready else unready),
        ("ContainersReady", is_ready, ("", "") if is_ready else unready),
    ]
    out = [_condition(pod, kind, value, why) for kind, value, why in wanted]
    scheduled = condition(pod, "PodScheduled")
    return out + (
        [clone(scheduled)]
        if scheduled and scheduled["status"] == "True"
        else [_condition(pod, "PodScheduled", True, ("", ""))]
    )


def _condition(pod: Obj, kind: str, value: bool, why: tuple[str, str]) -> Obj:
    word = "True" if value else "False"
    known = condition(pod, kind) or {}
    moved = known["lastTransitionTime"] if known.get("status") == word else time_text()
    out: Obj = {
        "type": kind,
        "observedGeneration": meta(pod).get("generation", 1),
        "status": word,
        "lastProbeTime": None,
        "lastTransitionTime": moved,
    }
    if why[0]:
        out["reason"] = why[0]
    if why[1]:
        out["message"] = why[1]
    return out


__all__ = ["HOST_IP", "NODE", "Kubelet"]
