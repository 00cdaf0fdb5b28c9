"""From a client's JSON to a typed struct, with every fault named by its path.

The fast way is one `msgspec.convert`. Only when that refuses is the value walked against the type, so
that a person sees all faults at once, each with its exact field. A null where no null belongs counts as
absent: forms send it for a field that was cleared.
"""

from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from plugins.sdk.problems import kind_of

S = TypeVar("S", bound=msgspec.Struct)


class Fault(NamedTuple):
    """What cannot be kept in a draft: `unknown_field` or `wrong_type` at `path`; the rest of a sentence."""

    path: str
    code: str
    message: str

    @property
    def sentence(self) -> str:
        return f"{self.path} {self.message}{'' if self.message.endswith('?') else '.'}"


def decode(data: dict[str, Any], struct: type[S]) -> tuple[S, list[Fault]]:
    """The struct, and the faults. What is faulty is left at its default."""
    try:
        return msgspec.convert(data, struct), []
    except msgspec.ValidationError:
        faults: list[Fault] = []
        cleaned = _clean_struct(_type_info(struct), data, "", faults)
    try:
        return msgspec.convert(cleaned, struct), faults
    except msgspec.ValidationError as error:  # a rule that the walk does not know
        faults.append(Fault("", "wrong_type", f"cannot be read: {error}"))
        return struct(), faults


@cache
def _type_info(struct: type) -> inspect.StructType:
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return info


class _Refused(Exception):
    """This value does not fit here; its fault has been noted."""


def _clean_struct(info: inspect.StructType, data: dict[str, Any], path: str, faults: list[Fault]) -> Any:
    fields = {field.encode_name: field for field in info.fields}
    cleaned: dict[str, Any] = {}
    for key, value in data.items():
        where = f"{path}.{key}" if path else str(key)
        field = fields.get(key)
        if field is None:
            if info.forbid_unknown_fields:
                faults.append(Fault(where, "unknown_field", _unknown(key, fields)))
        elif value is not None or _allows_null(field.type):
            try:
                cleaned[key] = _clean(field.type, value, where, faults)
            except _Refused:
                continue
    return cleaned


def _unknown(key: str, fields: dict[str, Any]) -> str:
    import difflib

    near = difflib.get_close_matches(str(key), fields, n=1, cutoff=0.7)
    hint = f"; did you mean {near[0]}?" if near else "; remove it"
    return f"is not a field of this type{hint}"


def _allows_null(info: inspect.Type) -> bool:
    if isinstance(info, inspect.Metadata):
        return _allows_null(info.type)
    if isinstance(info, inspect.UnionType):
        return any(_allows_null(item) for item in info.types)
    return isinstance(info, inspect.NoneType | inspect.AnyType)


def _clean(info: inspect.Type, value: Any, path: str, faults: list[Fault]) -> Any:
    if isinstance(info, inspect.Metadata):
        return _clean(info.type, value, path, faults)
    if isinstance(info, inspect.AnyType):
        return value
    if isinstance(info, inspect.UnionType):
        return _clean_union(info, value, path, faults)
    if not _has_shape(info, value):
        faults.append(Fault(path, "wrong_type", f"must be {_wanted(info)}, not {kind_of(value)}"))
        raise _Refused
    return _clean_inside(info, value, path, faults)


def _clean_inside(info: inspect.Type, value: Any, path: str, faults: list[Fault]) -> Any:
    if isinstance(info, inspect.StructType):
        return _clean_struct(info, value, path, faults)
    if isinstance(info, inspect.ListType):
        return [
            item for index, raw in enumerate(value) for item in _kept(info.item_type, raw, f"{path}.{index}", faults)
        ]
    if isinstance(info, inspect.DictType):
        return {
            key: item for key, raw in value.items() for item in _kept(info.value_type, raw, f"{path}.{key}", faults)
        }
    return value


def _kept(info: inspect.Type, value: Any, path: str, faults: list[Fault]) -> list[Any]:
    try:
        return [_clean(info, value, path, faults)]
    except _Refused:
        return []


def _clean_union(info: inspect.UnionType, value: Any, path: str, faults: list[Fault]) -> Any:
    for item in info.types:
        bare = item.type if isinstance(item, inspect.Metadata) else item
        if _has_shape(bare, value):
            return _clean(bare, value, path, faults)
    wanted = " or ".join(dict.fromkeys(_wanted(item) for item in info.types if not _is_null(item)))
    faults.append(Fault(path, "wrong_type", f"must be {wanted}, not {kind_of(value)}"))
    raise _Refused


def _is_null(info: inspect.Type) -> bool:
    return isinstance(info, inspect.NoneType)


def _has_shape(info: inspect.Type, value: Any) -> bool:
    match info:
        case inspect.AnyType():
            return True
        case inspect.Metadata():
            return _has_shape(info.type, value)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return _is_integer(value)
        case inspect.FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.NoneType():
            return value is None
        case inspect.ListType():
            return isinstance(value, list)
        case inspect.DictType() | inspect.StructType():
            return isinstance(value, dict) and all(isinstance(key, str) for key in value)
        case _:
            return True


def _is_integer(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _wanted(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata():
            return _wanted(info.type)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "a whole number"
        case inspect.FloatType():
            return "a number"
        case inspect.StrType():
            return "a text"
        case inspect.ListType():
            return "a list"
        case inspect.DictType() | inspect.StructType():
            return "an object"
        case _:
            return "another type"
