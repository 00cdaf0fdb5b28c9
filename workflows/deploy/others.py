"""How texts that are kept speak of whose an object is when it is not ours: by the id of the set, which tells nobody
anything. A name is put in its place only when somebody reads who may know it. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

SOMEBODY = "another workflow"
# The keys of our documents under which sentences stand.
_SENTENCES = frozenset({"message", "reason", "error", "from", "to", "suggestion"})
_MARK = re.compile(rf"{SOMEBODY} \((applyset-[A-Za-z0-9_-]{{43}}-v1)\)")


def other(set_id: str) -> str:
    """Whoever owns that set, in a text that is kept."""
    return f"{SOMEBODY} ({set_id})"


def belongs_to(set_id: str) -> str:
    """Why an object is refused."""
    return f"It belongs to {other(set_id)}."


def with_names(document: Any, titles: Mapping[str, str]) -> Any:
    """`document`, a text or JSON, as it is read by somebody who may know the `titles` of these sets and of no
    others."""
    return _each(document, lambda found: f'the workflow "{titles[found[1]]}"' if found[1] in titles else SOMEBODY)


def others_in(document: Any) -> frozenset[str]:
    """The sets that are spoken of in it; without any `with_names` has nothing to do."""
    found: set[str] = set()

    def note(mark: re.Match[str]) -> str:
        found.add(mark[1])
        return mark[0]

    _each(document, note)
    return frozenset(found)


def _each(value: Any, said: Callable[[re.Match[str]], str], key: str = "message") -> Any:
    if isinstance(value, str):
        return _MARK.sub(said, value) if key in _SENTENCES and SOMEBODY in value else value
    if isinstance(value, dict):
        return {name: _each(inner, said, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each(inner, said, key) for inner in value]
    return value
