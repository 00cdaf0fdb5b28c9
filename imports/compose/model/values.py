"""The small languages inside values: sizes, durations, processor shares, switches, and words of a shell.

Each reader takes what YAML gave and returns the value, or raises `BadValue` with the rest of a sentence.
"""

import re
from typing import Any

MAX_SIZE = 2**60
MAX_SECONDS = 10 * 365 * 86400
_SIZE = re.compile(r"(\d{1,18}(?:\.\d{0,9})?)\s*([bkmgtp]?)(i?b?)\Z", re.IGNORECASE)
_POWERS = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{0,9})?)(us|ms|s|m|h|d|w)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "n", "off", "0"})
_MAX_NUMBER = 2**62


class BadValue(ValueError):
    """The rest of a sentence that begins with the value's path."""


def text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise BadValue(f'must be a text; quote it: "{shown(value)}"' if _is_plain(value) else "must be a text")


def scalar(value: Any) -> str:
    """A text, or a number or switch that stands for one."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return f"{value:g}" if isinstance(value, float) and abs(value) < 1e15 else str(value)
        case _:
            raise BadValue("must be a text, a number, true or false")


def flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadValue("must be true or false")


def whole(value: Any) -> int:
    if isinstance(value, bool):
        raise BadValue("must be a whole number")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        match = re.fullmatch(r"[-+]?\d{1,19}", value.strip(), re.ASCII)
        value = int(value) if match else None
    if isinstance(value, int) and abs(value) < _MAX_NUMBER:
        return value
    raise BadValue("must be a whole number")


def number(value: Any) -> float:
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d{1,19}(?:\.\d{0,19})?|\.\d{1,19}", value.strip(), re.ASCII):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MAX_NUMBER:
        return float(value)
    raise BadValue("must be a number such as 0.5")


def size(value: Any) -> int:
    """Bytes: `1.5g`, `512m`, `64kb`, `1024`. -1 stands for no limit."""
    if isinstance(value, int | float) and not isinstance(value, bool) and -1 <= value <= MAX_SIZE:
        return int(value)
    if isinstance(value, str):
        if value.strip() == "-1":
            return -1
        match = _SIZE.match(value.strip())
        if match:
            found = int(float(match[1]) * 1024 ** _POWERS[match[2].lower()])
            if found <= MAX_SIZE:
                return found
    raise BadValue("must be a size such as 512m or 1.5g")


def mode(value: Any) -> int:
    """Of a file: a text is octal, a number is what YAML read."""
    if isinstance(value, str) and re.fullmatch(r"(?:0o)?[0-7]{1,5}", value, re.ASCII):
        value = int(value.removeprefix("0o"), 8)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0o7777:
        return value
    raise BadValue('must be a file mode such as "0440"')


def duration(value: Any) -> float:
    """Seconds: `1m30s`, `500ms`, `2h`."""
    if isinstance(value, str):
        rest, seconds = value.strip(), 0.0
        if rest == "0":
            return 0.0
        while rest:
            match = _DURATION.match(rest)
            if match is None:
                break
            seconds += float(match[1]) * _SECONDS[match[2]]
            rest = rest[match.end() :]
        if not rest and value.strip() and seconds <= MAX_SECONDS:
            return seconds
    raise BadValue("must be a duration such as 30s or 1m30s")


def words(value: Any) -> list[str]:
    """A list as it is, a text split as a shell would, without expanding anything."""
    if isinstance(value, str):
        return split_words(value)
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return [scalar(item) for item in value]
    raise BadValue("must be a command: a text, or a list of texts")


def test(value: Any) -> list[str]:
    """Of a healthcheck: a text is for a shell."""
    if isinstance(value, str):
        return ["CMD-SHELL", value]
    if isinstance(value, list) and value and all(isinstance(item, str | int | float) for item in value):
        found = [scalar(item) for item in value]
        if found[0] not in ("NONE", "CMD", "CMD-SHELL"):
            raise BadValue(f"must begin with NONE, CMD or CMD-SHELL, not '{found[0]}'")
        if found[0] == "CMD-SHELL" and len(found) != 2:
            raise BadValue("with CMD-SHELL takes exactly one text; put the command into one")
        if found[0] == "CMD" and len(found) < 2:
            raise BadValue("with CMD needs a command; add it, or use NONE")
        return found
    raise BadValue("must be a command: a text, or a list that begins with NONE, CMD or CMD-SHELL")


def split_words(value: str) -> list[str]:
    """Quotes and backslashes as in a POSIX shell; nothing else has a meaning."""
    found: list[str] = []
    current: list[str] | None = None
    place, length = 0, len(value)
    while place < length:
        letter = value[place]
        if letter in " \t\n\r":
            if current is not None:
                found.append("".join(current))
                current = None
            place += 1
            continue
        current = [] if current is None else current
        if letter == "\\":
            following = value[place + 1 : place + 2]
            current.append("" if following == "\n" else following)
            place += 2
        elif letter in "'\"":
            part, place = _quoted(value, place)
            current.append(part)
        else:
            current.append(letter)
            place += 1
    if current is not None:
        found.append("".join(current))
    return found


def _quoted(value: str, place: int) -> tuple[str, int]:
    quote, start = value[place], place
    parts: list[str] = []
    place += 1
    while place < len(value):
        letter = value[place]
        if letter == quote:
            return "".join(parts), place + 1
        if letter == "\\" and quote == '"' and value[place + 1 : place + 2] in ('"', "\\", "$", "`", "\n"):
            following = value[place + 1]
            parts.append("" if following == "\n" else following)
            place += 2
            continue
        parts.append(letter)
        place += 1
    raise BadValue(f"has a quote that is never closed at '{value[start : start + 20]}'; close it")


def shown(value: Any) -> str:
    rendered = str(value).lower() if isinstance(value, bool) else str(value)
    return rendered if len(rendered) <= 40 else f"{rendered[:37]}..."


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float | bool)
