"""What a command says: text for people or JSON for programs on stdout, everything else on stderr."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

# Colours may pass; whatever else moves the cursor or talks to the terminal may not, for it comes from a container.
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def clean(text: str, *, colours: bool = False) -> str:
    """`text` without control characters but the tab, and colours only where they are wanted."""
    if not colours:
        return _CONTROL.sub("", _COLOUR.sub("", text))
    return "".join(part if index % 2 else _CONTROL.sub("", part) for index, part in enumerate(_COLOUR.split(text)))


class Output:
    """`is_json` is set while the command line is read."""

    def __init__(self, *, is_json: bool = False) -> None:
        self.is_json = is_json

    def result(self, document: Any, *text: str) -> None:
        """The one thing that the command is about."""
        self.write(json.dumps(document, ensure_ascii=False) if self.is_json else "\n".join(map(clean, text)))

    def table(self, document: Any, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        if self.is_json:
            self.result(document)
            return
        cells = [tuple(head), *(tuple(clean(cell) for cell in row) for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
        for row in cells:
            self.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def write(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """How it goes on: for whoever watches, never in the way of a pipe."""
        sys.stderr.write(clean(text) + "\n")
        sys.stderr.flush()

    def error(self, message: str, code: str, **more: Any) -> None:
        if self.is_json:
            sys.stderr.write(json.dumps({"error": message, "code": code, **more}, ensure_ascii=False) + "\n")
        else:
            self.note(f"Error: {message}")
