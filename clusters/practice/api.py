"""The routes of one tenant's API: from a path and a method to reads and writes.

Must not know other tenants, sockets or certificates.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from . import discovery, errors, openapi, patches, reading, subresources, tables, watching, wire
from .catalog import CRDS
from .decode import parse_json, parse_yaml, to_plain
from .deletion import RETURNS_OBJECT
from .objects import Obj, meta, name_of, uid_of
from .options import Deletion, Options
from .resources import Resource
from .rest import Rest
from .tenant import Tenant

ENDPOINTS_WARNING = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
JOB_WARNING = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set "
    "propagationPolicy=Orphan to suppress this warning"
)


@dataclass(frozen=True)
class Target:
    """What a path points at."""

    res: Resource
    namespace: str = ""
    name: str = ""
    sub: str = ""
    all_namespaces: bool = False
    rest: str = ""  # What follows `proxy`: a path of whatever is behind it.


class Api:
    def __init__(self, tenant: Tenant, address: str) -> None:
        self.tenant = tenant
        self.rest: Rest = tenant.rest
        self.address = address

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        path = path.rstrip("/") or "/"
        fixed = await self._fixed(request, path)
        if fixed is not None:
            return fixed
        target = self._target(path)
        if target is None:
            raise errors.no_such_path() if self._is_served(path) else errors.page_not_found()
        if target.sub:
            return await subresources.handle(self, request, target)
        if target.name:
            return await self._item(request, target)
        return await self._collection(request, target)

    # --- documents

    async def _fixed(self, request: web.Request, path: str) -> web.StreamResponse | None:
        if path in ("/healthz", "/readyz", "/livez"):
            return web.Response(text="ok")
        document = self._document(request, path)
        if document is None:
            return None
        if request.method != "GET":
            raise errors.method_not_allowed()
        accept = request.headers.get("Accept", "*/*")
        if path in ("/api", "/apis") and "as=APIGroupDiscoveryList" in accept and "v=v2;" in accept + ";":
            found = discovery.aggregated(self.rest.resources(), core=path == "/api")
            return web.Response(body=wire.dumps(found), headers={"Content-Type": discovery.AGGREGATED})
        if path == "/openapi/v2" and "json" not in accept and "*/*" not in accept:
            text = "406: Not Acceptable\n\nAvailable representations: application/json"
            raise errors.ApiError(406, "NotAcceptable", text, {})
        return wire.answer(document)

    def _document(self, request: web.Request, path: str) -> Obj | None:
        resources = self.rest.resources()
        parts = path.strip("/").split("/")
        if path == "/version":
            return discovery.VERSION
        if path in ("", "/"):
            return discovery.paths(resources)
        if path == "/api":
            return discovery.api_versions(self.address)
        if path == "/apis":
            return discovery.group_list(resources)
        if parts[0] == "openapi":
            return self._openapi(parts[1:])
        if parts[0] == "api" and len(parts) == 2:
            return discovery.resource_list(resources, "", parts[1])
        if parts[0] == "apis" and len(parts) == 2:
            return discovery.group(resources, parts[1])
        if parts[0] == "apis" and len(parts) == 3:
            return discovery.resource_list(resources, parts[1], parts[2])
        return None

    def _openapi(self, parts: list[str]) -> Obj | None:
        resources = self.rest.resources()
        custom = {f"{r.key}/{r.version}": self.rest.crd_schema(r) for r in resources if r.crd}
        if parts == ["v2"]:
            return openapi.v2_document(resources, custom)
        if parts == ["v3"]:
            stamp = ",".join(name_of(c) + str(meta(c).get("generation")) for c in self.rest.store.select(CRDS))
            return openapi.v3_index(resources, stamp)
        if len(parts) >= 3 and parts[0] == "v3":
            group, version = ("", parts[2]) if parts[1] == "api" else (parts[2], parts[-1])
            found = [r for r in resources if (r.group, r.version) == (group, version)]
            return openapi.v3_document(found, custom) if found else None
        return None

    # --- paths

    def _target(self, path: str) -> Target | None:
        parts = path.strip("/").split("/")
        if parts[0] == "api" and len(parts) > 2:
            group, version, rest = "", parts[1], parts[2:]
        elif parts[0] == "apis" and len(parts) > 3:
            group, version, rest = parts[1], parts[2], parts[3:]
        else:
            return None
        namespace, scoped = "", False
        if rest[0] == "namespaces" and len(rest) >= 3 and not (group == "" and rest[2] in ("status", "finalize")):
            namespace, scoped, rest = rest[1], True, rest[2:]
        res = self.rest.find(group, version, rest[0])
        if res is None or (scoped and not res.namespaced):
            return None
        name = rest[1] if len(rest) > 1 else ""
        sub = rest[2] if len(rest) > 2 else ""
        if len(rest) > 3 and sub != "proxy":
            return None
        if name and res.namespaced and not scoped:
            return None
        return Target(res, namespace, name, sub, res.namespaced and not scoped, "/".join(rest[3:]))

    def _is_served(self, path: str) -> bool:
        """Whether the group of a path is."""
        parts = path.strip("/").split("/")
        if parts[0] == "api" and len(parts) > 2:
            return parts[1] == "v1"
        if parts[0] != "apis" or len(parts) < 3:
            return False
        return any(r.group == parts[1] for r in self.rest.resources())

    # --- verbs

    async def _collection(self, request: web.Request, target: Target) -> web.StreamResponse:
        verbs: dict[str, tuple[str, Callable[[web.Request, Target], Awaitable[web.StreamResponse]]]] = {
            "GET": ("list", self._list_or_watch),
            "POST": ("create", self._create),
            "DELETE": ("deletecollection", self._delete_collection),
        }
        verb, handler = verbs.get(request.method, ("", None))
        if handler is None or verb not in target.res.verbs:
            raise errors.method_not_allowed()
        if request.method != "GET" and target.all_namespaces:
            raise errors.method_not_allowed()
        return await handler(request, target)

    async def _item(self, request: web.Request, target: Target) -> web.StreamResponse:
        if not target.res.is_stored:
            raise errors.method_not_allowed()
        handlers: dict[str, Callable[[web.Request, Target], Awaitable[web.StreamResponse]]] = {
            "GET": self._get,
            "PUT": self._put,
            "PATCH": self._patch,
            "DELETE": self._delete,
        }
        handler = handlers.get(request.method)
        if handler is None:
            raise errors.method_not_allowed()
        return await handler(request, target)

    async def _get(self, request: web.Request, target: Target) -> web.StreamResponse:
        shape = wire.shape_of(request)
        obj = self.rest.get(target.res, target.namespace, target.name)
        return self.show(request, target.res, obj, shape)

    async def _list_or_watch(self, request: web.Request, target: Target) -> web.StreamResponse:
        query = reading.ListQuery.of(request, self.rest, target.res)
        shape = wire.shape_of(request)
        if wire.flag(request, "watch"):
            return await watching.watch(self, request, target.res, target.namespace, query, shape)
        if shape.kind == "PartialObjectMetadata":
            raise errors.not_acceptable(
                f"you requested PartialObjectMetadata, but the requested object is a list (*core.{target.res.kind}List)"
            )
        items, list_meta = reading.page(self.rest, target.res, target.namespace, query)
        warnings = (ENDPOINTS_WARNING,) if target.res.key == "/endpoints" else ()
        include = request.query.get("includeObject", "Metadata")
        if shape.kind == "Table":
            found = tables.table(target.res, items, list_meta, include, self.crd_of(target.res))
            return wire.answer(found, 200, shape, warnings)
        if shape.kind:
            shown = [tables.partial(o) for o in items]
            body: Obj = {
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": list_meta,
            }
            return wire.answer({**body, "items": shown}, 200, shape, warnings)
        return wire.answer(reading.list_document(target.res, items, list_meta), 200, shape, warnings)

    async def _create(self, request: web.Request, target: Target) -> web.StreamResponse:
        shape = wire.shape_of(request)
        options = self.options(request, "CreateOptions")
        body = await self.body(request, target.res)
        if not target.res.is_stored:
            return wire.answer(subresources.review(target.res, body, self.tenant.name), 201, shape)
        done = self.rest.create(target.res, target.namespace, body, options)
        return self.show(request, target.res, self._seen(target.res, done.obj), shape, 201, done.warnings)

    def _seen(self, res: Resource, obj: Obj) -> Obj:
        return self.rest.present(res, obj)

    async def _put(self, request: web.Request, target: Target) -> web.StreamResponse:
        shape = wire.shape_of(request)
        options = self.options(request, "UpdateOptions")
        body = await self.body(request, target.res)
        return self.write(request, target, lambda _: body, options, shape)

    def write(
        self, request: web.Request, target: Target, change: Callable[[Obj], Obj], options: Options, shape: wire.Shape
    ) -> web.StreamResponse:
        done = self.rest.update(
            target.res,
            target.namespace,
            target.name,
            lambda old: self._keep_identity(target, old, change),
            options,
            target.sub,
        )
        return self.show(request, target.res, self._seen(target.res, done.obj), shape, 200, done.warnings)

    def _keep_identity(self, target: Target, old: Obj, change: Callable[[Obj], Obj]) -> Obj:
        new = change(old)
        if not isinstance(new, dict):
            raise errors.bad_request(f"the object provided is unrecognized (must be of type {target.res.kind})")
        found = new.get("metadata")
        given = found.get("uid") if isinstance(found, dict) else None
        if given and given != uid_of(old) and getattr(change, "method", "PUT") != "PATCH":
            res = target.res
            key = f"/registry/{res.plural}/{target.namespace}/{target.name}"
            raise errors.conflict(
                res.group,
                res.plural,
                target.name,
                f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: "
                f"Precondition failed: UID in precondition: {given}, UID in object meta: {uid_of(old)}",
            )
        return new

    async def _patch(self, request: web.Request, target: Target) -> web.StreamResponse:
        shape = wire.shape_of(request)
        media = request.content_type
        options = self.options(request, "PatchOptions")
        raw = await wire.read_body(request)
        if media == patches.APPLY:
            return self._apply(request, target, raw, options, shape)
        if wire.flag(request, "force"):
            cause = errors.forbidden_value("force", "may not be specified for non-apply patch")
            raise wire.option_error("PatchOptions", [cause])
        change = self.patch_change(target.res, media, raw)
        return self.write(request, target, change, options, shape)

    def _apply(
        self, request: web.Request, target: Target, raw: bytes, options: Options, shape: wire.Shape
    ) -> web.StreamResponse:
        if not request.query.get("fieldManager"):
            cause = errors.required("fieldManager", "is required for apply patch")
            raise wire.option_error("PatchOptions", [cause])
        config = to_plain(parse_yaml(raw))
        done = self.rest.apply(target.res, target.namespace, target.name, config, options, target.sub)
        status = 201 if done.is_created else 200
        return self.show(request, target.res, self._seen(target.res, done.obj), shape, status, done.warnings)

    def patch_change(self, res: Resource, media: str, raw: bytes) -> Callable[[Obj], Obj]:
        """The function that a patch is, checked as far as that goes without the object."""
        accepted = [patches.JSON_PATCH, patches.MERGE_PATCH, patches.APPLY]
        if media not in (*accepted, patches.STRATEGIC):
            raise errors.ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
        if media == patches.STRATEGIC and res.crd:
            raise errors.unsupported_media_type(accepted)
        try:
            patch = json.loads(raw) if raw.strip() else {}
        except (ValueError, RecursionError) as error:
            raise errors.bad_request(f"error decoding patch: {error}") from None
        if media == patches.JSON_PATCH:
            change: Callable[[Obj], Obj] = lambda old: patches.json_patch(old, patch)  # noqa: E731
        elif not isinstance(patch, dict):
            text = "json: cannot unmarshal array into Go value of type map[string]interface {}"
            raise errors.bad_request(f"error decoding patch: {text}")
        elif media == patches.MERGE_PATCH:
            change = lambda old: patches.merge_patch(old, patch)  # noqa: E731
        else:
            kind = self.rest.type_of(res)
            change = lambda old: patches.strategic_merge(old, patch, kind)  # noqa: E731
        change.method = "PATCH"  # type: ignore[attr-defined]
        return change

    async def _delete(self, request: web.Request, target: Target) -> web.StreamResponse:
        shape = wire.shape_of(request)
        how, warnings = await self.deletion(request, target.res)
        obj, is_gone = self.rest.delete(target.res, target.namespace, target.name, how)
        res = target.res
        if is_gone and res.key not in RETURNS_OBJECT:
            return wire.answer(wire.success(res.group, res.plural, name_of(obj), uid_of(obj)), 200, shape, warnings)
        return self.show(request, res, self._seen(res, obj), shape, 200, warnings)

    async def deletion(self, request: web.Request, res: Resource) -> tuple[Deletion, tuple[str, ...]]:
        raw = await wire.read_body(request)
        body: Any = {}
        if raw.strip():
            body = to_plain(parse_json(raw, "DeleteOptions"))
        if not isinstance(body, dict):
            raise errors.bad_request("the object provided is unrecognized (must be of type DeleteOptions)")
        policy = body.get("propagationPolicy") or request.query.get("propagationPolicy") or ""
        orphan = body.get("orphanDependents")
        if policy and orphan is not None:
            text = "orphanDependents and deletionPropagation cannot be both set"
            cause = errors.invalid_value("propagationPolicy", policy, text)
            raise wire.option_error("DeleteOptions", [cause])
        if policy not in ("", "Background", "Foreground", "Orphan"):
            cause = errors.unsupported("propagationPolicy", policy, ["Foreground", "Background", "Orphan", "nil"])
            raise wire.option_error("DeleteOptions", [cause])
        warnings = (JOB_WARNING,) if res.key == "batch/jobs" and not policy and orphan is None else ()
        if orphan is not None:
            policy = "Orphan" if orphan else "Background"
        grace = body.get("gracePeriodSeconds")
        grace = wire.number(request, "gracePeriodSeconds") if grace is None else int(grace)
        conditions = body.get("preconditions") or {}
        dry = self._is_dry(request, "DeleteOptions", body.get("dryRun"))
        found = Deletion(policy, grace, conditions.get("uid") or "", conditions.get("resourceVersion") or "", dry)
        return found, warnings

    async def _delete_collection(self, request: web.Request, target: Target) -> web.StreamResponse:
        query = reading.ListQuery.of(request, self.rest, target.res)
        how, warnings = await self.deletion(request, target.res)
        items, list_meta = reading.page(self.rest, target.res, target.namespace, query)
        for obj in items:
            self.rest.delete(target.res, target.namespace, name_of(obj), how)
        body = reading.list_document(target.res, items, list_meta)
        return wire.answer(body, 200, wire.shape_of(request), warnings)

    # --- common parts

    def options(self, request: web.Request, kind: str) -> Options:
        validation = request.query.get("fieldValidation") or "Warn"
        causes = []
        if validation not in ("Ignore", "Warn", "Strict"):
            causes.append(errors.unsupported("fieldValidation", validation, ["", "Ignore", "Strict", "Warn"]))
        manager = request.query.get("fieldManager") or ""
        if len(manager) > 128:
            causes.append(errors.too_long("fieldManager", 128))
        if causes:
            raise wire.option_error(kind, causes)
        if not manager:
            manager = request.headers.get("User-Agent", "unknown").partition("/")[0][:128] or "unknown"
        return Options(manager, self._is_dry(request, kind), validation, wire.flag(request, "force"))

    def _is_dry(self, request: web.Request, kind: str, body: Any = None) -> bool:
        values = request.query.getall("dryRun", []) or (body or [])
        if any(v != "All" for v in values):
            raise wire.option_error(kind, [errors.unsupported("dryRun", list(values), ["All"])])
        return bool(values)

    async def body(self, request: web.Request, res: Resource) -> Any:
        raw = await wire.read_body(request)
        media = request.content_type if "Content-Type" in request.headers else wire.JSON
        if media in (wire.JSON, wire.PROTOBUF, "application/octet-stream"):
            return parse_json(raw, res.kind)
        if media == wire.YAML:
            return parse_yaml(raw)
        raise errors.unsupported_media_type([wire.JSON, wire.YAML, wire.PROTOBUF])

    def crd_of(self, res: Resource) -> Obj | None:
        return self.rest.store.get(CRDS, "", res.crd) if res.crd else None

    def show(
        self,
        request: web.Request,
        res: Resource,
        obj: Obj,
        shape: wire.Shape,
        status: int = 200,
        warnings: tuple[str, ...] = (),
    ) -> web.Response:
        if res.key == "/endpoints":
            warnings = (*warnings, ENDPOINTS_WARNING)
        if shape.kind == "Table":
            include = request.query.get("includeObject", "Metadata")
            list_meta = {"resourceVersion": meta(obj).get("resourceVersion", "")}
            return wire.answer(tables.table(res, [obj], list_meta, include, self.crd_of(res)), status, shape, warnings)
        if shape.kind == "PartialObjectMetadata":
            return wire.answer(tables.partial(obj), status, shape, warnings)
        return wire.answer(
            {"kind": obj.get("kind"), "apiVersion": obj.get("apiVersion"), **obj}, status, shape, warnings
        )
