"""Namespaces, the garbage collector and CRDs: what lives and dies with something else.

Must not know workloads.
"""

from __future__ import annotations

from collections.abc import Iterable

from clusters.practice.catalog import CRDS
from clusters.practice.deletion import FOREGROUND, ORPHAN
from clusters.practice.errors import ApiError
from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    is_deleting,
    key_of,
    meta,
    name_of,
    namespace_of,
    time_text,
    uid_of,
)
from clusters.practice.options import Deletion
from clusters.practice.store import Change

from .base import Controller

NAMESPACES, ROOT_CA = "/namespaces", "kube-root-ca.crt"
SETTLE_SECONDS, ESTABLISH_SECONDS = 5.0, 0.5
CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
_CA_NOTE = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class NamespaceController(Controller):
    name = "namespace"
    resource = NAMESPACES
    is_first = True

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.type == "DELETED" and namespace_of(change.obj):
            space = self.store.get(NAMESPACES, "", namespace_of(change.obj))
            kept = change.resource == "/configmaps" and name_of(change.obj) == ROOT_CA
            kept = kept or (change.resource == "/serviceaccounts" and name_of(change.obj) == "default")
            if space is not None and (is_deleting(space) or kept):
                yield "", namespace_of(change.obj)

    def reconcile(self, key: Key) -> None:
        space = self.get(NAMESPACES, key)
        if space is None:
            return
        if not is_deleting(space):
            self._furnish(key[1])
            return
        remaining = self._empty(key[1])
        left = self.delay(SETTLE_SECONDS) - self.manager.age_of(uid_of(space), "terminating")
        if left > 0:
            self.after(key, left)
            return
        if remaining:
            self._report(space, remaining)
        else:
            self._finish(space)

    def _report(self, space: Obj, remaining: dict[str, list[Obj]]) -> None:
        """Says in the status what keeps a namespace from going."""
        counts = ", ".join(f"{self._plural(r)} has {len(found)} resource instances" for r, found in remaining.items())
        names: dict[str, int] = {}
        for finalizer in (f for found in remaining.values() for o in found for f in meta(o).get("finalizers") or []):
            names[finalizer] = names.get(finalizer, 0) + 1
        held = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(names.items()))
        told = (
            (
                "NamespaceDeletionDiscoveryFailure",
                False,
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
            (
                "NamespaceDeletionGroupVersionParsingFailure",
                False,
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
            (
                "NamespaceDeletionContentFailure",
                False,
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
            ("NamespaceContentRemaining", True, "SomeResourcesRemain", f"Some resources are remaining: {counts}"),
            (
                "NamespaceFinalizersRemaining",
                bool(held),
                *(
                    ("SomeFinalizersRemain", f"Some content in the namespace has finalizers remaining: {held}")
                    if held
                    else ("ContentHasNoFinalizers", "All content-preserving finalizers finished")
                ),
            ),
        )
        conditions = []
        for kind, value, reason, message in told:
            known, word = condition(space, kind) or {}, str(value)
            since = known["lastTransitionTime"] if known.get("status") == word else time_text()
            conditions.append(
                {"type": kind, "status": word, "lastTransitionTime": since, "reason": reason, "message": message}
            )
        self.set_status(NAMESPACES, space, {**space["status"], "conditions": conditions})

    def _plural(self, resource: str) -> str:
        group, _, plural = resource.partition("/")
        return f"{plural}.{group}"

    def _furnish(self, name: str) -> None:
        if self.store.get("/serviceaccounts", name, "default") is None:
            self.create("/serviceaccounts", {"metadata": {"name": "default", "namespace": name}})
        if self.store.get("/configmaps", name, ROOT_CA) is None:
            data = {
                "name": ROOT_CA,
                "namespace": name,
                "annotations": {"kubernetes.io/description": _CA_NOTE},
            }
            self.create("/configmaps", {"metadata": data, "data": {"ca.crt": self.manager.ca_pem}})

    def _empty(self, name: str) -> dict[str, list[Obj]]:
        """Deletes what is in a namespace; what is left."""
        for resource in list(self.store.objects):
            for obj in self.store.select(resource, name):
                res = self.resource_of(resource)
                if res is not None and not is_deleting(obj):
                    grace = None if resource == "/pods" else 0
                    self.rest.delete(res, name, name_of(obj), Deletion("Background", grace))
        return {r: found for r in self.store.objects if (found := self.store.select(r, name))}

    def _finish(self, space: Obj) -> None:
        def release(copy: Obj) -> None:
            copy["spec"].pop("finalizers", None)

        bare: Obj = clone(space)
        release(bare)
        if meta(space).get("finalizers"):
            self.store.put(NAMESPACES, bare)
        else:
            self.store.remove(NAMESPACES, "", name_of(space))


class GarbageCollector(Controller):
    """Follows ownerReferences; its keys are (uid of an owner, "") or (resource, namespace/name of a dependent)."""

    name = "garbage"

    def keys(self, change: Change) -> Iterable[Key]:
        if change.type == "DELETED":
            if uid_of(change.obj) in self.store.dependents:
                yield uid_of(change.obj), ""
        elif meta(change.obj).get("ownerReferences"):
            yield change.resource, f"{namespace_of(change.obj)}/{name_of(change.obj)}"
        waits = {FOREGROUND, ORPHAN} & set(meta(change.obj).get("finalizers") or [])
        if change.type != "DELETED" and is_deleting(change.obj) and waits:
            yield "!" + change.resource, f"{namespace_of(change.obj)}/{name_of(change.obj)}"
        if change.type == "DELETED":
            for ref in meta(change.obj).get("ownerReferences") or []:
                yield "^" + ref.get("uid", ""), ""

    def reconcile(self, key: Key) -> None:
        first, second = key
        if first.startswith("^"):
            self._owner_by_uid(first[1:])
        elif first.startswith("!"):
            namespace, _, name = second.partition("/")
            self._finalize(first[1:], self.store.get(first[1:], namespace, name))
        elif second:
            namespace, _, name = second.partition("/")
            self._dependent(first, self.store.get(first, namespace, name))
        else:
            for resource, obj in self.store.owned_by(first):
                self._dependent(resource, obj)

    def _owner_by_uid(self, uid: str) -> None:
        """A dependent is gone: an owner that waits for its dependents may go now."""
        for resource, bucket in list(self.store.objects.items()):
            for obj in bucket.values():
                if uid_of(obj) == uid:
                    if is_deleting(obj) and FOREGROUND in (meta(obj).get("finalizers") or []):
                        self._finalize(resource, obj)
                    return

    def _exists(self, ref: Obj, namespace: str) -> Obj | None:
        res = self.rest.by_kind(ref.get("apiVersion", ""), ref.get("kind", ""))
        if res is None:
            group = ref.get("apiVersion", "").rpartition("/")[0]
            res = next((r for r in self.rest.resources() if r.group == group and r.kind == ref.get("kind")), None)
        if res is None:
            return None
        found = self.store.get(res.storage_key, namespace if res.namespaced else "", ref.get("name", ""))
        return found if found is not None and uid_of(found) == ref.get("uid") else None

    def _dependent(self, resource: str, obj: Obj | None) -> None:
        if obj is None or is_deleting(obj):
            return
        refs = meta(obj).get("ownerReferences") or []
        alive = [r for r in refs if self._exists(r, namespace_of(obj)) is not None]
        if not refs or len(alive) == len(refs):
            return
        res = self.resource_of(resource)
        if res is None:
            return
        if not alive:
            policy = "Foreground" if FOREGROUND in (meta(obj).get("finalizers") or []) else "Background"
            self.rest.delete(res, namespace_of(obj), name_of(obj), Deletion(policy, None, uid_of(obj)))
            return
        new: Obj = clone(obj)
        new["metadata"]["ownerReferences"] = alive
        self.store.put(resource, new)

    def _finalize(self, resource: str, obj: Obj | None) -> None:
        if obj is None:
            return
        finalizers = meta(obj).get("finalizers") or []
        if ORPHAN in finalizers:
            self._orphan(uid_of(obj))
            self._drop(resource, obj, ORPHAN)
        elif FOREGROUND in finalizers:
            blocking = False
            for key, child in self.store.owned_by(uid_of(obj)):
                ref = next(r for r in meta(child)["ownerReferences"] if r.get("uid") == uid_of(obj))
                others = [r for r in meta(child)["ownerReferences"] if r is not ref]
                if any(self._exists(r, namespace_of(child)) for r in others):
                    continue
                blocking = blocking or bool(ref.get("blockOwnerDeletion"))
                res = self.resource_of(key)
                if res is not None and not is_deleting(child):
                    self.rest.delete(res, namespace_of(child), name_of(child), Deletion("Foreground"))
            still = [c for _, c in self.store.owned_by(uid_of(obj))]
            if not blocking or not still:
                self._drop(resource, obj, FOREGROUND)

    def _orphan(self, uid: str) -> None:
        for resource, child in self.store.owned_by(uid):
            new: Obj = clone(child)
            refs = [r for r in new["metadata"]["ownerReferences"] if r.get("uid") != uid]
            new["metadata"]["ownerReferences"] = refs
            if not refs:
                del new["metadata"]["ownerReferences"]
            self.store.put(resource, new)

    def _drop(self, resource: str, obj: Obj, finalizer: str) -> None:
        current = self.store.get(resource, *key_of(obj))
        if current is None:
            return
        new: Obj = clone(current)
        left = [f for f in meta(new).get("finalizers") or [] if f != finalizer]
        new["metadata"]["finalizers"] = left
        if not left:
            del new["metadata"]["finalizers"]
        self.store.put(resource, new)
        stopping = resource == "/pods" and meta(new).get("deletionGracePeriodSeconds")
        res = self.resource_of(resource)
        if not left and not stopping and res is not None:
            self.rest.remove_now(res, key_of(new))


class CrdController(Controller):
    name = "crd"
    resource = CRDS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.type == "DELETED":
            res = self.resource_of(change.resource)
            if res is not None and res.crd:
                yield "", res.crd

    def reconcile(self, key: Key) -> None:
        crd = self.get(CRDS, key)
        if crd is None:
            return
        if is_deleting(crd):
            self._clean(crd)
        elif (condition(crd, "Established") or {}).get("status") != "True" or not self._is_current(crd):
            self._establish(crd)

    def _is_current(self, crd: Obj) -> bool:
        return bool((crd.get("status") or {}).get("acceptedNames") == crd["spec"]["names"])

    def _accept(self, crd: Obj) -> Obj:
        """The names are taken; the resource is served a little later."""
        stored = [v["name"] for v in crd["spec"]["versions"] if v.get("storage")]
        known = (crd.get("status") or {}).get("storedVersions") or []
        status = {
            "conditions": [
                _told("NamesAccepted", "True", "NoConflicts", "no conflicts found"),
                _told("Established", "False", "Installing", "the initial names have been accepted"),
            ],
            "acceptedNames": clone(crd["spec"]["names"]),
            "storedVersions": [*known, *(s for s in stored if s not in known)],
        }
        return self.set_status(CRDS, crd, status)

    def _establish(self, crd: Obj) -> None:
        if not self._is_current(crd):
            crd = self._accept(crd)
        left = max(self.delay(ESTABLISH_SECONDS), 0.03) - self.manager.age_of(uid_of(crd), "establish")
        if left > 0:
            self.after(key_of(crd), left)
            return
        told = _told("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
        conditions = [c for c in crd["status"]["conditions"] if c["type"] != "Established"]
        status = {**crd["status"], "conditions": [*conditions, told]}

        def protect(copy: Obj) -> None:
            finalizers = copy["metadata"].setdefault("finalizers", [])
            if CRD_FINALIZER not in finalizers:
                finalizers.append(CRD_FINALIZER)

        self.patch(CRDS, self.set_status(CRDS, crd, status), protect)

    def _clean(self, crd: Obj) -> None:
        if CRD_FINALIZER not in (meta(crd).get("finalizers") or []):
            return
        waiting = condition(crd, "Terminating") or {}
        if waiting.get("reason") == "InstanceDeletionPending":
            told = _told("Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
            conditions = [c for c in crd["status"]["conditions"] if c["type"] != "Terminating"]
            crd = self.set_status(CRDS, crd, {**crd["status"], "conditions": [*conditions, told]})
        res = next((r for r in self.rest.resources() if r.crd == name_of(crd)), None)
        if res is not None:
            for obj in self.store.select(res.storage_key):
                if not is_deleting(obj):
                    try:
                        self.rest.delete(res, namespace_of(obj), name_of(obj), Deletion("Background"))
                    except ApiError as error:
                        if error.code != 404:
                            raise
            if self.store.select(res.storage_key):
                return

        def release(copy: Obj) -> None:
            copy["metadata"]["finalizers"] = [f for f in copy["metadata"]["finalizers"] if f != CRD_FINALIZER]

        self.patch(CRDS, crd, release)


def _told(kind: str, value: str, reason: str, message: str) -> Obj:
    return {"type": kind, "status": value, "lastTransitionTime": time_text(), "reason": reason, "message": message}
