"""A plugin without code: a folder with a `plugin.yaml`, and schemas beside it.

Everything in it is data; what is wrong is said in one sentence that names the place.
"""

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, cast

import msgspec

from plugins.core.edges import SECRET_SOURCE
from plugins.declared.custom import CustomKind, custom_type
from plugins.declared.schemas import BadSchema, Checker
from plugins.sdk.fields import Data, Json, about
from plugins.sdk.layout import layered, position
from plugins.sdk.nodetype import AFTER, Connection, Fill, NodeType, Supply
from plugins.sdk.plugin import BadPlugin, BuildDetector, HealthRule, ImportHint, Plugin, check_version
from plugins.sdk.requirement import Requirement
from plugins.sdk.stack import Stack, StackError, read_stack
from plugins.sdk.webhook import WebhookTarget
from plugins.sdk.yaml import YamlError, load

FILE = "plugin.yaml"
MAX_BYTES = 1024 * 1024
_TYPES: dict[str, Any] = {"text": str, "integer": int, "boolean": bool}


class _Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ready: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    phase: str = ""
    healthy: tuple[str, ...] = ()
    progressing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()


class _Type(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`schema` is that of the spec, or the name of a file that holds it; `body` that of other fields of the object."""

    name: str
    display_name: str
    description: str
    group: str
    versions: tuple[str, ...]
    kind: str
    source: str = ""
    icon: str = "puzzle"
    category: str = ""
    scope: str = "Namespaced"
    schema: Json | str = {}
    body: Json = {}
    defaults: Json = {}
    health: _Health | None = None
    roles: tuple[str, ...] = ()


class _Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: str
    type: str = "text"
    help: str = ""


class _Fill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: str
    value: Any
    into: str = "source"
    append: bool = False


class _Supply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    secret: str = ""
    config_map: str = ""
    key: str = ""
    value: str = ""


class _Edge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meaning: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    description: str = ""
    like: str = ""
    words: tuple[_Word, ...] = ()
    same_namespace: bool = False
    fills: tuple[_Fill, ...] = ()
    supplies: tuple[_Supply, ...] = ()


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    api_version: str | float | int
    id: str
    display_name: str
    description: str
    category: str
    version: str = "0"
    icon: str = "package"
    author: str = ""
    homepage: str = ""
    default: bool = True
    requires: tuple[Requirement, ...] = ()
    node_types: tuple[_Type, ...] = ()
    edges: tuple[_Edge, ...] = ()
    stacks: tuple[Json, ...] = ()
    import_hints: tuple[ImportHint, ...] = ()
    build_detectors: tuple[BuildDetector, ...] = ()
    webhook_targets: tuple[WebhookTarget, ...] = ()


def read_folder(folder: Path) -> Plugin:
    """Raises BadPlugin."""
    manifest = _manifest(folder / FILE)
    check_version(str(manifest.api_version))
    types = tuple(_node_type(each, manifest, folder) for each in manifest.node_types)
    return Plugin(
        name=manifest.id,
        display_name=manifest.display_name,
        description=manifest.description,
        category=manifest.category,
        version=manifest.version,
        api_version=str(manifest.api_version),
        icon=manifest.icon,
        author=manifest.author,
        homepage=manifest.homepage,
        is_default=manifest.default,
        requirements=manifest.requires,
        node_types=types,
        connections=tuple(_connection(each) for each in manifest.edges),
        stacks=tuple(_stack(document) for document in manifest.stacks),
        health=tuple(_health(manifest.node_types)),
        import_hints=manifest.import_hints,
        build_detectors=manifest.build_detectors,
        webhook_targets=manifest.webhook_targets,
        sources=MappingProxyType({f"{manifest.id}.{each.name}": each.source for each in manifest.node_types}),
    )


def _manifest(path: Path) -> _Manifest:
    document = _document(path)
    if isinstance(document, dict) and "api_version" in document:
        check_version(str(document["api_version"]))  # Said first: a later contract may have other fields.
    try:
        return msgspec.convert(document, _Manifest)
    except msgspec.ValidationError as error:
        raise BadPlugin(f"{path.name} is not as it should be: {error}.") from None


def _document(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadPlugin(f"{path.name} is larger than 1 MiB.")
        return load(path.read_text(encoding="utf-8"))
    except YamlError as error:
        raise BadPlugin(f"{path.name} cannot be read as YAML: {error}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlugin(f"{path.name} cannot be read: {type(error).__name__}.") from None


def _node_type(each: _Type, manifest: _Manifest, folder: Path) -> NodeType[Any]:
    spec = _schema(each.schema, folder)
    properties: Json = {"metadata": {"type": "object", "additionalProperties": True}, **each.body}
    whole: Json = {"type": "object", "properties": properties}
    if spec:
        properties["spec"] = {key: value for key, value in spec.items() if key != "$defs"}
        whole |= {"required": ["spec"]} if spec.get("required") else {}
        whole |= {"$defs": spec["$defs"]} if "$defs" in spec else {}
    custom = CustomKind(
        group=each.group,
        versions=each.versions,
        kind=each.kind,
        is_namespaced=each.scope != "Cluster",
        description=each.description,
        schema=whole,
    )
    if not set(each.roles) <= {SECRET_SOURCE}:
        raise BadPlugin(f"The node type {each.name}: a declared type can only have the role {SECRET_SOURCE}.")
    if not each.versions:
        raise BadPlugin(f"The node type {each.name} names no version.")
    try:
        checker = Checker(whole, with_patterns=True)
    except BadSchema as error:
        raise BadPlugin(f"The node type {each.name}: {error}") from None
    needs = next((item for item in manifest.requires if item.group == each.group and each.kind in item.kinds), None)
    return custom_type(
        custom,
        name=f"{manifest.id}.{each.name}",
        display_name=each.display_name,
        description=each.description,
        icon=each.icon,
        category=each.category or manifest.category,
        checker=lambda: checker,
        defaults={"name": each.name, **each.defaults},
        requirement=needs or Requirement(manifest.display_name, each.group, (each.kind,), url=manifest.homepage),
        roles=frozenset(each.roles),
    )


def _schema(given: Json | str, folder: Path) -> Json:
    if isinstance(given, dict):
        return given
    path = (folder / given).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadPlugin(f"The schema {given} lies outside of the plugin's folder.")
    document = _document(path)
    if not isinstance(document, dict):
        raise BadPlugin(f"The schema {given} is not an object.")
    return {key: value for key, value in document.items() if key not in ("$schema", "$id")}


def _connection(each: _Edge) -> Connection:
    if each.meaning == AFTER:
        raise BadPlugin('An edge may not be called "after": waiting is there for every kind already.')
    for fill in each.fills:
        if fill.into not in ("source", "target") or not fill.at or fill.at.split(".")[0] in ("apiVersion", "kind"):
            raise BadPlugin(f'The edge "{each.title}" fills {fill.at or "nothing"} of {fill.into}, which cannot be.')
    return Connection(
        each.meaning,
        each.title,
        each.sources,
        each.targets,
        _words(each),
        each.description,
        same_namespace=each.same_namespace,
        fills=tuple(Fill(fill.at, fill.value, fill.into, fill.append) for fill in each.fills),
        supplies=tuple(Supply(*msgspec.structs.astuple(supply)) for supply in each.supplies),
    )


def _words(each: _Edge) -> type[Data]:
    """The struct of an edge's data; `like` takes that of one of the product's own edges."""
    if each.like:
        return _like(each.like)
    fields = list(each.words)
    if each.supplies:
        fields.append(_Word("prefix", "Prefix", help="The head of the variables; empty means the source's name."))
    unknown = next((word.type for word in fields if word.type not in _TYPES), None)
    if unknown is not None:
        raise BadPlugin(f"There is no type of words called {unknown}; use one of {', '.join(_TYPES)}.")
    described = [
        (word.name, Annotated[_TYPES[word.type] | None, about(word.title, word.help)], None) for word in fields
    ]
    name = "".join(part.capitalize() for part in each.meaning.replace("_", "-").split("-")) + "Words"
    made = msgspec.defstruct(name, described, bases=(Data,), kw_only=True, forbid_unknown_fields=True)
    return cast("type[Data]", made)


def _like(meaning: str) -> type[Data]:
    from plugins.core import edges

    known: dict[str, type[Data]] = {edges.CONFIG: edges.ConfigData, edges.TLS: edges.TlsData}
    if meaning not in known:
        raise BadPlugin(f"An edge can be like {' or '.join(known)}, not like {meaning}.")
    return known[meaning]


def _stack(document: Json) -> Stack:
    nodes = document.get("nodes") or []
    try:
        pairs = [(edge["source"], edge["target"]) for edge in document.get("edges") or ()]
        places = layered([node["id"] for node in nodes], pairs)
        placed = [{**node, "position": position(places[node["id"]])} for node in nodes]
        return read_stack({**document, "nodes": placed})
    except (StackError, KeyError, TypeError) as error:
        raise BadPlugin(f"The stack {document.get('id')} cannot be used: {error}") from None


def _health(types: Iterable[_Type]) -> Iterable[HealthRule]:
    for each in types:
        if each.health is not None:
            yield HealthRule(group=each.group, kind=each.kind, **msgspec.structs.asdict(each.health))
