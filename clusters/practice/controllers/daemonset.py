"""DaemonSets: one pod on every node that fits.

Must not know scheduling; the scheduler binds the pods.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice.errors import ApiError
from clusters.practice.objects import (
    Key,
    Obj,
    dig,
    is_deleting,
    key_of,
    labels_of,
    meta,
    name_of,
    namespace_of,
    suffix,
)
from clusters.practice.store import Change

from . import revisions
from .base import Controller
from .deployment import resolve
from .pods import PODS, is_finished, is_ready, pod_from_template, seconds_until_available

SETS, NODES = "apps/daemonsets", "/nodes"
WHO = "daemonset-controller"
GENERATION = "deprecated.daemonset.template.generation"
_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


class DaemonSetController(Controller):
    name = "daemonset"
    resource = SETS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == PODS:
            yield from self.owners_of(change, "DaemonSet")
        elif change.resource == NODES:
            yield from (key_of(s) for s in self.store.select(SETS))

    def reconcile(self, key: Key) -> None:
        found = self.get(SETS, key)
        if found is None or is_deleting(found):
            return
        update, known = revisions.sync(self, found)
        problem: ApiError | None = None
        for node in self.store.select(NODES):
            try:
                self._node(found, node, update)
            except ApiError as error:
                problem = error
        live = {f"{name_of(found)}-{revisions.pod_hash(p)}" for p in self.owned(found, PODS)}
        revisions.forget_old(self, found, known, {*live, name_of(update)})
        self._write_status(found, update)
        if problem is not None:
            self.events.record(found, "Warning", "FailedCreate", f"Error creating: {problem.message}", WHO)
            self.after(key, self.delay(5))

    def _fits(self, found: Obj, node: Obj) -> bool:
        wanted = dig(found, "spec", "template", "spec", "nodeSelector", default={})
        return all(labels_of(node).get(k) == v for k, v in wanted.items())

    def _on(self, found: Obj, node: Obj) -> list[Obj]:
        """This set's pods on a node, also before they are bound to it."""
        pods = self.owned(found, PODS)
        return [p for p in pods if (dig(p, "spec", "nodeName") or _target(p)) == name_of(node)]

    def _node(self, found: Obj, node: Obj, update: Obj) -> None:
        pods = self._on(found, node)
        if not self._fits(found, node):
            for pod in pods:
                self._delete_pod(found, pod)
            return
        for pod in pods:
            if is_finished(pod) and not is_deleting(pod):
                where = f"{namespace_of(pod)}/{name_of(pod)} on node {name_of(node)}"
                text = f"Found failed daemon pod {where}, will try to kill it"
                self.events.record(found, "Warning", "FailedDaemonPod", text, WHO)
                self._delete_pod(found, pod)
        staying = [p for p in pods if not is_deleting(p) and not is_finished(p)]
        fresh = [p for p in staying if revisions.pod_hash(p) == revisions.hash_of(update)]
        old = [p for p in staying if p not in fresh]
        if not staying:
            if not pods:
                self._create(found, node, update)
            return
        if old and dig(found, "spec", "updateStrategy", "type") != "OnDelete":
            self._roll(found, node, update, fresh, old)

    def _roll(self, found: Obj, node: Obj, update: Obj, fresh: list[Obj], old: list[Obj]) -> None:
        rolling = dig(found, "spec", "updateStrategy", "rollingUpdate", default={})
        if not resolve(rolling.get("maxSurge"), 1, up=True):
            self._delete_pod(found, old[0])
        elif not fresh:
            self._create(found, node, update)
        elif is_ready(fresh[0]):
            self._delete_pod(found, old[0])

    def _create(self, found: Obj, node: Obj, update: Obj) -> None:
        pod = pod_from_template(found["spec"]["template"], found, f"{name_of(found)[:57]}-{suffix()}")
        pod["metadata"]["generateName"] = f"{name_of(found)}-"
        labels = pod["metadata"].setdefault("labels", {})
        labels[revisions.HASH] = revisions.hash_of(update)
        labels["pod-template-generation"] = str((meta(found).get("annotations") or {}).get(GENERATION, "1"))
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name_of(node)]}]}
        node_affinity = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        pod["spec"].setdefault("affinity", {})["nodeAffinity"] = node_affinity
        tolerations = pod["spec"].setdefault("tolerations", [])
        tolerations += [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
        made = self.create(PODS, pod)
        self.events.record(found, "Normal", "SuccessfulCreate", f"Created pod: {name_of(made)}", WHO)

    def _delete_pod(self, found: Obj, pod: Obj) -> None:
        if not is_deleting(pod):
            self.delete(PODS, pod)
            self.events.record(found, "Normal", "SuccessfulDelete", f"Deleted pod: {name_of(pod)}", WHO)

    def _write_status(self, found: Obj, update: Obj) -> None:
        latest = self.get(SETS, key_of(found))
        if latest is None:
            return
        nodes = self.store.select(NODES)
        minimum = int(found["spec"].get("minReadySeconds") or 0)
        counts = dict.fromkeys(("wanted", "scheduled", "misplaced", "ready", "available", "updated"), 0)
        waits: list[float] = []
        for node in nodes:
            pods = [p for p in self._on(found, node) if not is_deleting(p)]
            fits = self._fits(found, node)
            counts["wanted"] += fits
            counts["scheduled"] += bool(fits and pods)
            counts["misplaced"] += bool(pods and not fits)
            wait = max((seconds_until_available(p, minimum) for p in pods), default=-1)
            waits.append(wait)
            counts["ready"] += bool(fits and any(is_ready(p) for p in pods))
            counts["available"] += bool(fits and any(seconds_until_available(p, minimum) == 0 for p in pods))
            counts["updated"] += bool(fits and any(revisions.pod_hash(p) == revisions.hash_of(update) for p in pods))
        status: Obj = {
            "currentNumberScheduled": counts["scheduled"],
            "numberMisscheduled": counts["misplaced"],
            "desiredNumberScheduled": counts["wanted"],
            "numberReady": counts["ready"],
            "observedGeneration": meta(found).get("generation", 1),
        }
        optional = {
            "updatedNumberScheduled": counts["updated"],
            "numberAvailable": counts["available"],
            "numberUnavailable": counts["wanted"] - counts["available"],
        }
        self.set_status(SETS, latest, status | {k: v for k, v in optional.items() if v})
        pending = [w for w in waits if w > 0]
        if pending:
            self.after(key_of(found), min(pending) + 0.05)


def _target(pod: Obj) -> str:
    """The node that the affinity of a daemon's pod names."""
    path = ("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", 0, "matchFields", 0, "values", 0)
    return str(dig(pod, "spec", "affinity", "nodeAffinity", *path, default=""))
