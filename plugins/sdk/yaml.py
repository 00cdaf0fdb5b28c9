"""YAML from strangers: read by the rules of YAML 1.2, within bounds; written so that any reader agrees.

Stock PyYAML reads `no`, `0777` and dates the YAML 1.1 way, and a 300-byte alias bomb grows without bound
when it is walked. Here a text is first looked through as events, where size, depth, nodes and what
aliases would multiply are counted, and only then built.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec
import yaml
from yaml import CSafeDumper, CSafeLoader
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode


class YamlError(ValueError):
    """The text cannot be read. `line` and `column` count from one; 0 when the place is not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"{message} (line {line}, column {column})" if line else message)
        self.message = message
        self.line = line
        self.column = column


class Limits(msgspec.Struct, frozen=True):
    """`nodes` counts what is there once every alias has been replaced by what it stands for."""

    characters: int = 4 * 1024 * 1024
    depth: int = 64
    nodes: int = 200_000
    aliases: int = 1_000
    documents: int = 1_000


DEFAULT_LIMITS = Limits()

# What a tag of the caller's own makes of the value that it stands before: ((tag, make), ...).
Tags = tuple[tuple[str, Callable[[Any], Any]], ...]


def load_all(text: str, *, limits: Limits = DEFAULT_LIMITS, octal: bool = False, tags: Tags = ()) -> list[Any]:
    """Every document of `text`. With `octal` a number with a leading zero is octal, as kubectl reads a file
    mode; YAML 1.2 itself would read `0644` as six hundred and forty-four."""
    if len(text) > limits.characters:
        raise YamlError(f"the text is longer than {limits.characters} characters")
    loader_type = _loader_with(tags, octal)
    try:
        _look_through(text, limits)
        return list(yaml.load_all(text, Loader=loader_type))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = error.problem or error.context or "is not YAML"
        raise YamlError(message, *((mark.line + 1, mark.column + 1) if mark else ())) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0]) from None
    except (RecursionError, ValueError, OverflowError) as error:
        if isinstance(error, YamlError):
            raise
        raise YamlError(str(error).splitlines()[0] if str(error) else "is nested too deeply") from None


def load(text: str, *, limits: Limits = DEFAULT_LIMITS, octal: bool = False, tags: Tags = ()) -> Any:
    """The only document of `text`; None when it is empty."""
    documents = load_all(text, limits=limits, octal=octal, tags=tags)
    if len(documents) > 1:
        raise YamlError("holds more than one document")
    return documents[0] if documents else None


class _Frame:
    """An open collection: the anchor it carries and the nodes counted inside."""

    __slots__ = ("anchor", "count")

    def __init__(self, anchor: str | None) -> None:
        self.anchor = anchor
        self.count = 1


def _look_through(text: str, limits: Limits) -> None:
    """Counts without building: nothing here grows with what aliases would multiply."""
    weights: dict[str, int] = {}
    stack: list[_Frame] = []
    total = aliases = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.DocumentStartEvent):
            weights, stack = {}, []
            documents += 1
            _bound(documents, limits.documents, "documents", event)
        elif isinstance(event, CollectionEndEvent):
            frame = stack.pop()
            if frame.anchor:
                weights[frame.anchor] = frame.count
            if stack:
                stack[-1].count += frame.count
        elif isinstance(event, NodeEvent):
            weight = 1
            if isinstance(event, AliasEvent):
                aliases += 1
                _bound(aliases, limits.aliases, "aliases", event)
                weight = _alias_weight(event, weights, stack)
            total += weight
            _bound(total, limits.nodes, "values", event)
            if isinstance(event, CollectionStartEvent):
                stack.append(_Frame(event.anchor))
                _bound(len(stack), limits.depth, "levels", event)
                continue
            if isinstance(event, yaml.ScalarEvent) and event.anchor:
                weights[event.anchor] = 1
            if stack:
                stack[-1].count += weight


def _bound(count: int, limit: int, what: str, event: Any) -> None:
    if count > limit:
        raise _error_at(event, f"has more than {limit} {what}")


def _alias_weight(event: AliasEvent, weights: dict[str, int], stack: list[_Frame]) -> int:
    if any(frame.anchor == event.anchor for frame in stack):
        raise _error_at(event, f"*{event.anchor} contains itself")
    if event.anchor not in weights:
        raise _error_at(event, f"*{event.anchor} is not defined")
    return weights[event.anchor]


def _error_at(event: Any, message: str) -> YamlError:
    mark = event.start_mark
    return YamlError(message, mark.line + 1, mark.column + 1)


# --- reading: the core schema of YAML 1.2 ---------------------------------------------------------------
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_NULL = re.compile(r"~|null|Null|NULL|")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_OLD_OCTAL = re.compile(r"[-+]?0[0-7]+")
_TAG = "tag:yaml.org,2002:"


class _Constructor(SafeConstructor):
    """Builds JSON values only; a mapping's keys become texts, and none may come twice."""

    octal = False

    def build_int(self, node: Node) -> int:
        text = str(self.construct_scalar(node))  # type: ignore[arg-type]
        if self.octal and _OLD_OCTAL.fullmatch(text):
            number = int(text, 8)
        elif text.startswith(("0o", "0x")):
            number = int(text, 0)
        elif _INT.fullmatch(text):
            number = int(text)
        else:
            raise ConstructorError(None, None, f"'{text}' is not a whole number", node.start_mark)
        if not -(2**63) <= number < 2**64:
            raise ConstructorError(None, None, "the number is too large", node.start_mark)
        return number

    def build_float(self, node: Node) -> float:
        text = str(self.construct_scalar(node))  # type: ignore[arg-type]
        if _INFINITE.fullmatch(text):
            raise ConstructorError(None, None, f"{text} has no meaning in JSON; write a number", node.start_mark)
        return float(text)

    def build_bool(self, node: Node) -> bool:
        return str(self.construct_scalar(node)).lower() == "true"  # type: ignore[arg-type]

    def build_mapping(self, node: Node) -> Any:
        result: dict[str, Any] = {}
        yield result
        if not isinstance(node, MappingNode):
            raise ConstructorError(None, None, "is not a mapping", node.start_mark)
        self._refuse_repeated(node)
        self.flatten_mapping(node)
        for key_node, value_node in node.value:
            result[_key(self.construct_object(key_node, deep=True), key_node)] = self.construct_object(value_node)

    def _refuse_repeated(self, node: MappingNode) -> None:
        """Looked for before merge keys are unfolded: what is merged in may be overridden."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, ScalarNode) or key_node.tag == f"{_TAG}merge":
                continue
            if key_node.value in seen:
                raise ConstructorError(None, None, f"the key '{key_node.value}' is there twice", key_node.start_mark)
            seen.add(key_node.value)


def _key(value: Any, node: Node) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | float():
            return str(value)
        case _:
            raise ConstructorError(None, None, "a key must be a plain text", node.start_mark)


def _refuse_tag(constructor: Any, node: Node) -> Any:
    raise ConstructorError(None, None, f"the tag {node.tag} is not supported", node.start_mark)


_Constructor.yaml_constructors = {
    f"{_TAG}null": SafeConstructor.construct_yaml_null,
    f"{_TAG}bool": _Constructor.build_bool,
    f"{_TAG}int": _Constructor.build_int,
    f"{_TAG}float": _Constructor.build_float,
    f"{_TAG}str": SafeConstructor.construct_yaml_str,
    f"{_TAG}seq": SafeConstructor.construct_yaml_seq,
    f"{_TAG}map": _Constructor.build_mapping,
    None: _refuse_tag,
}


class _Loader(_Constructor, CSafeLoader):
    """libyaml's parser with our rules for which plain scalar is what."""

    yaml_implicit_resolvers = {}


def _whole(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern.pattern})\\Z")


_NUMBER_STARTS = list("-+0123456789.")
_Loader.add_implicit_resolver(f"{_TAG}bool", _whole(_BOOL), list("tTfF"))
_Loader.add_implicit_resolver(f"{_TAG}null", _whole(_NULL), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(f"{_TAG}int", _whole(_INT), _NUMBER_STARTS)
_Loader.add_implicit_resolver(f"{_TAG}float", _whole(_FLOAT), _NUMBER_STARTS)
_Loader.add_implicit_resolver(f"{_TAG}float", _whole(_INFINITE), _NUMBER_STARTS)
_Loader.add_implicit_resolver(f"{_TAG}merge", _whole(re.compile("<<")), ["<"])


class _OctalLoader(_Loader):
    octal = True


@lru_cache(maxsize=16)
def _loader_with(tags: Tags, octal: bool) -> type[_Loader]:
    base = _OctalLoader if octal else _Loader
    if not tags:
        return base
    constructors: dict[Any, Any] = {**base.yaml_constructors, **{tag: _builder(make) for tag, make in tags}}
    return type("_TaggedLoader", (base,), {"yaml_constructors": constructors})


def _builder(make: Callable[[Any], Any]) -> Callable[[Any, Node], Any]:
    def build(constructor: Any, node: Node) -> Any:
        implicit = (False, True) if getattr(node, "style", None) else (True, False)
        tag = constructor.resolve(type(node), node.value, implicit)
        plain = type(node)(tag, node.value, node.start_mark, node.end_mark)
        return make(constructor.construct_object(plain, deep=True))

    return build


# --- writing --------------------------------------------------------------------------------------------
# What YAML 1.1 or 1.2 would read as something else than a text, beyond what PyYAML quotes by itself.
_AMBIGUOUS = re.compile(
    rf"(?:{_FLOAT.pattern}|{_INT.pattern}|y|Y|n|N|[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?|=)\Z"
)


class _Dumper(CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    style = None
    if "\n" in text and not any(line.endswith((" ", "\t")) for line in text.split("\n")):
        style = "|"
    elif _AMBIGUOUS.match(text):
        style = "'"
    return dumper.represent_scalar(f"{_TAG}str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump(value: Any) -> str:
    """One document, without anchors, with its keys in their order."""
    return dump_all([value], explicit_start=False)


def dump_all(values: Iterable[Any], *, explicit_start: bool = True) -> str:
    """A stream of documents, each begun by `---`."""
    return str(
        yaml.dump_all(
            values,
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=False,
            explicit_start=explicit_start,
            width=120,
        )
    )
