"""What was sent: which kind of input it is, and which of several files are meant. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from imports.compose import compose_names
from imports.compose.loading.files import Files
from plugins.sdk.yaml import Limits, YamlError, load_all

_LIMITS = Limits(characters=2 * 1024 * 1024, depth=40, nodes=120_000, aliases=2_000, documents=500)
_YAML = (".yml", ".yaml", ".json")
_COMPOSE_KEYS = frozenset({"services", "include"})
# At the top and in the usual style, so that most files need not be parsed just to be told apart.
_COMPOSE_TOP = re.compile(rb"^(?:services|include) *:", re.MULTILINE)
_KUBERNETES_TOP = re.compile(rb"^apiVersion *:", re.MULTILINE)


class Kind(StrEnum):
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    DOCKERFILE = "dockerfile"


class Unclear(ValueError):
    """None of the kinds. One sentence that says what was looked for."""


def intake(files: Mapping[str, bytes]) -> tuple[Kind, list[str]]:
    """The kind, and the files that say what there is (the others are read by them)."""
    named = compose_names(Files(files))
    if named and any(kind_of(name, files[name]) is not Kind.KUBERNETES for name in named):
        return Kind.COMPOSE, named
    kinds = {name: kind for name, content in sorted(files.items()) if (kind := kind_of(name, content)) is not None}
    for kind in Kind:
        names = [name for name, each in kinds.items() if each is kind]
        if names:
            return kind, names
    if not files:
        raise Unclear("Nothing was sent; choose a Compose file.")
    raise Unclear(f"None of the {len(files)} files is a Compose file: one has services at its top.")


def kind_of(name: str, content: bytes) -> Kind | None:
    """By what is in it; an unreadable file that is called like YAML is taken for Compose, whose reader says what is
    wrong with it."""
    base = name.rpartition("/")[2].lower()
    if base == "dockerfile" or base.startswith("dockerfile.") or base.endswith(".dockerfile"):
        return Kind.DOCKERFILE
    if not base.endswith(_YAML) and "." in base:
        return None
    if _COMPOSE_TOP.search(content) and not _KUBERNETES_TOP.search(content):
        return Kind.COMPOSE
    try:
        documents = load_all(content.decode(), limits=_LIMITS, octal=True, tags=(("!reset", str), ("!override", _any)))
    except (UnicodeDecodeError, YamlError):
        return Kind.COMPOSE if base.endswith((".yml", ".yaml")) else None
    first = next((each for each in documents if isinstance(each, dict)), {})
    if "apiVersion" in first and "kind" in first:
        return Kind.KUBERNETES
    return Kind.COMPOSE if _COMPOSE_KEYS & first.keys() else None


def _any(value: Any) -> Any:
    return value
