"""`$NAME`, `${NAME:-default}` and their kin, by one pass over the text: no pattern can be made to run long.

Knows nothing of YAML but its values: keys are never interpolated.
"""

from collections.abc import Callable, Mapping
from typing import Any

MAX_DEPTH = 24
MAX_TEXT = 256 * 1024
MAX_TOTAL = 4 * 1024 * 1024
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")
_FIRST = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_REST = _FIRST | frozenset("0123456789")


class BadTemplate(ValueError):
    """The text cannot be interpolated; the message is the rest of a sentence about it."""


class Interpolation:
    """`variables` as of the project; collects the names that were read and had no value."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.unset: dict[str, None] = {}
        self.used: dict[str, None] = {}
        self._written = 0

    def text(self, template: str) -> str:
        if "$" not in template:
            return template
        result, _ = self._run(template, 0, depth=0, until=None)
        self._written += len(result)
        if len(result) > MAX_TEXT or self._written > MAX_TOTAL:
            raise BadTemplate("becomes too long once its variables are filled in; shorten them")
        return result

    def tree(self, value: Any, on_fault: Callable[[str, str], None], path: str = "") -> Any:
        """A copy of `value` with every text interpolated; what is wrong is told by its path."""
        if isinstance(value, str):
            try:
                return self.text(value)
            except BadTemplate as error:
                on_fault(path, f"{error}.")
                return value
        if isinstance(value, dict):
            return {key: self.tree(item, on_fault, f"{path}.{key}" if path else key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.tree(item, on_fault, f"{path}.{index}") for index, item in enumerate(value)]
        return value

    def _run(self, text: str, start: int, *, depth: int, until: str | None) -> tuple[str, int]:
        """From `start` to the closing brace (or the end): the result, and where it ended."""
        if depth > MAX_DEPTH:
            raise BadTemplate(f"nests variables more than {MAX_DEPTH} levels deep; make it flatter")
        parts: list[str] = []
        size, place, length = 0, start, len(text)
        while place < length:
            if until is not None and text[place] == until:
                return "".join(parts), place
            stop = _next_mark(text, place, until)
            if stop > place:
                parts.append(text[place:stop])
                size += stop - place
                place = stop
                continue
            part, place = self._variable(text, place, depth)
            parts.append(part)
            size += len(part)
            if size > MAX_TEXT:
                raise BadTemplate("becomes too long once its variables are filled in; shorten them")
        if until is not None:
            raise BadTemplate("has a '${' without its '}'; close it, or write $$ for a plain $")
        return "".join(parts), place

    def _variable(self, text: str, place: int, depth: int) -> tuple[str, int]:
        following = text[place + 1 : place + 2]
        if following == "$":
            return "$", place + 2
        if following == "{":
            return self._braced(text, place + 2, depth)
        if following and following in _FIRST:
            end = _name_end(text, place + 1)
            return self._plain(text[place + 1 : end]), end
        shown = text[place : place + 12]
        raise BadTemplate(f"has '{shown}', which is no variable; write $$ for a plain $")

    def _plain(self, name: str) -> str:
        self.used[name] = None
        value = self.variables.get(name)
        if value is None:
            self.unset[name] = None
        return value or ""

    def _braced(self, text: str, place: int, depth: int) -> tuple[str, int]:
        end = _name_end(text, place)
        name = text[place:end]
        if not name:
            raise BadTemplate(f"has '${{{text[place : place + 10]}', which names no variable; write $$ for a plain $")
        if text[end : end + 1] == "}":
            return self._plain(name), end + 1
        operator = next((item for item in _OPERATORS if text.startswith(item, end)), None)
        if operator is None:
            shown = text[place - 2 : place + 20]
            raise BadTemplate(f"has '{shown}', whose operator is none of :- - :? ? :+ +; correct it")
        self.used[name] = None
        value = self.variables.get(name)
        is_there = bool(value) if operator.startswith(":") else value is not None
        # What is not chosen is read for its end only: it may name variables that nobody set.
        chosen = {"-": not is_there, "?": not is_there, "+": is_there}[operator[-1]]
        reader = self if chosen else _Skipping({})
        word, close = reader._run(text, end + len(operator), depth=depth + 1, until="}")
        if operator.endswith("?") and not is_there:
            raise BadTemplate(f"needs the variable {name}: {word or 'set it'}; give it a value")
        if operator.endswith("+") or chosen:
            return word if chosen else "", close + 1
        return value or "", close + 1


class _Skipping(Interpolation):
    """Reads on to the closing brace without asking for anything."""

    def _plain(self, name: str) -> str:
        return ""

    def _braced(self, text: str, place: int, depth: int) -> tuple[str, int]:
        end = _name_end(text, place)
        if text[end : end + 1] == "}":
            return "", end + 1
        operator = next((item for item in _OPERATORS if text.startswith(item, end)), None)
        if operator is None or end == place:
            raise BadTemplate(f"has '{text[place - 2 : place + 20]}', which is no variable; correct it")
        _, close = self._run(text, end + len(operator), depth=depth + 1, until="}")
        return "", close + 1


def _next_mark(text: str, place: int, until: str | None) -> int:
    stop = text.find("$", place)
    stop = len(text) if stop < 0 else stop
    if until is not None:
        close = text.find(until, place, stop)
        return stop if close < 0 else close
    return stop


def _name_end(text: str, place: int) -> int:
    if text[place : place + 1] not in _FIRST or place >= len(text):
        return place
    end = place + 1
    while end < len(text) and text[end] in _REST:
        end += 1
    return end
