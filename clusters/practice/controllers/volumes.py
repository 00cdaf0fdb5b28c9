"""Volumes: claims are bound to volumes, existing ones or ones that the default storage class makes.

Must not know pods beyond which claims they use.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from clusters.practice import quantity
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
    time_text,
    uid_of,
)
from clusters.practice.seed import PROVISIONER
from clusters.practice.store import Change

from .base import Controller
from .pods import PODS, is_finished

CLAIMS, VOLUMES, CLASSES = "/persistentvolumeclaims", "/persistentvolumes", "storage.k8s.io/storageclasses"
WHO = "persistentvolume-controller"
PROTECTION, VOLUME_PROTECTION = "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"
SELECTED = "volume.kubernetes.io/selected-node"
COMPLETED, BY_CONTROLLER = "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"
PROVISION_SECONDS = 0.3


def capacity_of(obj: Obj, *path: str) -> Decimal:
    return quantity.parse(dig(obj, *path, "storage", default="0"))


def uses_claim(pod: Obj, name: str) -> bool:
    volumes = pod["spec"].get("volumes") or []
    return any(dig(v, "persistentVolumeClaim", "claimName") == name for v in volumes)


class ClaimController(Controller):
    name = "claims"
    resource = CLAIMS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == PODS and (change.type == "DELETED" or is_finished(change.obj)):
            for volume in change.obj["spec"].get("volumes") or []:
                claim = dig(volume, "persistentVolumeClaim", "claimName")
                if claim:
                    yield namespace_of(change.obj), claim
        elif change.resource in (VOLUMES, CLASSES):
            yield from (key_of(c) for c in self.store.select(CLAIMS) if dig(c, "status", "phase") != "Bound")

    def reconcile(self, key: Key) -> None:
        claim = self.get(CLAIMS, key)
        if claim is None:
            return
        if is_deleting(claim):
            self._let_go(claim)
        elif dig(claim, "status", "phase") == "Bound":
            self._check_bound(claim)
        else:
            self._bind(claim)

    def _let_go(self, claim: Obj) -> None:
        """The protection falls when no pod uses the claim any more."""
        finalizers = meta(claim).get("finalizers") or []
        pods = self.store.select(PODS, namespace_of(claim))
        if PROTECTION not in finalizers or any(uses_claim(p, name_of(claim)) and not is_finished(p) for p in pods):
            return

        def drop(copy: Obj) -> None:
            copy["metadata"]["finalizers"] = [f for f in finalizers if f != PROTECTION]

        self.patch(CLAIMS, claim, drop)

    def _check_bound(self, claim: Obj) -> None:
        volume = self.store.get(VOLUMES, "", claim["spec"].get("volumeName") or "")
        if volume is None:
            status: Obj = {**claim["status"], "phase": "Lost"}
            self.set_status(CLAIMS, claim, status)
            text = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
            self.events.record(claim, "Warning", "ClaimLost", text, WHO)
        elif capacity_of(claim, "spec", "resources", "requests") > capacity_of(claim, "status", "capacity"):
            self._expand(claim, volume)

    def _expand(self, claim: Obj, volume: Obj) -> None:
        wanted = dig(claim, "spec", "resources", "requests", "storage")
        if capacity_of(volume, "spec", "capacity") < quantity.parse(wanted):

            def grow(copy: Obj) -> None:
                copy["spec"]["capacity"]["storage"] = wanted

            self.patch(VOLUMES, volume, grow)
        self.set_status(CLAIMS, claim, {**claim["status"], "capacity": {"storage": wanted}})
        text = "MountVolume.NodeExpandVolume succeeded for volume " + f'"{name_of(volume)}"'
        self.events.record(claim, "Normal", "FileSystemResizeSuccessful", text, "kubelet")

    # --- binding

    def _bind(self, claim: Obj) -> None:
        volume = self._existing(claim)
        if volume is not None:
            self._join(claim, volume)
            return
        if claim["spec"].get("volumeName"):
            return
        name = claim["spec"].get("storageClassName")
        if not name:
            text = "no persistent volumes available for this claim and no storage class is set"
            self.events.record(claim, "Normal", "FailedBinding", text, WHO)
            return
        found = self.store.get(CLASSES, "", name)
        if found is None:
            text = f'storageclass.storage.k8s.io "{name}" not found'
            self.events.record(claim, "Warning", "ProvisioningFailed", text, WHO)
        elif found.get("volumeBindingMode") == "WaitForFirstConsumer" and not self._is_selected(claim):
            text = "waiting for first consumer to be created before binding"
            self.events.record(claim, "Normal", "WaitForFirstConsumer", text, WHO)
        elif found.get("provisioner") != PROVISIONER:
            self._wait_for_provisioner(claim, str(found.get("provisioner")))
        else:
            self._provision(claim, found)

    def _is_selected(self, claim: Obj) -> bool:
        return bool((meta(claim).get("annotations") or {}).get(SELECTED))

    def _wait_for_provisioner(self, claim: Obj, provisioner: str) -> None:
        text = (
            f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by "
            "the system administrator. If volume creation is delayed, please verify that the provisioner is running "
            "and correctly registered."
        )
        self.events.record(claim, "Normal", "ExternalProvisioning", text, WHO)

    def _existing(self, claim: Obj) -> Obj | None:
        """The smallest free volume that will do, or the one that is meant for this claim."""
        spec = claim["spec"]
        named = spec.get("volumeName")
        fitting = []
        for volume in self.store.select(VOLUMES):
            owner = volume["spec"].get("claimRef") or {}
            mine = owner.get("name") == name_of(claim) and owner.get("namespace") == namespace_of(claim)
            if is_deleting(volume) or (owner and not (mine and owner.get("uid") in (None, "", uid_of(claim)))):
                continue
            if named and name_of(volume) != named:
                continue
            if mine or self._suits(claim, volume):
                fitting.append((not mine, capacity_of(volume, "spec", "capacity"), name_of(volume), volume))
        return min(fitting, key=lambda f: f[:3])[3] if fitting else None

    def _suits(self, claim: Obj, volume: Obj) -> bool:
        spec, offered = claim["spec"], volume["spec"]
        return (
            (spec.get("storageClassName") or "") == (offered.get("storageClassName") or "")
            and set(spec.get("accessModes") or []) <= set(offered.get("accessModes") or [])
            and (spec.get("volumeMode") or "Filesystem") == (offered.get("volumeMode") or "Filesystem")
            and capacity_of(claim, "spec", "resources", "requests") <= capacity_of(volume, "spec", "capacity")
        )

    def _provision(self, claim: Obj, storage_class: Obj) -> None:
        age = self.manager.age_of(uid_of(claim), "provision")
        left = self.delay(PROVISION_SECONDS) - age
        if left > 0:
            self.after(key_of(claim), left)
            return
        name = f"pvc-{uid_of(claim)}"
        spec = claim["spec"]
        volume = self.create(
            VOLUMES,
            {
                "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
                "spec": {
                    "capacity": {"storage": dig(spec, "resources", "requests", "storage")},
                    "accessModes": clone(spec["accessModes"]),
                    "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy") or "Delete",
                    "storageClassName": name_of(storage_class),
                    "volumeMode": spec.get("volumeMode") or "Filesystem",
                    "hostPath": {"path": f"/var/practice/{name}", "type": "DirectoryOrCreate"},
                    "claimRef": self._reference(claim),
                },
            },
        )
        text = f"Successfully provisioned volume {name}"
        self.events.record(claim, "Normal", "ProvisioningSucceeded", text, PROVISIONER)
        self._join(claim, volume)

    def _reference(self, claim: Obj) -> Obj:
        return {
            "kind": "PersistentVolumeClaim",
            "namespace": namespace_of(claim),
            "name": name_of(claim),
            "uid": uid_of(claim),
            "apiVersion": "v1",
            "resourceVersion": meta(claim)["resourceVersion"],
        }

    def _join(self, claim: Obj, volume: Obj) -> None:
        if dig(volume, "spec", "claimRef", "uid") != uid_of(claim):

            def claim_it(copy: Obj) -> None:
                copy["spec"]["claimRef"] = self._reference(claim)
                copy["metadata"].setdefault("annotations", {})[BY_CONTROLLER] = "yes"

            volume = self.patch(VOLUMES, volume, claim_it)

        def write(copy: Obj) -> None:
            copy["spec"]["volumeName"] = name_of(volume)
            copy["metadata"].setdefault("annotations", {}).update({COMPLETED: "yes", BY_CONTROLLER: "yes"})

        bound = self.patch(CLAIMS, claim, write)
        status = {
            "phase": "Bound",
            "accessModes": clone(volume["spec"]["accessModes"]),
            "capacity": clone(volume["spec"]["capacity"]),
        }
        self.set_status(CLAIMS, bound, status)


class VolumeController(Controller):
    name = "volumes"
    resource = VOLUMES

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == CLAIMS:
            volume = change.obj["spec"].get("volumeName")
            if volume:
                yield "", volume

    def reconcile(self, key: Key) -> None:
        volume = self.get(VOLUMES, key)
        if volume is None:
            return
        owner = volume["spec"].get("claimRef") or {}
        claim = self.store.get(CLAIMS, owner.get("namespace", ""), owner.get("name", "")) if owner else None
        is_bound = claim is not None and uid_of(claim) == owner.get("uid")
        if is_deleting(volume):
            if not is_bound:
                self._let_go(volume)
            return
        if is_bound:
            phase = "Bound"
        elif owner.get("uid"):
            if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
                self.delete(VOLUMES, volume)
                return
            phase = "Released"
        else:
            phase = "Available"
        if dig(volume, "status", "phase") != phase:
            self.set_status(VOLUMES, volume, {"phase": phase, "lastPhaseTransitionTime": time_text()})

    def _let_go(self, volume: Obj) -> None:
        finalizers = meta(volume).get("finalizers") or []

        def drop(copy: Obj) -> None:
            copy["metadata"]["finalizers"] = [f for f in finalizers if f != VOLUME_PROTECTION]

        if VOLUME_PROTECTION in finalizers:
            self.patch(VOLUMES, volume, drop)
