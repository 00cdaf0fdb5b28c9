"""ReplicaSets: as many pods as asked for.

Must not know deployments.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice.errors import ApiError
from clusters.practice.objects import (
    Key,
    Obj,
    condition,
    controller_of,
    dig,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
    suffix,
    time_text,
)
from clusters.practice.selectors import matches_selector
from clusters.practice.store import Change

from .base import Controller
from .pods import is_active, is_ready, pod_from_template, seconds_until_available

SETS, PODS = "apps/replicasets", "/pods"
BURST = 50


class ReplicaSetController(Controller):
    name = "replicaset"
    resource = SETS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == PODS:
            yield from self.owners_of(change, "ReplicaSet")

    def reconcile(self, key: Key) -> None:
        found = self.get(SETS, key)
        if found is None:
            return
        pods = self._pods(found)
        problem = ""
        if not is_deleting(found):
            problem = self._adjust(found, [p for p in pods if is_active(p)])
            pods = self._pods(found)
        self._write_status(found, pods, problem)

    def _pods(self, found: Obj) -> list[Obj]:
        if not is_deleting(found):
            for orphan in self.store.select(PODS, namespace_of(found)):
                free = controller_of(orphan) is None and is_active(orphan)
                if free and matches_selector(found["spec"].get("selector"), labels_of(orphan)):
                    reference = owner_reference(found)

                    def adopt(copy: Obj, reference: Obj = reference) -> None:
                        copy["metadata"].setdefault("ownerReferences", []).append(reference)

                    self.patch(PODS, orphan, adopt)
        return self.owned(found, PODS)

    def _adjust(self, found: Obj, active: list[Obj]) -> str:
        missing = int(found["spec"].get("replicas") or 0) - len(active)
        problem = ""
        for _ in range(min(missing, BURST)):
            try:
                self._create_pod(found)
            except ApiError as error:
                problem = error.message
                text = f"Error creating: {error.message}"
                self.events.record(found, "Warning", "FailedCreate", text, "replicaset-controller")
                self.after((namespace_of(found), name_of(found)), self.delay(5))
                break
        for pod in sorted(active, key=_rank)[: max(0, -missing)]:
            self.delete(PODS, pod)
            text = f"Deleted pod: {name_of(pod)}"
            self.events.record(found, "Normal", "SuccessfulDelete", text, "replicaset-controller")
        return problem

    def _create_pod(self, found: Obj) -> None:
        pod = pod_from_template(found["spec"]["template"], found, f"{name_of(found)[:57]}-{suffix()}")
        pod["metadata"]["generateName"] = f"{name_of(found)}-"
        made = self.create(PODS, pod)
        text = f"Created pod: {name_of(made)}"
        self.events.record(found, "Normal", "SuccessfulCreate", text, "replicaset-controller")

    def _write_status(self, found: Obj, pods: list[Obj], problem: str) -> None:
        active = [p for p in pods if is_active(p)]
        minimum = int(found["spec"].get("minReadySeconds") or 0)
        waits = [seconds_until_available(p, minimum) for p in active]
        labels = dig(found, "spec", "template", "metadata", "labels", default={})
        full = sum(1 for p in active if all(labels_of(p).get(k) == v for k, v in labels.items()))
        status: Obj = {"replicas": len(active)}
        amounts = {
            "fullyLabeledReplicas": full,
            "readyReplicas": sum(w >= 0 for w in waits),
            "availableReplicas": sum(w == 0 for w in waits),
        }
        status |= {k: v for k, v in amounts.items() if v}
        status["terminatingReplicas"] = sum(1 for p in pods if is_deleting(p))
        status["observedGeneration"] = meta(found).get("generation", 1)
        if problem:
            # Kept as it was said first, as the real controller does: each try names another pod, and a status that
            # changes with every try asks for the next one at once.
            status["conditions"] = [condition(found, "ReplicaFailure") or _failure(problem)]
        current = self.get(SETS, (namespace_of(found), name_of(found)))
        if current is not None:
            self.set_status(SETS, current, status)
        pending = [w for w in waits if w > 0]
        if pending:
            self.after((namespace_of(found), name_of(found)), min(pending) + 0.05)


def _failure(problem: str) -> Obj:
    return {
        "type": "ReplicaFailure",
        "status": "True",
        "lastTransitionTime": time_text(),
        "reason": "FailedCreate",
        "message": problem,
    }


def _rank(pod: Obj) -> tuple[bool, bool, bool, str, str]:
    """Which pod goes first: not scheduled, not running, not ready, then the youngest."""
    age = "".join(chr(255 - ord(c)) for c in meta(pod)["creationTimestamp"])
    running = dig(pod, "status", "phase") == "Running"
    return bool(dig(pod, "spec", "nodeName")), running, is_ready(pod), age, name_of(pod)
