"""Node types of custom resources, made from their schema: form, checks, defaults and compilation without code."""

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache, lru_cache
from typing import Annotated

import msgspec

from plugins.core import edges
from plugins.core.base import Referable
from plugins.declared.fills import fill_object
from plugins.declared.schemas import BadSchema, Checker, defaults_of, form_of
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem
from plugins.sdk.requirement import Requirement
from plugins.sdk.schema import form_schema

# Every custom resource may stand in an "after" edge.
CUSTOM = edges.CUSTOM
PREFIX = "crd:"
CATEGORY = "cluster-kinds"
_ID = re.compile(r"crd:([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)/([A-Z][A-Za-z0-9]{0,62})")
_OURS = frozenset({"apiVersion", "kind", "metadata"})
_TAKEN = _OURS | frozenset({"spec", "status"})


class CustomData(Referable):
    spec: Annotated[
        Json | None, about("Spec", "What it is to be, in its own words.", widget="json", group=Group.CONFIG)
    ] = None
    fields: Annotated[
        Json | None,
        about("More fields", "What stands beside the spec.", widget="json", group=Group.ADVANCED),
    ] = None


class CustomKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind that a cluster serves, or that a plugin describes. `schema` is that of the whole object, or empty."""

    group: str
    versions: tuple[str, ...]
    kind: str
    is_namespaced: bool = True
    description: str = ""
    schema: Json = {}

    @property
    def api_versions(self) -> tuple[str, ...]:
        return tuple(f"{self.group}/{version}" if self.group else version for version in self.versions)


def type_id(group: str, kind: str) -> str:
    return f"{PREFIX}{group}/{kind}"


def parts_of(name: str) -> tuple[str, str] | None:
    """(group, kind) of the id of such a type."""
    match = _ID.fullmatch(name)
    return (match[1], match[3]) if match else None


def type_of_cluster(custom: CustomKind) -> NodeType[CustomData]:
    """The node type of a kind that some cluster serves."""

    @cache
    def checker() -> Checker | None:
        """Made when a node is first checked: a cluster may serve hundreds of kinds of which nobody draws one."""
        try:
            return Checker(custom.schema, with_patterns=False) if custom.schema else None
        except BadSchema:
            return None

    where = f"{custom.kind} of {custom.group}"
    return custom_type(
        custom,
        name=type_id(custom.group, custom.kind),
        display_name=custom.kind,
        description=(custom.description.strip().split("\n")[0][:300] or f"{where}, as the cluster defines it."),
        icon="puzzle",
        category=CATEGORY,
        checker=checker,
    )


@lru_cache(maxsize=512)
def open_type(name: str) -> NodeType[CustomData] | None:
    """The type of a kind of which nobody told us more than the name: everything is allowed in its spec."""
    parts = parts_of(name)
    if parts is None:
        return None
    return type_of_cluster(CustomKind(group=parts[0], versions=("v1",), kind=parts[1]))


def custom_type(
    custom: CustomKind,
    *,
    name: str,
    display_name: str,
    description: str,
    icon: str,
    category: str,
    checker: Callable[[], Checker | None],
    defaults: Json | None = None,
    requirement: Requirement | None = None,
    roles: frozenset[str] = frozenset(),
) -> NodeType[CustomData]:
    """`checker` gives what judges the whole object; where there is none the cluster alone does."""
    return NodeType(
        name=name,
        display_name=display_name,
        description=description,
        icon=icon,
        category=category,
        data=CustomData,
        compile=_compiler(custom),
        check=_check(checker),
        kind=custom.kind,
        api_versions=custom.api_versions,
        defaults=defaults if defaults is not None else _defaults(custom),
        roles=frozenset({CUSTOM}) | roles,
        schema=_form(custom),
        requirement=requirement,
        is_cluster_wide=not custom.is_namespaced,
    )


def spec_schema(custom: CustomKind) -> Json | None:
    spec = (custom.schema.get("properties") or {}).get("spec")
    return spec if isinstance(spec, dict) else None


def _defaults(custom: CustomKind) -> Json:
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", custom.kind).lower()[:50]
    spec = spec_schema(custom)
    return {"name": name, "spec": (defaults_of(spec) or {}) if spec else {}}


def _form(custom: CustomKind) -> Json:
    form = form_schema(CustomData)
    properties = dict(form["properties"])
    spec = spec_schema(custom)
    if spec is not None:
        hints = {key: properties["spec"][key] for key in ("title", "x-group")}
        properties["spec"] = {**form_of(spec), **hints}
    elif custom.schema:
        properties.pop("spec")
        properties["fields"] = {**properties["fields"], "title": "Fields", "x-group": Group.CONFIG.value}
    if not custom.is_namespaced:
        properties.pop("namespace")
    return {**form, "properties": properties}


def _compiler(custom: CustomKind) -> Callable[[TypedNode[CustomData], CompileContext], Iterable[Json]]:
    def compile_custom(node: TypedNode[CustomData], context: CompileContext) -> Iterable[Json]:
        body = _body(custom, node, _version(custom, context))
        for link in (*context.outgoing(node), *context.incoming(node)):
            for fill in link.connection.fills:
                if (link.source if fill.into == "source" else link.target) is node:
                    fill_object(body, fill, link, context)
        yield body

    return compile_custom


def _version(custom: CustomKind, context: CompileContext) -> str:
    """Of a kind that was named and not described, the version is whichever the cluster serves."""
    served = context.capabilities.pick(custom.kind, custom.api_versions)
    served = served or context.capabilities.find(custom.group, custom.kind)
    return served.api_version if served else custom.api_versions[0]


def _body(custom: CustomKind, node: TypedNode[CustomData], api_version: str) -> Json:
    body: Json = {"apiVersion": api_version, "kind": custom.kind, "metadata": {"name": node.name}}
    if node.data.spec is not None:
        body["spec"] = deepcopy(node.data.spec)
    for key, value in (node.data.fields or {}).items():
        if key not in _TAKEN:
            body[key] = deepcopy(value)
    return body


def _check(checker: Callable[[], Checker | None]) -> Callable[[TypedNode[CustomData], Wiring], Iterable[Problem]]:
    def check_custom(node: TypedNode[CustomData], wiring: Wiring) -> Iterator[Problem]:
        for key in sorted(_TAKEN & set(node.data.fields or {})):
            yield node.problem("bad_value", f"fields may not hold {key}; remove it", field=f"fields.{key}")
        judge = checker()
        if judge is None:
            return
        value: Json = {} if node.data.spec is None else {"spec": node.data.spec}
        value |= {key: item for key, item in (node.data.fields or {}).items() if key not in _TAKEN}
        brought = _brought(node, wiring)
        for fault in judge.faults(value):
            if fault.path.split(".")[0] in _OURS:
                continue  # The compiler writes them.
            field = _field(fault.path)
            if fault.is_unknown:
                yield node.warning("unknown_field", f"{field} {fault.message}", field=field)
            elif not any(_is_at(field, place) for place in brought):
                yield node.problem("bad_value", f"{field} {fault.message}", field=field)

    return check_custom


def _brought(node: TypedNode[CustomData], wiring: Wiring) -> set[str]:
    """The places that edges fill in: what is missing there is not missing."""
    return {
        fill.at
        for link in (*wiring.outgoing(node), *wiring.incoming(node))
        for fill in link.connection.fills
        if (link.source if fill.into == "source" else link.target) is node
    }


def _is_at(field: str, place: str) -> bool:
    return field == place or place.startswith(f"{field}.") or field.startswith(f"{place}.")


def _field(path: str) -> str:
    first, _, rest = path.partition(".")
    return path or "spec" if first == "spec" else f"fields.{first}" + (f".{rest}" if rest else "") if path else "spec"
