"""The grammar of the toy shell: from a line to statements, and from a statement to words.

Knows quotes, `;`, `&&`, `||`, `|`, `$NAME`, `$(command)`, and redirections to files; nothing else, and says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

KEYWORDS = frozenset({"for", "while", "until", "if", "case", "function", "select", "{", "(", "then", "do"})
_JOINERS = (";;", "&&", "||", ";", "\n", "|", "&")
Expand = Callable[[str], Awaitable[str]]


class ShellError(Exception):
    """The line cannot be read."""


@dataclass
class Command:
    """One program with its words and where its output goes."""

    words: list[str] = field(default_factory=list)
    # (descriptor, path, appends); a path that begins with & is another descriptor.
    outputs: list[tuple[int, str, bool]] = field(default_factory=list)
    source: str = ""


def statements(text: str) -> list[tuple[str, list[str]]]:
    """(`;`, `&&` or `||` before it; the parts of its pipeline) for each statement."""
    found: list[tuple[str, list[str]]] = []
    joiner, pipeline, start, index = ";", [], 0, 0
    while index <= len(text):
        if index < len(text):
            step = _skip(text, index)
            if step:
                index += step
                continue
        mark = "" if index >= len(text) else next((m for m in _JOINERS if text.startswith(m, index)), "")
        if index < len(text) and (not mark or (mark == "&" and text[index - 1 : index] == ">")):
            index += 1
            continue
        pipeline.append(text[start:index].strip())
        start = index = index + (len(mark) or 1)
        if mark != "|":
            if any(pipeline):
                found.append((joiner, pipeline))
            pipeline, joiner = [], mark if mark in ("&&", "||") else ";"
    return found


def _skip(text: str, index: int) -> int:
    """How long the quoted or substituted part is that begins here; 0 when none does."""
    character = text[index]
    if character == "\\":
        return 2
    if character == "'":
        return text.find("'", index + 1) - index + 1 if "'" in text[index + 1 :] else _unclosed("'")
    if character == '"':
        end = index + 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else _skip(text, end) if text.startswith("$(", end) else 1
        return end - index + 1 if end < len(text) else _unclosed('"')
    if text.startswith("$(", index):
        depth, end = 1, index + 2
        while end < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        return end - index if not depth else _unclosed("$(")
    return 0


def _unclosed(mark: str) -> int:
    raise ShellError(f"unterminated {mark}")


class WordReader:
    """Splits one command, expanding as it goes."""

    def __init__(self, text: str, expand: Expand) -> None:
        self.text, self.expand, self.index = text, expand, 0

    async def command(self) -> Command:
        command = Command()
        while True:
            while self.index < len(self.text) and self.text[self.index] in " \t":
                self.index += 1
            if self.index >= len(self.text) or self.text[self.index] == "#":
                return command
            if not await self._redirection(command):
                command.words += await self._words()

    async def _redirection(self, command: Command) -> bool:
        rest = self.text[self.index :]
        digit = rest[:1] if rest[:1] in ("1", "2") and rest[1:2] == ">" else ""
        mark = rest[len(digit) :]
        if mark.startswith("<"):
            self.index += 1
            command.source = await self._path()
            return True
        if not mark.startswith(">"):
            return False
        appends = mark.startswith(">>")
        self.index += len(digit) + (2 if appends else 1)
        command.outputs.append((int(digit or 1), await self._path(), appends))
        return True

    async def _path(self) -> str:
        while self.text[self.index : self.index + 1] == " ":
            self.index += 1
        words = await self._words()
        if not words:
            raise ShellError("a redirection needs a file")
        return words[0]

    async def _words(self) -> list[str]:
        """One word as written; an expansion outside of quotes may make several of it, or none."""
        out, parts, is_quoted = "", [], False
        while self.index < len(self.text) and self.text[self.index] not in " \t<>":
            character = self.text[self.index]
            if character == "\\":
                out += self.text[self.index + 1 : self.index + 2]
                self.index += 2
            elif character == "'":
                end = self.index + _skip(self.text, self.index)
                out, is_quoted = out + self.text[self.index + 1 : end - 1], True
                self.index = end
            elif character == '"':
                out, is_quoted = out + await self._double(), True
            elif character == "$":
                *whole, out = (out + await self._dollar()).split(" ") if not is_quoted else [out + await self._dollar()]
                parts += whole
            else:
                out += character
                self.index += 1
        parts = [part for part in parts if part]
        return [*parts, out] if out or is_quoted else parts

    async def _double(self) -> str:
        end = self.index + _skip(self.text, self.index) - 1
        self.index += 1
        out = ""
        while self.index < end:
            character = self.text[self.index]
            if character == "\\" and self.text[self.index + 1] in '"\\$`':
                out += self.text[self.index + 1]
                self.index += 2
            elif character == "$":
                out += await self._dollar()
            else:
                out += character
                self.index += 1
        self.index = end + 1
        return out

    async def _dollar(self) -> str:
        rest = self.text[self.index + 1 :]
        if rest.startswith("("):
            length = _skip(self.text, self.index)
            inner = self.text[self.index : self.index + length]
            self.index += length
            return await self.expand(inner)
        if rest.startswith("{") and "}" in rest:
            name = rest[1 : rest.index("}")]
            self.index += len(name) + 3
            return await self.expand(name)
        name = rest[:1] if rest[:1] in ("$", "?", "#", "@") or rest[:1].isdigit() else ""
        while not name.isdigit() and len(name) < len(rest) and (rest[len(name)].isalnum() or rest[len(name)] == "_"):
            name += rest[len(name)]
        self.index += 1 + len(name)
        return await self.expand(name) if name else "$"
