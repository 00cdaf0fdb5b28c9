"""Server-sent events, read from bytes as they come (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.errors import Unreachable

_LONGEST_LINE = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is where to go on after a lost connection."""

    name: str
    data: dict[str, Any]
    id: str


def read_events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Complete events only: what a lost connection cut off is dropped, and comes again."""
    name, data, ident = "message", "", ""
    for line in _lines(chunks):
        if not line:
            if data:
                yield Event(name, _object(data), ident)
            name, data = "message", ""
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data = f"{data}\n{value}" if data else value
        elif field == "id":
            ident = value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Cut at line feeds only: JSON may hold other characters that Python takes for the end of a line."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise Unreachable("The server sends an event without an end.")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Unreachable("The server sends events that are not JSON.") from None
    return found if isinstance(found, dict) else {}
