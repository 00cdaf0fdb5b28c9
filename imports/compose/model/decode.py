"""From a plain value to a struct: every violation told by its path, in one sentence.

The walk follows the structs' own type hints; `Leaf` marks where a reader of `values` takes over.
"""

import difflib
import types
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from imports.compose.errors import joined
from imports.compose.model import values
from imports.compose.model.values import BadValue

Report = Callable[[str, str], None]
T = TypeVar("T", bound="Spec")


class Leaf(NamedTuple):
    """Reads one value; raises `BadValue`."""

    read: Callable[[Any], Any]


class OneOf(NamedTuple):
    """Only these texts."""

    choices: tuple[str, ...]

    def read(self, value: Any) -> str:
        found = values.scalar(value)
        if found not in self.choices:
            raise BadValue(f"must be {', '.join(self.choices[:-1])} or {self.choices[-1]}, not '{values.shown(value)}'")
        return found


class Spec(msgspec.Struct, kw_only=True):
    """The base of everything that the specification describes. `extensions` are its x- keys."""

    extensions: dict[str, Any] = {}


def decode(kind: type[T], raw: Any, path: str, report: Report) -> T:
    """What could not be read is left at its default and reported."""
    if not isinstance(raw, dict):
        report(path, f"must be a mapping, not {_named(raw)}; correct it.")
        return kind()
    plan = _plan(kind)
    found: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    for key, value in raw.items():
        if key.startswith("x-"):
            extensions[key] = value
            continue
        field = plan.get(key)
        if field is None:
            report(joined(path, key), _unknown(key, plan))
            continue
        name, hint = field
        if value is None:
            continue
        try:
            found[name] = _read(hint, value, joined(path, key), report)
        except BadValue as error:
            report(joined(path, key), f"{error}.")
    return kind(extensions=extensions, **found)


def _unknown(key: str, plan: dict[str, Any]) -> str:
    close = difflib.get_close_matches(key[:60], plan, n=1, cutoff=0.7)
    advice = f"did you mean {close[0]}?" if close else "remove it, or begin its name with x-."
    return f"is no key of the Compose Specification; {advice}"


@cache
def _plan(kind: type[Spec]) -> dict[str, tuple[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.encode_name: (field.name, _bare(hints[field.name]))
        for field in msgspec.structs.fields(kind)
        if field.name != "extensions"
    }


def keys_of(kind: type[Spec]) -> list[str]:
    return list(_plan(kind))


def _bare(hint: Any) -> Any:
    """Without `| None`: null is the same as absent."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [item for item in get_args(hint) if item is not type(None)]
        return rest[0]
    return hint


def _read(hint: Any, value: Any, path: str, report: Report) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        return get_args(hint)[1].read(value)
    if isinstance(hint, type) and issubclass(hint, Spec):
        return decode(hint, value, path, report)
    if origin is list:
        return _read_list(get_args(hint)[0], value, path, report)
    if origin is dict:
        return _read_map(get_args(hint)[1], value, path, report)
    return value


def _read_list(hint: Any, value: Any, path: str, report: Report) -> list[Any]:
    if not isinstance(value, list):
        raise BadValue(f"must be a list, not {_named(value)}")
    found = []
    for index, item in enumerate(value):
        try:
            found.append(_read(hint, item, joined(path, index), report))
        except BadValue as error:
            report(joined(path, index), f"{error}.")
    return found


def _read_map(hint: Any, value: Any, path: str, report: Report) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadValue(f"must be a mapping, not {_named(value)}")
    bare, found = _bare(hint), {}
    for key, item in value.items():
        try:
            if item is None:
                found[key] = _empty(bare)
            else:
                found[key] = _read(bare, item, joined(path, key), report)
        except BadValue as error:
            report(joined(path, key), f"{error}.")
    return found


def _empty(hint: Any) -> Any:
    """What null stands for among the members of a mapping."""
    if get_origin(hint) is list:
        return []
    return hint() if isinstance(hint, type) and issubclass(hint, Spec) else None


def _named(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a mapping"
