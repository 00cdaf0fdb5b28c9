"""A compose file's text as plain values. `!reset` and `!override` stay as marks until files are merged."""

from typing import Any

import msgspec

from imports.compose.errors import refuse
from plugins.sdk.yaml import Limits, YamlError, load_all

LIMITS = Limits(characters=2 * 1024 * 1024, depth=40, nodes=120_000, aliases=2_000, documents=20)


class Reset(msgspec.Struct, frozen=True):
    """`!reset`: what an earlier file said here goes, and nothing takes its place."""


class Override(msgspec.Struct, frozen=True):
    """`!override`: what an earlier file said here goes, and this takes its place unmerged."""

    value: Any


RESET = Reset()
_KNOWN = frozenset({"services", "include", "version", "name"})
_TAGS = (("!reset", lambda _: RESET), ("!override", Override))


def parse_documents(text: str, file: str) -> list[dict[str, Any]]:
    """The documents of a file; each overrides the one before it, as several files would."""
    try:
        documents = load_all(text, limits=LIMITS, octal=True, tags=_TAGS)
    except YamlError as error:
        where = f"line {error.line}" if error.line else ""
        raise refuse(file, where, f"the YAML cannot be read: {error.message}; correct it.") from None
    found = [document for document in documents if document is not None]
    for document in found:
        if not isinstance(document, dict):
            raise refuse(file, "", "a compose file must be a mapping with keys such as services; correct it.")
        if document and not _KNOWN & document.keys() and all(map(_is_service, document.values())):
            message = "this is how Compose's first version was written; put the services below the key services."
            raise refuse(file, "", message)
    return found


def _is_service(value: Any) -> bool:
    return isinstance(value, dict) and ("image" in value or "build" in value)


def plain(value: Any) -> Any:
    """`value` without marks: what was reset is gone, what overrides stands for itself."""
    if isinstance(value, Override):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not RESET}
    if isinstance(value, list):
        return [plain(item) for item in value if item is not RESET]
    return value
