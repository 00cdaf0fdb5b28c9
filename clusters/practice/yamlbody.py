"""Bodies in YAML: loaded only when a client really sends YAML.

Must not know what the body describes.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from .errors import bad_request

MAX_DEPTH = 200


class _Yaml(yaml.CSafeLoader):
    """YAML 1.1 as the API server reads it: y and n are booleans; no dates."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in _Yaml.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Yaml.bool_values = {**_Yaml.bool_values, "y": True, "n": False}


def _check(body: bytes) -> None:
    """Refuses what a small body can hide: aliases (a bomb needs them) and bottomless nesting."""
    depth = 0
    for event in yaml.parse(body, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not accepted")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise yaml.YAMLError(f"nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def load(body: bytes) -> Any:
    try:
        _check(body)
        return yaml.load(body, Loader=_Yaml)  # noqa: S506 (a subclass of the safe loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        text = " ".join((problem or str(error)).split())
        text = f"line {mark.line + 1}: {text}" if mark is not None else text
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: yaml: {text}") from None


def dump(value: Any) -> str:
    return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=True, allow_unicode=True)
