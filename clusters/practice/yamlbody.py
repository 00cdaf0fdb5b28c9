"""Bodies in YAML: loaded only when a client really sends YAML.

Must not know what the body describes.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from .errors import bad_request


class _Yaml(yaml.CSafeLoader):  # type: ignore[misc,unused-ignore]
    """YAML without aliases (a bomb needs them) and without dates."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not accepted")
        return super().compose_node(parent, index)  # type: ignore[misc]


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in _Yaml.yaml_implicit_resolvers.items()
}


_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Yaml.bool_values = {**_Yaml.bool_values, "y": True, "n": False}


def load(body: bytes) -> Any:
    try:
        return yaml.load(body, Loader=_Yaml)  # noqa: S506 (a subclass of the safe loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        text = " ".join((problem or str(error)).split())
        text = f"line {mark.line + 1}: {text}" if mark is not None else text
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: yaml: {text}") from None


def dump(value: Any) -> str:
    return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=True, allow_unicode=True)
