"""StatefulSets: pods with a name and a place, one after the other, and their claims.

Must not know how claims are bound.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice.errors import ApiError
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    dig,
    is_deleting,
    key_of,
    meta,
    name_of,
    namespace_of,
    uid_of,
)
from clusters.practice.options import Deletion
from clusters.practice.store import Change

from . import revisions
from .base import Controller
from .pods import PODS, is_finished, is_ready, pod_from_template, seconds_until_available

SETS, CLAIMS = "apps/statefulsets", "/persistentvolumeclaims"
WHO = "statefulset-controller"


def ordinal_of(owner: Obj, pod: Obj) -> int:
    """The number of a pod of this set, or -1."""
    prefix, _, number = name_of(pod).rpartition("-")
    return int(number) if prefix == name_of(owner) and number.isdigit() else -1


class StatefulSetController(Controller):
    name = "statefulset"
    resource = SETS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == PODS:
            yield from self.owners_of(change, "StatefulSet")

    def reconcile(self, key: Key) -> None:
        found = self.get(SETS, key)
        if found is None or is_deleting(found):
            return
        update, known = revisions.sync(self, found)
        current_name = dig(found, "status", "currentRevision", default=name_of(update))
        current = next((r for r in known if name_of(r) == current_name), update)
        problem = self._move(found, current, update)
        revisions.forget_old(self, found, known, {name_of(current), name_of(update)})
        self._write_status(found, current, update)
        if problem is not None:
            text = f"Create Pod in StatefulSet {name_of(found)} failed error: {problem.message}"
            self.events.record(found, "Warning", "FailedCreate", text, WHO)
            self.after(key, self.delay(5))

    # --- moving

    def _pods(self, found: Obj) -> dict[int, Obj]:
        pods = ((ordinal_of(found, p), p) for p in self.owned(found, PODS))
        return {number: pod for number, pod in pods if number >= 0}

    def _move(self, found: Obj, current: Obj, update: Obj) -> ApiError | None:
        """Takes the next step; the refusal where one met it."""
        spec = found["spec"]
        first = int(dig(spec, "ordinals", "start", default=0))
        wanted = range(first, first + int(spec.get("replicas") or 0))
        is_ordered = spec.get("podManagementPolicy") != "Parallel"
        pods = self._pods(found)
        for number in wanted:
            try:
                is_settled = self._settle(found, pods.get(number), number, current, update)
            except ApiError as error:
                return error
            if not is_settled and is_ordered:
                return None
        condemned = sorted((n for n in pods if n not in wanted), reverse=True)
        for number in condemned:
            if not is_deleting(pods[number]):
                self._delete_pod(found, pods[number])
            if is_ordered:
                return None
        if not condemned:
            self._claims_of_gone(found, wanted)
        self._roll(found, {n: p for n, p in pods.items() if n in wanted}, update)
        return None

    def _settle(self, found: Obj, pod: Obj | None, number: int, current: Obj, update: Obj) -> bool:
        """One pod of the set: there, and available."""
        if pod is None:
            self._create(found, number, self._revision_for(found, number, current, update))
            return False
        if is_deleting(pod):
            return False
        if is_finished(pod):
            text = f"StatefulSet {namespace_of(found)}/{name_of(found)} is recreating failed Pod {name_of(pod)}"
            self.events.record(found, "Warning", "RecreatingFailedPod", text, WHO)
            self._delete_pod(found, pod)
            return False
        wait = seconds_until_available(pod, int(found["spec"].get("minReadySeconds") or 0))
        if wait > 0:
            self.after(key_of(found), wait + 0.05)
        return wait == 0

    def _partition(self, found: Obj) -> int:
        return int(dig(found, "spec", "updateStrategy", "rollingUpdate", "partition", default=0))

    def _revision_for(self, found: Obj, number: int, current: Obj, update: Obj) -> Obj:
        first = int(dig(found, "spec", "ordinals", "start", default=0))
        if dig(found, "spec", "updateStrategy", "type") == "OnDelete":
            return update
        return current if number < first + self._partition(found) else update

    def _create(self, found: Obj, number: int, revision: Obj) -> None:
        name = f"{name_of(found)}-{number}"
        for template in found["spec"].get("volumeClaimTemplates") or []:
            self._claim(found, template, name)
        pod = pod_from_template(revisions.template_of(revision), found, name)
        pod["metadata"]["generateName"] = f"{name_of(found)}-"
        labels = pod["metadata"].setdefault("labels", {})
        labels |= {
            "statefulset.kubernetes.io/pod-name": name,
            "apps.kubernetes.io/pod-index": str(number),
            revisions.HASH: name_of(revision),
        }
        spec = pod["spec"]
        spec["hostname"] = name
        if found["spec"].get("serviceName"):
            spec["subdomain"] = found["spec"]["serviceName"]
        claims = {name_of(t): f"{name_of(t)}-{name}" for t in found["spec"].get("volumeClaimTemplates") or []}
        volumes = [v for v in spec.get("volumes") or [] if v.get("name") not in claims]
        volumes += [{"name": v, "persistentVolumeClaim": {"claimName": c}} for v, c in claims.items()]
        if volumes:
            spec["volumes"] = volumes
        self.create(PODS, pod)
        text = f"Create Pod {name} in StatefulSet {name_of(found)} successful"
        self.events.record(found, "Normal", "SuccessfulCreate", text, WHO)

    def _claim(self, found: Obj, template: Obj, pod_name: str) -> None:
        name = f"{name_of(template)}-{pod_name}"
        if self.store.get(CLAIMS, namespace_of(found), name) is not None:
            return
        data: Obj = {k: clone(v) for k, v in meta(template).items() if k in ("labels", "annotations")}
        data["labels"] = {**(data.get("labels") or {}), **(dig(found, "spec", "selector", "matchLabels") or {})}
        if dig(found, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted") == "Delete":
            data["ownerReferences"] = [
                {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": name_of(found), "uid": uid_of(found)}
            ]
        data |= {"name": name, "namespace": namespace_of(found)}
        self.create(CLAIMS, {"metadata": data, "spec": clone(template["spec"])})
        text = f"Create Claim {name} Pod {pod_name} in StatefulSet {name_of(found)} success"
        self.events.record(found, "Normal", "SuccessfulCreate", text, WHO)

    def _claims_of_gone(self, found: Obj, wanted: range) -> None:
        """With whenScaled: Delete the claim goes after its pod."""
        if dig(found, "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled") != "Delete":
            return
        for template in found["spec"].get("volumeClaimTemplates") or []:
            prefix = f"{name_of(template)}-{name_of(found)}-"
            for claim in self.store.select(CLAIMS, namespace_of(found)):
                number = name_of(claim).removeprefix(prefix)
                if name_of(claim).startswith(prefix) and number.isdigit() and int(number) not in wanted:
                    self.delete(CLAIMS, claim)

    def _delete_pod(self, found: Obj, pod: Obj) -> None:
        self.delete(PODS, pod, Deletion("Background", uid=uid_of(pod)))
        text = f"Delete Pod {name_of(pod)} in StatefulSet {name_of(found)} successful"
        self.events.record(found, "Normal", "SuccessfulDelete", text, WHO)

    def _roll(self, found: Obj, pods: dict[int, Obj], update: Obj) -> None:
        """Replaces pods of an older template from the highest number down, one at a time."""
        if dig(found, "spec", "updateStrategy", "type") == "OnDelete":
            return
        first = int(dig(found, "spec", "ordinals", "start", default=0))
        for number in sorted(pods, reverse=True):
            if number < first + self._partition(found):
                return
            pod = pods[number]
            if revisions.pod_hash(pod) != name_of(update) and not is_deleting(pod):
                self._delete_pod(found, pod)
                return
            if is_deleting(pod) or not is_ready(pod):
                return

    # --- status

    def _write_status(self, found: Obj, current: Obj, update: Obj) -> None:
        latest = self.get(SETS, key_of(found))
        if latest is None:
            return
        pods = list(self._pods(found).values())
        minimum = int(found["spec"].get("minReadySeconds") or 0)
        staying = [p for p in pods if not is_deleting(p)]
        by_current = sum(revisions.pod_hash(p) == name_of(current) for p in staying)
        by_update = sum(revisions.pod_hash(p) == name_of(update) for p in staying)
        ready = sum(is_ready(p) for p in pods)
        wanted = int(found["spec"].get("replicas") or 0)
        name = name_of(current)
        if by_update == wanted == len(pods) == ready and self._partition(found) == 0:
            name, by_current = name_of(update), by_update
        amounts = {"readyReplicas": ready, "currentReplicas": by_current, "updatedReplicas": by_update}
        status: Obj = {"observedGeneration": meta(found).get("generation", 1), "replicas": len(pods)}
        status |= {k: v for k, v in amounts.items() if v}
        status |= {"currentRevision": name, "updateRevision": name_of(update), "collisionCount": 0}
        status["availableReplicas"] = sum(seconds_until_available(p, minimum) == 0 for p in pods)
        self.set_status(SETS, latest, status)
