"""The rules of .env and env_file: quotes, comments, `export`, several lines, and values that use others."""

import re
from collections.abc import Mapping

from imports.compose.errors import refuse
from imports.compose.loading.interpolate import BadTemplate, Interpolation

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "$": "$$"}
# Right after the sign it is the value's own: COLOUR=#ff0000.
_COMMENT = " #"
MAX_VARIABLES = 2_000


def parse_dotenv(
    text: str, variables: Mapping[str, str], *, file: str, raw: bool = False
) -> tuple[dict[str, str], list[str]]:
    """The values, and the names that stand alone and ask for a value of the surroundings (which they got
    when it has one). `variables` come before what the file itself has set. `raw` takes lines as they are."""
    found: dict[str, str] = {}
    bare: list[str] = []
    interpolation = Interpolation(_Layered(variables, found))
    for number, name, value in _entries(text, file, raw):
        if value is None:
            bare.append(name)
            if name in variables:
                found[name] = variables[name]
            continue
        literal, content = value
        try:
            found[name] = content if literal or raw else interpolation.text(content)
        except BadTemplate as error:
            raise refuse(file, f"line {number}", f"{name} {error}.") from None
        if len(found) > MAX_VARIABLES:
            raise refuse(file, "", f"the file sets more than {MAX_VARIABLES} variables; split it up.")
    return found, bare


class _Layered(dict[str, str]):
    """The surroundings before the file itself, as the reference loader looks names up."""

    def __init__(self, first: Mapping[str, str], second: Mapping[str, str]) -> None:
        super().__init__()
        self._first, self._second = first, second

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        value = self._first.get(key)
        return value if value is not None else self._second.get(key, default)


def _entries(text: str, file: str, raw: bool) -> "list[tuple[int, str, tuple[bool, str] | None]]":
    entries: list[tuple[int, str, tuple[bool, str] | None]] = []
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        number, line = index + 1, lines[index].strip()
        index += 1
        if not line or line.startswith("#"):
            continue
        if line.startswith(("export ", "export\t")):
            line = line[7:].lstrip()
        match = _NAME.match(line)
        if match is None:
            raise refuse(
                file, f"line {number}", f"'{line[:40]}' does not begin with a variable's name; write NAME=value."
            )
        name, rest = match.group(), line[match.end() :].lstrip()
        if not rest or rest.startswith("#"):
            entries.append((number, name, None))
        elif rest[0] not in "=:":
            raise refuse(file, f"line {number}", f"after {name} comes '{rest[:20]}'; write {name}=value.")
        else:
            value, index = _value(rest[1:].lstrip(), lines, index, raw, file=file, number=number)
            entries.append((number, name, value))
    return entries


def _value(
    rest: str, lines: list[str], index: int, raw: bool, *, file: str, number: int
) -> tuple[tuple[bool, str], int]:
    """((is it literal, the value), the line after it)."""
    if raw:
        return (True, rest), index
    quote = rest[:1]
    if quote not in ("'", '"'):
        return (False, rest.partition(_COMMENT)[0].rstrip()), index
    held = [rest[1:]]
    while (end := _closing(held[-1], quote)) < 0:
        if index >= len(lines):
            raise refuse(file, f"line {number}", f"the quote {quote} is never closed; close it.")
        held.append(lines[index])
        index += 1
    held[-1] = held[-1][:end]
    content = "\n".join(held)
    return (True, content) if quote == "'" else (False, _unescaped(content)), index


def _closing(text: str, quote: str) -> int:
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        if text[place] == quote:
            return place
        place += 1
    return -1


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    parts: list[str] = []
    place = 0
    while place < len(text):
        if text[place] == "\\" and place + 1 < len(text):
            following = text[place + 1]
            parts.append(_ESCAPES.get(following, f"\\{following}"))
            place += 2
        else:
            parts.append(text[place])
            place += 1
    return "".join(parts)
