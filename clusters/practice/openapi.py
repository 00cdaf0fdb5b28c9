"""The OpenAPI documents, v2 and v3, cut from the definitions for what is served.

Built when somebody asks and kept by nobody. Must not know objects.
"""

from __future__ import annotations

import hashlib
from typing import Any

from . import schema
from .discovery import GIT_VERSION
from .objects import Obj
from .resources import Resource

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_QUERY = ("dryRun", "fieldManager", "fieldValidation", "pretty")


def _refs(value: Any, found: set[str]) -> None:
    if isinstance(value, dict):
        ref = value.get("$ref")
        if isinstance(ref, str):
            found.add(ref.removeprefix(schema.PREFIX))
        for child in value.values():
            _refs(child, found)
    elif isinstance(value, list):
        for child in value:
            _refs(child, found)


def _convert(value: Any, prefix: str) -> Any:
    """From JSON schema (nullable types, $defs) to OpenAPI."""
    if isinstance(value, list):
        return [_convert(v, prefix) for v in value]
    if not isinstance(value, dict):
        return value
    out: Obj = {}
    for name, child in value.items():
        if name == "$ref" and isinstance(child, str):
            out[name] = prefix + child.removeprefix(schema.PREFIX)
        elif name == "type" and isinstance(child, list):
            out[name] = next(t for t in child if t != "null")
        elif name == "enum" and isinstance(value.get("type"), list):
            continue
        else:
            out[name] = _convert(child, prefix)
    return out


def _definition(name: str, prefix: str, *, v3: bool) -> tuple[Obj, set[str]]:
    if name == schema.INT_OR_STRING:
        shape: Obj = {"oneOf": [{"type": "integer"}, {"type": "string"}]} if v3 else {"type": "string"}
        return {**shape, "format": "int-or-string"}, set()
    if name == schema.QUANTITY:
        return ({"oneOf": [{"type": "string"}, {"type": "number"}]} if v3 else {"type": "string"}), set()
    raw = schema.raw_definition(name)
    needed: set[str] = set()
    _refs(raw, needed)
    return _convert(raw, prefix), needed


def _closure(roots: set[str], prefix: str, *, v3: bool) -> Obj:
    known = set(schema.definition_names())
    out: Obj = {}
    waiting = set(roots)
    while waiting:
        name = waiting.pop()
        if name in out or name not in known:
            continue
        out[name], needed = _definition(name, prefix, v3=v3)
        waiting |= needed
    return out


def _gvk(res: Resource) -> Obj:
    return {"group": res.group, "kind": res.kind, "version": res.version}


def _operation(res: Resource, action: str, *, body: str = "") -> Obj:
    out: Obj = {
        "operationId": f"{action}{res.group.replace('.', '')}{res.version}{res.kind}",
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": _gvk(res),
        "responses": {"200": {"description": "OK"}},
    }
    if body:
        out["requestBody"] = {"content": {body: {}}}
    if action in ("post", "put", "patch", "delete"):
        out["parameters"] = [{"in": "query", "name": n, "schema": {"type": "string"}} for n in _QUERY]
    return out


def _paths(resources: list[Resource], *, v3: bool) -> Obj:
    out: Obj = {}
    for res in resources:
        root = f"/apis/{res.group}/{res.version}" if res.group else f"/api/{res.version}"
        base = f"{root}/namespaces/{{namespace}}/{res.plural}" if res.namespaced else f"{root}/{res.plural}"
        item: Obj = {}
        if "create" in res.verbs:
            out.setdefault(base, {})["post"] = _operation(res, "post")
        if not res.is_stored:
            continue
        out.setdefault(base, {})["get"] = _operation(res, "list")
        item["get"] = _operation(res, "get")
        for verb in ("put", "patch", "delete"):
            item[verb] = _operation(res, verb)
        out[f"{base}/{{name}}"] = item
    return out if v3 else {path: {v: _v2_operation(o) for v, o in ops.items()} for path, ops in out.items()}


def _v2_operation(operation: Obj) -> Obj:
    out = {k: v for k, v in operation.items() if k != "requestBody"}
    if "parameters" in out:
        out["parameters"] = [{"in": "query", "name": n, "type": "string", "uniqueItems": True} for n in _QUERY]
    return out


def _custom(res: Resource, raw: Obj, prefix: str) -> tuple[str, Obj]:
    group = ".".join(reversed(res.group.split(".")))
    name = f"{group}.{res.version}.{res.kind}"
    meta_ref = {"$ref": prefix + schema.OBJECT_META}
    fields = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": meta_ref}
    shape = {**raw, "type": "object", "properties": {**(raw.get("properties") or {}), **fields}}
    return name, {**shape, "x-kubernetes-group-version-kind": [_gvk(res)]}


def _schemas(resources: list[Resource], custom: dict[str, Obj], prefix: str, *, v3: bool) -> Obj:
    roots = {r.definition for r in resources if r.definition}
    roots |= {META + n for n in ("ObjectMeta", "DeleteOptions", "Status", "APIResourceList")}
    if any("scale" in r.subresources for r in resources):
        roots.add("io.k8s.api.autoscaling.v1.Scale")
    if any("eviction" in r.subresources for r in resources):
        roots.add("io.k8s.api.policy.v1.Eviction")
    out = _closure(roots, prefix, v3=v3)
    for res in resources:
        if res.crd:
            name, shape = _custom(res, custom.get(f"{res.key}/{res.version}") or {}, prefix)
            out[name] = shape
    return out


def v3_index(resources: list[Resource], stamp: str) -> Obj:
    seed = hashlib.sha256(f"{GIT_VERSION} {stamp}".encode()).hexdigest()[:32].upper()
    out = {}
    for res in resources:
        path = f"apis/{res.group}/{res.version}" if res.group else f"api/{res.version}"
        out[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={seed}"}
    return {"paths": out}


def v3_document(resources: list[Resource], custom: dict[str, Obj]) -> Obj:
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes (simulated)", "version": GIT_VERSION},
        "paths": _paths(resources, v3=True),
        "components": {"schemas": _schemas(resources, custom, "#/components/schemas/", v3=True)},
    }


def v2_document(resources: list[Resource], custom: dict[str, Obj]) -> Obj:
    return {
        "swagger": "2.0",
        "info": {"title": "Kubernetes (simulated)", "version": GIT_VERSION},
        "paths": _paths(resources, v3=False),
        "definitions": _schemas(resources, custom, "#/definitions/", v3=False),
    }
