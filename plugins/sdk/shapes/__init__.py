"""What Kubernetes allows inside the fields that a person writes in its own words (affinity, tolerations, ...).

`shapes.json` is the part of the published API that those fields need, in short: a property's type is "s" text,
"i" whole number, "n" number, "b" boolean, "q" quantity or number, "o" any object, "*" anything, "[T" list of
T, "{T" map to T, or the name of another shape. Knows no node type.

A field that is not listed may be newer than the list, so it is told apart: the cluster will decide.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from plugins.sdk.problems import kind_of

Report = Callable[[str, str, str], None]

UNKNOWN = "unknown_kubernetes_field"
_WRONG = "wrong_type"
_FILE = Path(__file__).with_name("shapes.json")
_WORDS = {
    "s": "a text",
    "i": "a whole number",
    "n": "a number",
    "b": "true or false",
    "q": "a quantity or a number",
    "o": "an object",
    "[": "a list",
    "{": "an object",
}


@cache
def shapes() -> dict[str, dict[str, Any]]:
    """Name → {"p": {property: type}, "r": [required]}."""
    return dict(json.loads(_FILE.read_text())["shapes"])


def check_shape(name: str, value: Any, path: str, report: Report) -> None:
    """Reports what of `value`, or of each item if it is a list, cannot be a `name`."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check(name, item, f"{path}.{index}", report)
    else:
        _check(name, value, path, report)


def _check(kind: str, value: Any, path: str, report: Report) -> None:
    if kind == "*":
        return
    if kind[0] == "[":
        if _fits(kind, list, value, path, report):
            for index, item in enumerate(value):
                _check(kind[1:], item, f"{path}.{index}", report)
    elif kind[0] == "{":
        if _fits(kind, dict, value, path, report):
            for key, item in value.items():
                _check(kind[1:], item, f"{path}.{key}", report)
    elif kind in _WORDS:
        if not _is_scalar(kind, value):
            report(path, _WRONG, f"must be {_WORDS[kind]}, not {kind_of(value)}")
    elif _fits("o", dict, value, path, report):
        _check_object(shapes()[kind], value, path, report)


def _check_object(shape: dict[str, Any], value: dict[str, Any], path: str, report: Report) -> None:
    properties = shape["p"]
    for key, item in value.items():
        kind = properties.get(key)
        if kind is None:
            report(f"{path}.{key}", UNKNOWN, "is no field that Kubernetes is known to have here; check its spelling")
        else:
            _check(kind, item, f"{path}.{key}", report)
    for key in shape.get("r", ()):
        if key not in value:
            report(f"{path}.{key}", "missing_field", "is missing; fill it in")


def _fits(kind: str, wanted: type, value: Any, path: str, report: Report) -> bool:
    if isinstance(value, wanted):
        return True
    report(path, _WRONG, f"must be {_WORDS[kind[0]]}, not {kind_of(value)}")
    return False


def _is_scalar(kind: str, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "s":
            return isinstance(value, str)
        case "i":
            return isinstance(value, int) and not isinstance(value, bool)
        case "n":
            return is_number
        case "b":
            return isinstance(value, bool)
        case "q":
            return is_number or isinstance(value, str)
        case _:
            return isinstance(value, dict)
