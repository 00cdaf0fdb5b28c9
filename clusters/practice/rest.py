"""The writes of the API: create, update, apply and delete with everything that the real server does around them.

Both the HTTP side and the controllers write through this. Must not know HTTP, and no controller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import admission, applying, defaults, errors, managed, validation, validation_custom
from .catalog import CRDS, Catalog, has_generation
from .decode import Decoder
from .deletion import Deleter, is_graceful
from .objects import Key, Obj, clone, is_deleting, key_of, meta, name_of, new_uid, suffix, time_text, without
from .options import Deletion, Options, Result
from .resources import BUILTIN, Resource
from .store import QuotaExceeded, Store

UNTRACKED = frozenset({"/events", "coordination.k8s.io/leases"})


class Rest(Catalog):
    """The resources of one tenant with their writes."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.addresses = admission.Addresses(store)
        self.deleter = Deleter(store, self)
        self.applier = applying.Applier(self)

    # --- what lives in modules of its own

    def apply(self, res: Resource, namespace: str, name: str, config: Obj, options: Options, sub: str = "") -> Result:
        return self.applier.apply(res, namespace, name, config, options, sub)

    def delete(self, res: Resource, namespace: str, name: str, how: Deletion) -> tuple[Obj, bool]:
        return self.deleter.delete(res, namespace, name, how)

    def remove_now(self, res: Resource, key: Key) -> None:
        self.deleter.remove_now(res, key)

    # --- reading

    def get(self, res: Resource, namespace: str, name: str) -> Obj:
        obj = self.store.get(res.storage_key, namespace if res.namespaced else "", name)
        if obj is None:
            raise errors.not_found(res.group, res.plural, name)
        return self.present(res, obj)

    def present(self, res: Resource, obj: Obj) -> Obj:
        """An object in the version that was asked for."""
        if obj.get("apiVersion") == res.api_version:
            return obj
        if res.shared_with:
            from . import events

            return events.to_new(obj)
        return {**obj, "apiVersion": res.api_version}

    # --- create

    def create(self, res: Resource, namespace: str, body: Obj, options: Options) -> Result:
        obj, warnings = self.decode(res, body, options)
        self._check_identity(res, namespace, obj)
        obj = self.prepare_new(res, namespace, obj)
        self._track(res, None, obj, options.manager)
        self.admit(res, obj, None, options)
        self.validate(res, obj, None)
        existing = self.store.get(res.storage_key, *key_of(obj))
        if existing is not None:
            prefix = "object is being deleted: " if is_deleting(existing) else ""
            raise errors.already_exists(res.group, res.plural, name_of(obj), prefix)
        return Result(self.save(res, obj, None, options), True, warnings)

    def decode(self, res: Resource, body: Any, options: Options) -> tuple[Obj, tuple[str, ...]]:
        if options.internal:
            return body, ()
        if not isinstance(body, dict):
            raise errors.bad_request(f"the object provided is unrecognized (must be of type {res.kind})")
        self._check_gvk(res, body)
        if res.shared_with:
            from . import events

            body = events.to_core(body)
            res = next(r for r in BUILTIN if r.key == res.shared_with)
        decoder = Decoder(res.kind, res.version, is_custom=bool(res.crd))
        obj = decoder.run(body, self.type_of(res))
        obj["apiVersion"], obj["kind"] = res.api_version, res.kind
        obj.setdefault("metadata", {})
        if decoder.problems and options.validation == "Strict":
            raise decoder.refuse("strict decoding error: " + ", ".join(decoder.problems))
        return obj, tuple(decoder.problems) if options.validation == "Warn" else ()

    def _check_gvk(self, res: Resource, body: Obj) -> None:
        kind, version = body.get("kind") or res.kind, body.get("apiVersion") or res.api_version
        if kind == res.kind and version == res.api_version:
            return
        if res.crd:
            if version != res.api_version:
                raise errors.bad_request(
                    f"the API version in the data ({version}) does not match the expected API version "
                    f"({res.api_version})"
                )
            cause = errors.invalid_value("kind", kind, f"must be {res.kind}")
            raise errors.invalid(res.group, str(kind), name_of(body), [cause])
        short = str(version).rpartition("/")[2]
        if self.by_kind(str(version), str(kind)):
            why = f"converting ({short}.{kind}) to ({res.group.split('.')[0] or 'core'}.{res.kind}): unknown conversion"
        else:
            why = f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'
        raise errors.bad_request(f'{kind} in version "{short}" cannot be handled as a {res.kind}: {why}')

    def _check_identity(self, res: Resource, namespace: str, obj: Obj) -> None:
        data = obj["metadata"]
        if data.get("resourceVersion"):
            raise errors.internal("resourceVersion should not be set on objects to be created")
        given = data.get("namespace") or ""
        if res.namespaced and given and given != namespace:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )

    def prepare_new(self, res: Resource, namespace: str, obj: Obj) -> Obj:
        data = dict(obj["metadata"])
        if not data.get("name") and data.get("generateName"):
            data["name"] = str(data["generateName"])[:58] + suffix()
        for name in (
            "selfLink",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields",
            "generation",
        ):
            data.pop(name, None)
        data.pop("namespace", None)
        if res.namespaced:
            data["namespace"] = namespace
        data["uid"] = new_uid()
        data["creationTimestamp"] = time_text()
        if has_generation(res):
            data["generation"] = 1
        obj["metadata"] = data
        if "status" in res.subresources:
            obj.pop("status", None)
        self._default(res, obj)
        return obj

    def _default(self, res: Resource, obj: Obj) -> None:
        if res.crd:
            defaults.custom_defaults(obj, self.crd_schema(res))
        else:
            defaults.apply_defaults(res.key, obj)

    def admit(self, res: Resource, obj: Obj, old: Obj | None, options: Options) -> None:
        """What the server adds after the fields have found their owners."""
        if old is None:
            if res.namespaced:
                self._check_namespace(res, obj)
            admission.initial_status(res.key, obj)
        admission.admit(self.store, res, obj, old)

    def _check_namespace(self, res: Resource, obj: Obj) -> None:
        namespace = obj["metadata"]["namespace"]
        found = self.store.get("/namespaces", "", namespace)
        if found is None:
            raise errors.not_found("", "namespaces", namespace)
        if is_deleting(found):
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            text = f"namespace {namespace} is being terminated"
            cause = {"reason": "NamespaceTerminating", "message": text, "field": "metadata.namespace"}
            raise errors.forbidden(res.group, res.plural, name_of(obj), why, [cause])

    def validate(self, res: Resource, obj: Obj, old: Obj | None) -> None:
        causes = validation.validate(res, obj, old)
        if res.crd:
            causes += validation_custom.custom(obj, self.crd_schema(res))
        if causes:
            raise errors.invalid(res.group, res.kind, name_of(obj), causes)

    def _track(self, res: Resource, old: Obj | None, obj: Obj, manager: str, sub: str = "") -> None:
        if res.storage_key not in UNTRACKED:
            managed.record_update(old, obj, self.type_of(res), manager, sub)

    def save(self, res: Resource, obj: Obj, old: Obj | None, options: Options) -> Obj:
        try:
            self.store.check_quota(res.storage_key, obj, old)
        except QuotaExceeded as full:
            raise errors.forbidden(
                res.group,
                res.plural,
                name_of(obj),
                f"exceeded quota: practice-cluster, requested: count/{full.what}=1, "
                f"used: count/{full.what}={full.used}, limited: count/{full.what}={full.limit}",
            ) from None
        self.addresses.assign(res, obj, old, dry_run=options.dry_run)
        if options.dry_run:
            return obj
        if res.key == CRDS:
            saved = self.store.put(res.storage_key, obj)
            self.register_crd(saved)
            return saved
        return self.store.put(res.storage_key, obj)

    # --- update

    def update(
        self,
        res: Resource,
        namespace: str,
        name: str,
        change: Callable[[Obj], Obj],
        options: Options,
        sub: str = "",
    ) -> Result:
        """Replaces an object by what `change` makes of it; `change` gets a copy."""
        old = self.store.get(res.storage_key, namespace if res.namespaced else "", name)
        if old is None:
            raise errors.not_found(res.group, res.plural, name)
        shown = self.present(res, old)
        obj, warnings = self.decode(res, change(clone(shown)), options)
        self._check_update(res, old, obj, name)
        obj = self.prepare_update(res, old, obj, sub)
        # Whoever writes managedFields themselves moves or clears what is owned; leaving them out keeps it.
        given = None if sub else obj["metadata"].pop("managedFields", None)
        owned = [] if given in ([], [{}]) else given or old["metadata"].get("managedFields")
        is_moved = owned != old["metadata"].get("managedFields")
        base = {**old, "metadata": {**old["metadata"], "managedFields": owned}} if is_moved else old
        obj["metadata"].pop("managedFields", None)
        if owned:
            obj["metadata"]["managedFields"] = owned
        return self._finish_update(res, old, obj, options, sub, warnings, base)

    def _finish_update(
        self,
        res: Resource,
        old: Obj,
        obj: Obj,
        options: Options,
        sub: str,
        warnings: tuple[str, ...],
        base: Obj,
    ) -> Result:
        obj["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if obj == old and base is old:
            return Result(old, False, warnings)
        if not options.internal or sub != "status":
            self.admit(res, obj, old, options)
            self.validate(res, obj, old)
        self._track(res, base, obj, options.manager, sub)
        if obj == old:
            return Result(old, False, warnings)
        if is_deleting(obj) and not meta(obj).get("finalizers") and not is_graceful(res, obj):
            if not options.dry_run:
                self.deleter.remove(res, old)
            return Result(obj, False, warnings)
        return Result(self.save(res, obj, old, options), False, warnings)

    def _check_update(self, res: Resource, old: Obj, obj: Obj, name: str) -> None:
        data = obj["metadata"]
        if data.get("name") and data["name"] != name:
            raise errors.bad_request(
                f"the name of the object ({data['name']}) does not match the name on the URL ({name})"
            )
        given = data.get("namespace")
        if res.namespaced and given and given != old["metadata"]["namespace"]:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        version = data.get("resourceVersion")
        if not version and res.crd:
            cause = errors.invalid_value("metadata.resourceVersion", 0, "must be specified for an update")
            raise errors.invalid(res.group, res.plural, name, [cause])
        if version and version != old["metadata"]["resourceVersion"]:
            raise errors.stale(res.group, res.plural, name)

    def prepare_update(self, res: Resource, old: Obj, obj: Obj, sub: str) -> Obj:
        before = old["metadata"]
        data = dict(obj["metadata"])
        for name in (
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "selfLink",
        ):
            data.pop(name, None)
            if before.get(name) is not None:
                data[name] = before[name]
        data["name"] = before["name"]
        if before.get("namespace"):
            data["namespace"] = before["namespace"]
        data.setdefault("uid", before["uid"])
        obj["metadata"] = {k: v for k, v in data.items() if v not in (None, {}) and (v != [] or k == "managedFields")}
        if sub == "status":
            obj = {**clone(old), "metadata": obj["metadata"], "status": obj.get("status", {})}
            if res.crd or res.key == "/nodes":
                for name in ("labels", "annotations", "ownerReferences", "finalizers"):
                    obj["metadata"].pop(name, None)
                    if name in before:
                        obj["metadata"][name] = before[name]
            return obj
        if "status" in res.subresources:
            obj.pop("status", None)
            if "status" in old:
                obj["status"] = old["status"]
        self._default(res, obj)
        admission.keep_allocated(res.key, obj, old)
        if has_generation(res) and _desired(res, obj) != _desired(res, old):
            obj["metadata"]["generation"] = int(before.get("generation") or 0) + 1
        return obj


def _desired(res: Resource, obj: Obj) -> Obj:
    """What counts as a new generation when it changes."""
    out = {k: v for k, v in obj.items() if k not in ("metadata", "status", "apiVersion", "kind")}
    if res.key == "/pods":
        out["spec"] = without(obj["spec"], "nodeName")
    elif res.key == "apps/deployments":
        out["annotations"] = meta(obj).get("annotations") or {}
    return out
