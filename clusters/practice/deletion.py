"""Deleting: preconditions, finalizers, grace, and what is gone at once.

Must not know what follows from a deletion; the garbage collector and the kubelet do.
"""

from __future__ import annotations

import datetime as dt

from . import errors
from .catalog import CRDS, Catalog, has_generation
from .objects import Key, Obj, clone, is_deleting, key_of, meta, name_of, parse_time, time_text, uid_of, utcnow
from .options import Deletion
from .resources import Resource
from .store import Store

WITHOUT_GRACE = frozenset({"/namespaces", CRDS})
FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
# Deleting these answers with the object instead of a Status.
RETURNS_OBJECT = frozenset(
    {
        "/pods",
        "/services",
        "/persistentvolumeclaims",
        "/persistentvolumes",
        "/resourcequotas",
        "/serviceaccounts",
    }
)


class Deleter:
    """Takes objects out of one tenant's store."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self.store, self.catalog = store, catalog

    def delete(self, res: Resource, namespace: str, name: str, how: Deletion) -> tuple[Obj, bool]:
        """Deletes or begins to delete; the object, and whether it is gone now."""
        obj = self.store.get(res.storage_key, namespace if res.namespaced else "", name)
        if obj is None:
            raise errors.not_found(res.group, res.plural, name)
        self._check_preconditions(res, obj, how)
        self._check_deletable(res, obj)
        if how.dry_run:
            return obj, True
        finalizers = list(meta(obj).get("finalizers") or [])
        propagation = how.propagation or ("Orphan" if res.key == "batch/jobs" else "Background")
        if not is_deleting(obj):
            finalizers = [f for f in finalizers if f not in (FOREGROUND, ORPHAN)]
            if propagation == "Foreground":
                finalizers.append(FOREGROUND)
            elif propagation == "Orphan" and self.store.owned_by(uid_of(obj)):
                finalizers.append(ORPHAN)
        grace = self._grace(res, obj, how)
        if not finalizers and not grace and not self._is_graceful_namespace(res, obj):
            if res.key == "/pods":
                obj = self._begin_deletion(res, obj, finalizers, 0)
            return self.remove(res, obj), True
        return self._begin_deletion(res, obj, finalizers, grace), False

    def _check_preconditions(self, res: Resource, obj: Obj, how: Deletion) -> None:
        data = obj["metadata"]
        if how.uid and how.uid != data["uid"]:
            why = (
                f"the UID in the precondition ({how.uid}) does not match the UID in record ({data['uid']}). "
                "The object might have been deleted and then recreated"
            )
            raise errors.conflict(res.group, res.kind, name_of(obj), why)
        if how.version and how.version != data["resourceVersion"]:
            why = (
                f"the ResourceVersion in the precondition ({how.version}) does not match the ResourceVersion "
                f"in record ({data['resourceVersion']}). The object might have been modified"
            )
            raise errors.conflict(res.group, res.kind, name_of(obj), why)

    def _check_deletable(self, res: Resource, obj: Obj) -> None:
        if res.key == "/namespaces" and name_of(obj) in ("default", "kube-system", "kube-public"):
            raise errors.forbidden("", "namespaces", name_of(obj), "this namespace may not be deleted")

    def _grace(self, res: Resource, obj: Obj, how: Deletion) -> int:
        if res.key != "/pods":
            return 0
        if not (obj.get("spec") or {}).get("nodeName"):
            return 0
        if (obj.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
            return 0
        if how.grace is not None:
            return max(how.grace, 0)
        default = (obj.get("spec") or {}).get("terminationGracePeriodSeconds")
        return 30 if default is None else int(default)

    def _is_graceful_namespace(self, res: Resource, obj: Obj) -> bool:
        return res.key == "/namespaces" and bool((obj.get("spec") or {}).get("finalizers"))

    def _begin_deletion(self, res: Resource, obj: Obj, finalizers: list[str], grace: int) -> Obj:
        new = clone(obj)
        data = new["metadata"]
        if finalizers:
            data["finalizers"] = finalizers
        current = data.get("deletionGracePeriodSeconds")
        if not is_deleting(obj) or (current is not None and grace < current):
            asked = parse_time(data.get("deletionTimestamp"))
            start = asked - dt.timedelta(seconds=current or 0) if asked else utcnow()
            data["deletionTimestamp"] = time_text(start + dt.timedelta(seconds=grace))
            if res.key not in WITHOUT_GRACE:
                data["deletionGracePeriodSeconds"] = grace
            if has_generation(res) and res.key != CRDS:
                data["generation"] = int(data.get("generation") or 0) + 1
        if res.key == CRDS and not is_deleting(obj):
            status = new.setdefault("status", {})
            status["conditions"] = [*(status.get("conditions") or []), _crd_condition()]
        if res.key == "/namespaces":
            new["status"] = {**(new.get("status") or {}), "phase": "Terminating"}
        return obj if new == obj else self.store.put(res.storage_key, new)

    def remove(self, res: Resource, obj: Obj) -> Obj:
        if res.key == CRDS:
            self.catalog.forget_crd(obj)
        return self.store.remove(res.storage_key, *key_of(obj)) or obj

    def remove_now(self, res: Resource, key: Key) -> None:
        """Takes an object out for good, where a controller has done the waiting."""
        obj = self.store.get(res.storage_key, *key)
        if obj is None:
            return
        if meta(obj).get("finalizers"):
            self._begin_deletion(res, obj, list(meta(obj)["finalizers"]), 0)
            return
        if res.key == "/pods":
            obj = self._begin_deletion(res, obj, [], 0)
        self.remove(res, obj)


def _crd_condition() -> Obj:
    text = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    return {
        "type": "Terminating",
        "status": "True",
        "lastTransitionTime": time_text(),
        "reason": "InstanceDeletionPending",
        "message": text,
    }


def is_graceful(res: Resource, obj: Obj) -> bool:
    """A pod that is still being stopped, or a namespace that is not empty yet."""
    if res.key == "/namespaces":
        return bool((obj.get("spec") or {}).get("finalizers"))
    return res.key == "/pods" and bool(meta(obj).get("deletionGracePeriodSeconds"))
