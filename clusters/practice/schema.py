"""The types of the API, read piece by piece from the OpenAPI definitions that kubernetes_validate carries.

Only the byte range of each definition is remembered; a definition is parsed when something needs it.
Must not know resources, stores or requests.
"""

from __future__ import annotations

import importlib.util
import json
import pathlib
import re
from functools import lru_cache
from typing import Any

from .objects import Obj

RELEASE = "v1.36.0"
PREFIX = "#/$defs/"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
TIMES = {
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "Time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "MicroTime",
}
# Free-form values: anything goes, and nothing inside has an owner of its own.
FREE = {
    "io.k8s.apimachinery.pkg.runtime.RawExtension",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
}
GO_TYPES = {
    ("integer", "int32"): "int32",
    ("integer", "int64"): "int64",
    ("number", "double"): "float64",
    ("boolean", ""): "bool",
    ("string", "byte"): "[]uint8",
}


class Type:
    """One node of a type: a struct, map, list or scalar, with how apply and strategic merge treat it."""

    __slots__ = (
        "additional",
        "atomic",
        "enum",
        "extra",
        "fields",
        "form",
        "go",
        "item",
        "list_keys",
        "list_type",
        "merge_key",
        "name",
        "required",
        "strategy",
    )

    def __init__(self, form: str, name: str = "") -> None:
        self.form = form  # struct | map | list | string | integer | number | boolean | quantity | intstr | any
        self.name = name  # of the definition, for structs
        self.go = ""
        self.fields: dict[str, Obj] = {}
        self.required: tuple[str, ...] = ()
        self.item: Obj | None = None
        self.additional: Obj | None = None
        self.atomic = False
        self.list_type = "atomic"
        self.list_keys: tuple[str, ...] = ()
        self.merge_key = ""
        self.strategy: frozenset[str] = frozenset()
        self.extra = False  # unknown fields are preserved
        self.enum: tuple[Any, ...] = ()

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    def field(self, name: str) -> Type | None:
        raw = self.fields.get(name)
        return None if raw is None else resolve(raw)

    def items(self) -> Type:
        return resolve(self.item) if self.item else ANY

    def values(self) -> Type:
        return resolve(self.additional) if self.additional else ANY


ANY = Type("any")
ANY.extra = True


def definitions_path() -> pathlib.Path:
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("kubernetes_validate is not installed: the practice cluster needs its schemas")
    root = pathlib.Path(next(iter(spec.submodule_search_locations))) / "kubernetes-json-schema"
    path = root / f"{RELEASE}-local" / "_definitions.json"
    if not path.is_file():
        raise RuntimeError(f"{path} is missing: the practice cluster needs the definitions of {RELEASE}")
    return path


@lru_cache(maxsize=1)
def _offsets() -> dict[str, tuple[int, int]]:
    """Where each definition lies in the file; found by one pass that keeps nothing else."""
    text = definitions_path().read_text(encoding="utf-8")
    if not text.isascii():
        raise RuntimeError("the definitions are expected to be ASCII, where characters are bytes")
    decoder = json.JSONDecoder(object_hook=lambda _: None)
    skip = re.compile(r'[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*')
    found: dict[str, tuple[int, int]] = {}
    start = re.search(r'"\$defs"\s*:\s*\{', text)
    at = start.end() if start else len(text)
    while match := skip.match(text, at):
        _, end = decoder.raw_decode(text, match.end())
        found[match.group(1)] = (match.end(), end)
        at = end
    return found


def definition_names() -> list[str]:
    return list(_offsets())


def raw_definition(name: str) -> Obj:
    """One definition as the file has it, descriptions and all. Not cached: parsed anew on every call."""
    start, end = _offsets()[name]
    with definitions_path().open("rb") as file:
        file.seek(start)
        return json.loads(file.read(end - start))


def _plain(value: Any) -> Any:
    """The definition without its descriptions, which are most of its size."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if not (k == "description" and isinstance(v, str))}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


@lru_cache(maxsize=512)
def defined(name: str) -> Type:
    """The type of a definition."""
    if name == INT_OR_STRING:
        return Type("intstr")
    if name == QUANTITY:
        return Type("quantity")
    if name in TIMES:
        found = Type("string")
        found.go = TIMES[name]
        return found
    if name in FREE:
        free = Type("any")
        free.atomic = free.extra = True
        return free
    return _compile(_plain(raw_definition(name)), name)


def resolve(raw: Obj) -> Type:
    """The type of a property; what stands beside a $ref counts for this property only."""
    ref = raw.get("$ref")
    if not ref:
        cached = raw.get("__type__")
        if cached is None:
            cached = raw["__type__"] = _compile(raw, "")
        return cached
    target = defined(ref.removeprefix(PREFIX))
    beside = {k: v for k, v in raw.items() if k.startswith("x-kubernetes-")}
    if not beside:
        return target
    copy = Type(target.form, target.name)
    for slot in Type.__slots__:
        setattr(copy, slot, getattr(target, slot))
    _extensions(copy, {**beside})
    return copy


def _form(raw: Obj) -> str:
    kinds = raw.get("type")
    if isinstance(kinds, list):
        kinds = next((k for k in kinds if k != "null"), None)
    return str(kinds or ("object" if "properties" in raw else ""))


def _compile(raw: Obj, name: str) -> Type:
    form = _form(raw)
    if raw.get("x-kubernetes-int-or-string"):
        return Type("intstr")
    if form == "object":
        return _compile_object(raw, name)
    if form == "array":
        out = Type("list")
        out.item = raw.get("items")
        _extensions(out, raw)
        return out
    if form in ("string", "integer", "number", "boolean"):
        out = Type(form)
        fmt = raw.get("format", "")
        out.go = GO_TYPES.get((form, fmt)) or {
            "integer": "int64",
            "number": "float64",
            "boolean": "bool",
        }.get(form, "string")
        return out
    free = Type("any")
    free.extra = True
    return free


def _compile_object(raw: Obj, name: str) -> Type:
    extra = bool(raw.get("x-kubernetes-preserve-unknown-fields"))
    if "properties" in raw or name:
        out = Type("struct", name)
        out.fields = raw.get("properties") or {}
        out.required = tuple(raw.get("required") or ())
    elif isinstance(raw.get("additionalProperties"), dict):
        out = Type("map")
        out.additional = raw["additionalProperties"]
    elif extra or raw.get("additionalProperties"):
        out = Type("any")
    else:
        out = Type("struct")
    if isinstance(raw.get("additionalProperties"), dict) and out.form == "struct" and not out.fields:
        out.form, out.additional = "map", raw["additionalProperties"]
    out.extra = extra or out.form == "any"
    _extensions(out, raw)
    return out


def _extensions(out: Type, raw: Obj) -> None:
    if raw.get("x-kubernetes-map-type") == "atomic":
        out.atomic = True
    if raw.get("x-kubernetes-preserve-unknown-fields"):
        out.extra = True
    strategy = raw.get("x-kubernetes-patch-strategy")
    if strategy:
        out.strategy = frozenset(strategy.split(","))
    out.merge_key = raw.get("x-kubernetes-patch-merge-key") or out.merge_key
    if out.form != "list":
        return
    out.list_type = raw.get("x-kubernetes-list-type") or ""
    out.list_keys = tuple(raw.get("x-kubernetes-list-map-keys") or ())
    if not out.list_type:
        # As kube-openapi does it: a merge strategy with a key means a map, without a key a set.
        if "merge" in out.strategy:
            out.list_type = "map" if out.merge_key else "set"
            out.list_keys = (out.merge_key,) if out.merge_key else ()
        else:
            out.list_type = "atomic"


def from_crd_schema(schema: Obj | None) -> Type:
    """The type of a custom resource: its own schema plus apiVersion, kind and metadata."""
    raw = _plain_crd(schema or {"type": "object", "x-kubernetes-preserve-unknown-fields": True})
    raw["type"] = "object"
    fields = dict(raw.get("properties") or {})
    fields["apiVersion"] = fields["kind"] = {"type": "string"}
    fields["metadata"] = {"$ref": PREFIX + OBJECT_META}
    raw["properties"] = fields
    return _compile(raw, "")


def _plain_crd(raw: Obj) -> Obj:
    out: Obj = _plain({k: v for k, v in raw.items() if k != "description"})
    return out
