"""The scheduler: puts pods on the one node, or says why not.

Must not know what happens on the node.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from clusters.practice import quantity
from clusters.practice.events import NODE
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    dig,
    is_deleting,
    key_of,
    labels_of,
    meta,
    name_of,
    namespace_of,
    time_text,
)
from clusters.practice.options import SCHEDULER
from clusters.practice.selectors import matches_selector
from clusters.practice.store import Change

from .base import Controller

PODS = "/pods"
LIFE = "sailcloth.practice/life"
RESOURCES = ("cpu", "memory")
_TAIL = " no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."


def life_of(pod: Obj) -> str:
    return str((meta(pod).get("annotations") or {}).get(LIFE) or "")


def requests_of(pod: Obj) -> dict[str, Decimal]:
    """What a pod asks of a node: the sum of its containers, or its largest init container."""
    out: dict[str, Decimal] = {}
    for name in RESOURCES:
        mains = [dig(c, "resources", "requests", name, default="0") for c in pod["spec"].get("containers") or []]
        inits = [dig(c, "resources", "requests", name, default="0") for c in pod["spec"].get("initContainers") or []]
        total = sum((quantity.parse(a) for a in mains), Decimal(0))
        out[name] = max([total, *(quantity.parse(a) for a in inits)])
    return out


def _has_affinity(pod: Obj, node: Obj) -> bool:
    """Whether one of the required terms holds; terms by field name the node, as daemons do."""
    path = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    terms = dig(pod, "spec", *path)
    if not terms:
        return True
    fields = {"metadata.name": name_of(node)}
    return any(
        all(_holds(e, labels_of(node)) for e in term.get("matchExpressions") or [])
        and all(_holds(e, fields) for e in term.get("matchFields") or [])
        for term in terms
        if term.get("matchExpressions") or term.get("matchFields")
    )


def _holds(expression: Obj, values: dict[str, str]) -> bool:
    operator = expression.get("operator", "")
    if operator in ("Gt", "Lt"):
        found, limit = values.get(expression.get("key", ""), ""), next(iter(expression.get("values") or []), "")
        if not (found.lstrip("-").isdigit() and limit.lstrip("-").isdigit()):
            return False
        return int(found) > int(limit) if operator == "Gt" else int(found) < int(limit)
    return matches_selector({"matchExpressions": [expression]}, values)


def _untolerated(pod: Obj, node: Obj) -> Obj | None:
    for taint in dig(node, "spec", "taints", default=[]):
        if taint.get("effect") == "PreferNoSchedule":
            continue
        if not any(_tolerates(t, taint) for t in pod["spec"].get("tolerations") or []):
            return taint
    return None


def _tolerates(toleration: Obj, taint: Obj) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    is_any = toleration.get("operator") == "Exists"
    return is_any or (bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", ""))


class Scheduler(Controller):
    name = "scheduler"
    resource = PODS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        freed = change.type == "DELETED" and change.resource == PODS
        if freed or change.resource in ("/persistentvolumeclaims", "/nodes"):
            for pod in self.store.select(PODS):
                if not dig(pod, "spec", "nodeName"):
                    yield key_of(pod)

    def reconcile(self, key: Key) -> None:
        pod = self.get(PODS, key)
        if pod is None or is_deleting(pod) or dig(pod, "spec", "nodeName"):
            return
        if pod["spec"].get("schedulerName", "default-scheduler") != "default-scheduler":
            return
        why = self._why_not(pod)
        if why:
            self._refuse(pod, why)
        else:
            self._bind(pod)

    def _why_not(self, pod: Obj) -> str:
        if life_of(pod) == "unschedulable":
            return "1 node(s) didn't match Pod's node affinity/selector." + _TAIL
        missing = self._claims(pod)
        if missing:
            return missing
        node = self.store.get("/nodes", "", NODE)
        if node is None:
            return "no nodes available to schedule pods"
        if dig(node, "spec", "unschedulable"):
            return "1 node(s) were unschedulable." + _TAIL
        wanted = pod["spec"].get("nodeSelector") or {}
        if any(labels_of(node).get(k) != v for k, v in wanted.items()) or not _has_affinity(pod, node):
            return "1 node(s) didn't match Pod's node affinity/selector." + _TAIL
        taint = _untolerated(pod, node)
        if taint:
            return f"1 node(s) had untolerated taint(s) {{{taint['key']}: {taint.get('value', '')}}}." + _TAIL
        short = self._short_of(pod, node)
        return ", ".join(f"1 {s}" for s in short) + "." + _TAIL if short else ""

    def _short_of(self, pod: Obj, node: Obj) -> list[str]:
        offered = dig(node, "status", "allocatable", default={})
        capacity = {name: quantity.parse(offered.get(name, "0")) for name in RESOURCES}
        others = [
            p
            for p in self.store.select(PODS)
            if dig(p, "spec", "nodeName") and dig(p, "status", "phase") not in ("Succeeded", "Failed")
        ]
        used = dict.fromkeys(RESOURCES, Decimal(0))
        for other in others:
            for name, amount in requests_of(other).items():
                used[name] += amount
        asked = requests_of(pod)
        out = [f"Insufficient {n}" for n in RESOURCES if asked[n] and used[n] + asked[n] > capacity[n]]
        return [*out, "Too many pods"] if len(others) >= quantity.parse(offered.get("pods", "0")) else out

    def _claims(self, pod: Obj) -> str:
        for volume in pod["spec"].get("volumes") or []:
            claim_name = dig(volume, "persistentVolumeClaim", "claimName")
            if not claim_name:
                continue
            claim = self.store.get("/persistentvolumeclaims", namespace_of(pod), claim_name)
            if claim is None:
                return f'persistentvolumeclaim "{claim_name}" not found. not found'
            if is_deleting(claim):
                return f'persistentvolumeclaim "{claim_name}" is being deleted. not found'
            if dig(claim, "status", "phase") != "Bound" and not self._waits_for_pod(claim):
                return "pod has unbound immediate PersistentVolumeClaims. not found"
        return ""

    def _waits_for_pod(self, claim: Obj) -> bool:
        found = self.store.get("storage.k8s.io/storageclasses", "", claim["spec"].get("storageClassName") or "")
        return bool(found) and (found or {}).get("volumeBindingMode") == "WaitForFirstConsumer"

    def _refuse(self, pod: Obj, why: str) -> None:
        text = f"0/1 nodes are available: {why}"
        known = condition(pod, "PodScheduled") or {}
        if known.get("message") == text:
            return
        status: Obj = clone(pod["status"])
        entry = {
            "type": "PodScheduled",
            "observedGeneration": meta(pod).get("generation", 1),
            "status": "False",
            "lastProbeTime": None,
            "lastTransitionTime": known.get("lastTransitionTime") or time_text(),
            "reason": "Unschedulable",
            "message": text,
        }
        status["conditions"] = [entry]
        self.set_status(PODS, pod, status, SCHEDULER)
        self.events.record(pod, "Warning", "FailedScheduling", text, "default-scheduler")

    def _bind(self, pod: Obj) -> None:
        for volume in pod["spec"].get("volumes") or []:
            claim_name = dig(volume, "persistentVolumeClaim", "claimName")
            claim = self.store.get("/persistentvolumeclaims", namespace_of(pod), claim_name) if claim_name else None
            if claim is not None and dig(claim, "status", "phase") != "Bound":
                self._select_node(claim)
                return

        def write(copy: Obj) -> None:
            copy["spec"]["nodeName"] = NODE

        bound = self.patch(PODS, pod, write, SCHEDULER)
        status: Obj = clone(bound["status"])
        status["conditions"] = [
            {
                "type": "PodScheduled",
                "observedGeneration": meta(pod).get("generation", 1),
                "status": "True",
                "lastProbeTime": None,
                "lastTransitionTime": time_text(),
            }
        ]
        self.set_status(PODS, bound, status, SCHEDULER)
        text = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {NODE}"
        self.events.record(pod, "Normal", "Scheduled", text, "default-scheduler")

    def _select_node(self, claim: Obj) -> None:
        """Tells the provisioner of a WaitForFirstConsumer claim to go on; the bound claim wakes us again."""

        def write(copy: Obj) -> None:
            copy["metadata"].setdefault("annotations", {})["volume.kubernetes.io/selected-node"] = NODE

        if not dig(claim, "metadata", "annotations", "volume.kubernetes.io/selected-node"):
            self.patch("/persistentvolumeclaims", claim, write, SCHEDULER)
