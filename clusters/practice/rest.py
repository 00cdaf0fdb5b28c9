"""The writes of the API: create, update, apply and delete with everything that the real server does around them.

Both the HTTP side and the controllers write through this. Must not know HTTP, and no controller.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from . import admission, defaults, errors, managed, schema, validation
from .decode import Decoder
from .objects import (
    Key,
    Obj,
    clone,
    is_deleting,
    key_of,
    meta,
    name_of,
    new_uid,
    parse_time,
    suffix,
    time_text,
    uid_of,
    utcnow,
)
from .resources import BUILTIN, Resource, from_crd
from .schema import Type
from .store import QuotaExceeded, Store

CRDS = "apiextensions.k8s.io/customresourcedefinitions"
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
WITHOUT_GENERATION = frozenset(
    {
        "/services",
        "/configmaps",
        "/secrets",
        "/namespaces",
        "/nodes",
        "/persistentvolumeclaims",
        "/persistentvolumes",
        "/serviceaccounts",
        "/events",
        "/endpoints",
        "/limitranges",
        "/resourcequotas",
        "apps/controllerrevisions",
        "autoscaling/horizontalpodautoscalers",
        "coordination.k8s.io/leases",
        "events.k8s.io/events",
        "rbac.authorization.k8s.io/roles",
        "rbac.authorization.k8s.io/rolebindings",
        "rbac.authorization.k8s.io/clusterroles",
        "rbac.authorization.k8s.io/clusterrolebindings",
        "storage.k8s.io/storageclasses",
    }
)
UNTRACKED = frozenset({"/events", "coordination.k8s.io/leases"})


@dataclass(frozen=True)
class Options:
    """How one write is to be done."""

    manager: str = "unknown"
    dry_run: bool = False
    validation: str = "Warn"  # Ignore | Warn | Strict
    force: bool = False
    internal: bool = False  # written by a controller: trusted, not decoded again


CONTROLLER = Options(manager="kube-controller-manager", internal=True)
KUBELET = Options(manager="kubelet", internal=True)
SCHEDULER = Options(manager="kube-scheduler", internal=True)


@dataclass(frozen=True)
class Deletion:
    """What a client asks of a deletion."""

    propagation: str = ""
    grace: int | None = None
    uid: str = ""
    version: str = ""
    dry_run: bool = False


@dataclass
class Result:
    obj: Obj
    is_created: bool = False
    warnings: tuple[str, ...] = ()


class Rest:
    """The resources of one tenant over its store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.custom: dict[str, list[Resource]] = {}  # by resource key: the served versions
        self._types: dict[tuple[str, str], tuple[str, Type, Obj]] = {}
        self.addresses = admission.Addresses(store)
        for crd in store.select(CRDS):
            self.register_crd(crd)

    # --- resources

    def resources(self) -> list[Resource]:
        return [*BUILTIN, *(r for found in self.custom.values() for r in found)]

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        for res in self.resources():
            if (res.group, res.version, res.plural) == (group, version, plural):
                return res
        return None

    def by_kind(self, api_version: str, kind: str) -> Resource | None:
        for res in self.resources():
            if res.kind == kind and res.api_version == api_version:
                return res
        return None

    def register_crd(self, crd: Obj) -> None:
        found = from_crd(crd)
        for version in found:
            self.custom[version.key] = found

    def forget_crd(self, crd: Obj) -> None:
        self.custom.pop(f"{crd['spec']['group']}/{crd['spec']['names']['plural']}", None)

    def type_of(self, res: Resource) -> Type:
        if not res.crd:
            return schema.defined(res.definition)
        return self._custom_type(res)[1]

    def crd_schema(self, res: Resource) -> Obj:
        return self._custom_type(res)[2]

    def _custom_type(self, res: Resource) -> tuple[str, Type, Obj]:
        crd = self.store.get(CRDS, "", res.crd) or {}
        version = str(meta(crd).get("generation", "")) + uid_of(crd)
        cached = self._types.get((res.key, res.version))
        if cached is None or cached[0] != version:
            raw: Obj = {}
            for item in (crd.get("spec") or {}).get("versions") or []:
                if item["name"] == res.version:
                    raw = clone((item.get("schema") or {}).get("openAPIV3Schema") or {})
            raw = raw or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
            cached = self._types[(res.key, res.version)] = (version, schema.from_crd_schema(clone(raw)), raw)
        return cached

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
        obj, warnings = self._decode(res, body, options)
        self._check_identity(res, namespace, obj)
        obj = self._prepare_new(res, namespace, obj)
        self._admit(res, obj, None, options)
        self._validate(res, obj, None)
        existing = self.store.get(res.storage_key, *key_of(obj))
        if existing is not None:
            prefix = "object is being deleted: " if is_deleting(existing) else ""
            raise errors.already_exists(res.group, res.plural, name_of(obj), prefix)
        self._track(res, None, obj, options.manager)
        return Result(self._save(res, obj, None, options), True, warnings)

    def _decode(self, res: Resource, body: Any, options: Options) -> tuple[Obj, tuple[str, ...]]:
        if options.internal:
            return body, ()
        if not isinstance(body, dict):
            raise errors.bad_request(f"the object provided is unrecognized (must be of type {res.kind})")
        self._check_gvk(res, body)
        if res.shared_with:
            from . import events

            body = events.to_core(body)
            res = next(r for r in BUILTIN if r.key == res.shared_with)
        decoder = Decoder(res.kind, res.version)
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

    def _prepare_new(self, res: Resource, namespace: str, obj: Obj) -> Obj:
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
        if self._has_generation(res):
            data["generation"] = 1
        obj["metadata"] = data
        if "status" in res.subresources:
            obj.pop("status", None)
        self._default(res, obj)
        admission.initial_status(res.key, obj)
        return obj

    def _has_generation(self, res: Resource) -> bool:
        return bool(res.crd) or res.key not in WITHOUT_GENERATION

    def _default(self, res: Resource, obj: Obj) -> None:
        if res.crd:
            defaults.custom_defaults(obj, self.crd_schema(res))
        else:
            defaults.apply_defaults(res.key, obj)

    def _admit(self, res: Resource, obj: Obj, old: Obj | None, options: Options) -> None:
        if res.namespaced and old is None:
            self._check_namespace(res, obj)
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

    def _validate(self, res: Resource, obj: Obj, old: Obj | None) -> None:
        causes = validation.validate(res, obj, old)
        if res.crd:
            causes += validation.custom(obj, self.crd_schema(res))
        if causes:
            raise errors.invalid(res.group, res.kind, name_of(obj), causes)

    def _track(self, res: Resource, old: Obj | None, obj: Obj, manager: str, sub: str = "") -> None:
        if res.storage_key not in UNTRACKED:
            managed.record_update(old, obj, self.type_of(res), manager, sub)

    def _save(self, res: Resource, obj: Obj, old: Obj | None, options: Options) -> Obj:
        try:
            self.store.check_quota(res.storage_key, obj, old)
        except QuotaExceeded as full:
            raise errors.forbidden(
                res.group, res.plural, name_of(obj),
                f"exceeded quota: practice-cluster, requested: count/{full.what}=1, "
                f"used: count/{full.what}={full.used}, limited: count/{full.what}={full.limit}",
            ) from None  # fmt: skip
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
        self, res: Resource, namespace: str, name: str, change: Callable[[Obj], Obj], options: Options, sub: str = "",
    ) -> Result:  # fmt: skip
        """Replaces an object by what `change` makes of it; `change` gets a copy."""
        old = self.store.get(res.storage_key, namespace if res.namespaced else "", name)
        if old is None:
            raise errors.not_found(res.group, res.plural, name)
        shown = self.present(res, old)
        obj, warnings = self._decode(res, change(clone(shown)), options)
        self._check_update(res, old, obj, name)
        obj = self._prepare_update(res, old, obj, sub)
        cleared = meta(obj).get("managedFields") == []
        base = {**old, "metadata": {**old["metadata"], "managedFields": []}} if cleared else old
        obj["metadata"].pop("managedFields", None)
        if not cleared and old["metadata"].get("managedFields"):
            obj["metadata"]["managedFields"] = old["metadata"]["managedFields"]
        return self._finish_update(res, old, obj, options, sub, warnings, base)

    def _finish_update(
        self, res: Resource, old: Obj, obj: Obj, options: Options, sub: str, warnings: tuple[str, ...], base: Obj,
    ) -> Result:  # fmt: skip
        obj["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if obj == old and base is old:
            return Result(old, False, warnings)
        if not options.internal or sub != "status":
            self._admit(res, obj, old, options)
            self._validate(res, obj, old)
        self._track(res, base, obj, options.manager, sub)
        if obj == old:
            return Result(old, False, warnings)
        if is_deleting(obj) and not meta(obj).get("finalizers") and not self._is_graceful(res, obj):
            if options.dry_run:
                return Result(obj, False, warnings)
            self._save(res, obj, old, options)
            return Result(self._remove(res, obj), False, warnings)
        return Result(self._save(res, obj, old, options), False, warnings)

    def _is_graceful(self, res: Resource, obj: Obj) -> bool:
        """A pod that is still being stopped, or a namespace that is not empty yet."""
        if res.key == "/namespaces":
            return bool((obj.get("spec") or {}).get("finalizers"))
        return res.key == "/pods" and bool(meta(obj).get("deletionGracePeriodSeconds"))

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

    def _prepare_update(self, res: Resource, old: Obj, obj: Obj, sub: str) -> Obj:
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
            kept = ("labels", "annotations", "ownerReferences", "finalizers")
            if not res.crd and res.key != "/nodes":
                kept = ()
            for name in kept:
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
        if self._has_generation(res) and _desired(obj) != _desired(old):
            obj["metadata"]["generation"] = int(before.get("generation") or 0) + 1
        return obj

    # --- apply

    def apply(self, res: Resource, namespace: str, name: str, config: Obj, options: Options, sub: str = "") -> Result:
        kind = self.type_of(res)
        config = self._apply_config(res, namespace, name, config)
        key = f"{namespace if False else ''}/{name}"
        managed.check_typed(config, kind, key, f"{res.group + '/' if res.group else '/'}{res.version}, Kind={res.kind}")
        managed.fill_list_keys(config, kind)
        old = self.store.get(res.storage_key, namespace if res.namespaced else "", name)
        given = config["metadata"]
        if old is None and given.get("uid"):
            why = f"uid mismatch: the provided object specified uid {given['uid']}, and no existing object was found"
            raise errors.conflict(res.group, res.plural, name, why)
        if sub:
            config = {k: v for k, v in config.items() if k in ("apiVersion", "kind", "metadata", sub)}
        elif "status" in res.subresources:
            config.pop("status", None)
        if old is None and sub:
            raise errors.not_found(res.group, res.plural, name)
        shown = None if old is None else self.present(res, old)
        done = managed.merge_apply(shown, config, kind, options.manager, force=options.force, sub=sub)
        if old is None:
            return self._apply_create(res, namespace, done, options)
        return self._apply_update(res, old, given, done, options, sub)

    def _apply_config(self, res: Resource, namespace: str, name: str, config: Obj) -> Obj:
        if not isinstance(config, dict):
            raise errors.bad_request("error decoding patch: the body is not an object")
        kind, version = config.get("kind"), config.get("apiVersion")
        if not version or not kind:
            group = str(version or "").rpartition("/")
            raise errors.bad_request(f"invalid object type: {group[0]}/{group[2]}, Kind={kind or ''}")
        if kind != res.kind or version != res.api_version:
            raise errors.bad_request(f"invalid object type: {version}, Kind={kind}")
        given = config.get("metadata") or {}
        if not isinstance(given, dict):
            raise errors.bad_request("error decoding patch: metadata is not an object")
        if given.get("managedFields"):
            raise errors.bad_request("metadata.managedFields must be nil")
        if given.get("name") and given["name"] != name:
            raise errors.bad_request(
                f"the name of the object ({given['name']}) does not match the name on the URL ({name})"
            )
        if res.namespaced and given.get("namespace") and given["namespace"] != namespace:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        out = clone(config)
        out["metadata"] = {**clone(given), "name": name}
        return out  # type: ignore[no-any-return]

    def _apply_create(self, res: Resource, namespace: str, done: managed.Applied, options: Options) -> Result:
        obj, _ = self._decode(res, done.obj, replace(options, validation="Ignore"))
        obj["metadata"].pop("resourceVersion", None)
        obj = self._prepare_new(res, namespace, obj)
        self._admit(res, obj, None, options)
        self._validate(res, obj, None)
        managed.write(obj, done.managers)
        return Result(self._save(res, obj, None, options), True)

    def _apply_update(
        self, res: Resource, old: Obj, given: Obj, done: managed.Applied, options: Options, sub: str,
    ) -> Result:  # fmt: skip
        if given.get("resourceVersion") and given["resourceVersion"] != old["metadata"]["resourceVersion"]:
            raise errors.stale(res.group, res.plural, name_of(old))
        obj, _ = self._decode(res, done.obj, replace(options, validation="Ignore"))
        if given.get("uid"):
            obj["metadata"]["uid"] = given["uid"]
        obj = self._prepare_update(res, old, obj, sub)
        obj["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        managed.write(obj, done.managers)
        if obj == old:
            return Result(old)
        self._admit(res, obj, old, options)
        self._validate(res, obj, old)
        if is_deleting(obj) and not meta(obj).get("finalizers") and not self._is_graceful(res, obj):
            return Result(obj if options.dry_run else self._remove(res, self._save(res, obj, old, options)))
        return Result(self._save(res, obj, old, options))

    # --- delete

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
            return self._remove(res, obj), True
        return self._begin_deletion(res, obj, finalizers, grace), False

    def _check_preconditions(self, res: Resource, obj: Obj, how: Deletion) -> None:
        data = obj["metadata"]
        if how.uid and how.uid != data["uid"]:
            why = (f"the UID in the precondition ({how.uid}) does not match the UID in record ({data['uid']}). "
                   "The object might have been deleted and then recreated")  # fmt: skip
            raise errors.conflict(res.group, res.kind, name_of(obj), why)
        if how.version and how.version != data["resourceVersion"]:
            why = (f"the ResourceVersion in the precondition ({how.version}) does not match the ResourceVersion "
                   f"in record ({data['resourceVersion']}). The object might have been modified")  # fmt: skip
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
            data["deletionGracePeriodSeconds"] = grace
            if self._has_generation(res):
                data["generation"] = int(data.get("generation") or 0) + 1
        if res.key == "/namespaces":
            new["status"] = {**(new.get("status") or {}), "phase": "Terminating"}
        return obj if new == obj else self.store.put(res.storage_key, new)

    def _remove(self, res: Resource, obj: Obj) -> Obj:
        if res.key == CRDS:
            self.forget_crd(obj)
        return self.store.remove(res.storage_key, *key_of(obj)) or obj

    def remove_now(self, res: Resource, key: Key) -> None:
        """Takes an object out for good, where a controller has done the waiting."""
        obj = self.store.get(res.storage_key, *key)
        if obj is None:
            return
        if meta(obj).get("finalizers"):
            self._begin_deletion(res, obj, list(meta(obj)["finalizers"]), 0)
            return
        self._remove(res, obj)


def _desired(obj: Obj) -> Obj:
    return {k: v for k, v in obj.items() if k not in ("metadata", "status", "apiVersion", "kind")}
