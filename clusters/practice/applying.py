"""Server-side apply: the checks of a configuration, the merge, and the write.

The rules of ownership are in `managed`. Must not know HTTP.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import errors, managed
from .deletion import is_graceful
from .objects import Obj, clone, is_deleting, meta, name_of
from .options import Options, Result
from .resources import Resource

if TYPE_CHECKING:
    from .rest import Rest


class Applier:
    """Applies configurations through one tenant's writes."""

    def __init__(self, rest: Rest) -> None:
        self.rest, self.store = rest, rest.store

    def apply(self, res: Resource, namespace: str, name: str, config: Obj, options: Options, sub: str = "") -> Result:
        kind = self.rest.type_of(res)
        config = self._apply_config(res, namespace, name, config)
        key = f"/{name}"
        managed.check_typed(config, kind, key, f"{res.group + '/' if res.group else '/'}{res.version}, Kind={res.kind}")
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
        shown = None if old is None else self.rest.present(res, old)
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
        return out

    def _apply_create(self, res: Resource, namespace: str, done: managed.Applied, options: Options) -> Result:
        obj, _ = self.rest.decode(res, done.obj, replace(options, validation="Ignore"))
        obj["metadata"].pop("resourceVersion", None)
        obj = self.rest.prepare_new(res, namespace, obj)
        self.rest.admit(res, obj, None, options)
        self.rest.validate(res, obj, None)
        managed.write(obj, done.managers)
        return Result(self.rest.save(res, obj, None, options), True)

    def _apply_update(
        self,
        res: Resource,
        old: Obj,
        given: Obj,
        done: managed.Applied,
        options: Options,
        sub: str,
    ) -> Result:
        if given.get("resourceVersion") and given["resourceVersion"] != old["metadata"]["resourceVersion"]:
            raise errors.stale(res.group, res.plural, name_of(old))
        obj, _ = self.rest.decode(res, done.obj, replace(options, validation="Ignore"))
        if given.get("uid"):
            obj["metadata"]["uid"] = given["uid"]
        obj = self.rest.prepare_update(res, old, obj, sub)
        obj["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        managed.write(obj, done.managers)
        if obj == old:
            return Result(old)
        self.rest.admit(res, obj, old, options)
        self.rest.validate(res, obj, old)
        if is_deleting(obj) and not meta(obj).get("finalizers") and not is_graceful(res, obj):
            if not options.dry_run:
                self.rest.deleter.remove(res, old)
            return Result(obj)
        return Result(self.rest.save(res, obj, old, options))
