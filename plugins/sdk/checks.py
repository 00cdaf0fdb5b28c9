"""Checks what a field's description promises (`plugins.sdk.fields.about`), for any struct.

The walk is planned once per struct from its type hints, so that a check costs only a walk over values.
Knows no node type and no graph: it reports a path, a code and the rest of a sentence.
"""

import types
from collections.abc import Callable
from functools import cache, partial
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from plugins.sdk.formats import FORMATS
from plugins.sdk.shapes import check_shape

Report = Callable[[str, str, str], None]
Check = Callable[[Any, str, Report], None]

CODES = {
    "cron": "bad_cron",
    "cron-job-name": "bad_name",
    "dns-label": "bad_name",
    "dns-label-1035": "bad_name",
    "dns-subdomain": "bad_name",
    "env-name": "bad_env_name",
    "host": "bad_host",
    "image": "bad_image",
    "port": "port_out_of_range",
    "port-or-name": "bad_port",
    "quantity": "bad_quantity",
}


def check_struct(value: msgspec.Struct, report: Report, path: str = "") -> None:
    """Reports everything about `value` that its fields' descriptions forbid."""
    _struct_check(type(value))(value, path, report)


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


@cache
def _struct_check(struct: type) -> Check:
    plan: list[tuple[str, str, bool, Check | None]] = []
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        required = bool(_extra(hint).get("x-required"))
        check = _check_for(hint)
        if required or check is not None:
            plan.append((field.name, field.encode_name, required, check))

    def run(value: Any, path: str, report: Report) -> None:
        for name, shown, required, check in plan:
            item = getattr(value, name)
            where = f"{path}.{shown}" if path else shown
            if _is_missing(item):
                if required:
                    report(where, "missing_field", "is missing; fill it in")
            elif check is not None:
                check(item, where, report)

    return run


def _extra(hint: Any) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if get_origin(hint) is Annotated:
        for meta in get_args(hint)[1:]:
            if isinstance(meta, msgspec.Meta):
                extra |= meta.extra_json_schema or {}
    return extra


def _check_for(hint: Any) -> Check | None:
    if get_origin(hint) is Annotated:
        return _both(_constraint(_extra(hint)), _check_for(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _lazy(hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _any_of(args)
    if origin is list:
        inner = _check_for(args[0])
        return None if inner is None else _each_item(inner)
    if origin is dict:
        inner = _check_for(args[1])
        return None if inner is None else _each_value(inner)
    return None


def _lazy(struct: type) -> Check:
    """Structs may hold each other, so the plan of an inner one is made on first use."""
    return lambda value, path, report: _struct_check(struct)(value, path, report)


def _both(first: Check | None, second: Check | None) -> Check | None:
    if first is None or second is None:
        return first or second
    one, two = first, second

    def run(value: Any, path: str, report: Report) -> None:
        one(value, path, report)
        two(value, path, report)

    return run


_PYTHON_TYPES: dict[Any, tuple[type, ...]] = {int: (int,), float: (float, int), str: (str,)}


def _any_of(args: tuple[Any, ...]) -> Check | None:
    branches: list[tuple[tuple[type, ...], Check]] = []
    for arg in args:
        check = _check_for(arg)
        if check is None:
            continue
        bare = get_args(arg)[0] if get_origin(arg) is Annotated else arg
        base = get_origin(bare) or bare
        branches.append((_PYTHON_TYPES.get(base, (base,)) if isinstance(base, type) else (object,), check))
    if not branches:
        return None

    def run(value: Any, path: str, report: Report) -> None:
        for kinds, check in branches:
            if isinstance(value, kinds):
                check(value, path, report)
                return

    return run


def _each_item(inner: Check) -> Check:
    def run(value: Any, path: str, report: Report) -> None:
        for index, item in enumerate(value):
            if item is not None:
                inner(item, f"{path}.{index}", report)

    return run


def _each_value(inner: Check) -> Check:
    def run(value: Any, path: str, report: Report) -> None:
        for key, item in value.items():
            if item is not None:
                inner(item, f"{path}.{key}", report)

    return run


def _constraint(extra: dict[str, Any]) -> Check | None:
    check: Check | None = None
    if "format" in extra:
        check = _format(extra["format"])
    if "enum" in extra:
        check = _both(check, _choice(tuple(extra["enum"])))
    if "minimum" in extra or "maximum" in extra:
        check = _both(check, _range(extra.get("minimum"), extra.get("maximum")))
    if "x-keys" in extra:
        check = _both(check, _keys(FORMATS[extra["x-keys"]]))
    if "x-kubernetes" in extra:
        check = _both(check, partial(check_shape, extra["x-kubernetes"]))
    return check


def _format(name: str) -> Check:
    test, code = FORMATS[name], CODES.get(name, "bad_value")

    def run(value: Any, path: str, report: Report) -> None:
        why = test(value)
        if why is not None:
            report(path, code, f"{why}, not {_shown(value)}")

    return run


def _choice(choices: tuple[str, ...]) -> Check:
    listed = ", ".join(choices[:-1]) + (" or " if len(choices) > 1 else "") + choices[-1]

    def run(value: Any, path: str, report: Report) -> None:
        if value not in choices:
            report(path, "bad_choice", f"must be {listed}, not {_shown(value)}")

    return run


def _range(low: float | None, high: float | None) -> Check:
    def run(value: Any, path: str, report: Report) -> None:
        if isinstance(value, str):
            return
        if low is not None and value < low:
            report(path, "out_of_range", f"must be at least {low:g}, not {_shown(value)}")
        elif high is not None and value > high:
            report(path, "out_of_range", f"must be at most {high:g}, not {_shown(value)}")

    return run


def _keys(test: Callable[[Any], str | None]) -> Check:
    def run(value: Any, path: str, report: Report) -> None:
        for key in value:
            why = test(key)
            if why is not None:
                report(f"{path}.{key}", "bad_key", f"has a key that {why}, not {_shown(key)}")

    return run


def _shown(value: Any) -> str:
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}...'"
