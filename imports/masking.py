"""The text of an input as it is shown: what became the value of a secret is hidden where it is written. Pure."""

import re
from collections.abc import Iterable, Mapping

from imports.conversion import Conversion
from imports.lines import Lines

MASK = "••••••••"
# What the target of a row says when a value went into a secret: `secret/web-env.TOKEN`.
_VALUE_OF_SECRET = re.compile(r"secret/[^ ]+\.")
# Where a value comes from is no secret.
_VARIABLE = re.compile(r"[\"']?\$(?:\w+|\{\w+\})[\"']?")


def masked_texts(files: Mapping[str, bytes], conversion: Conversion) -> list[tuple[str, str]]:
    """Name and text of each file; no line is added or taken away, so that places stay right."""
    order = [name for name in conversion.files if name in files]
    lines = Lines(files, order, conversion.spots)
    spans: dict[str, set[tuple[int, int]]] = {name: set() for name in order}
    for row in conversion.report.rows:
        if _VALUE_OF_SECRET.match(row.target):
            for name, start, end in lines.spans(row.path):
                spans[name].add((start, end))
    return [(name, _masked(files[name].decode(errors="replace"), spans[name])) for name in order]


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        hidden = text[start:end]
        kept = "\n" * hidden.count("\n")
        if hidden.strip() and not _VARIABLE.fullmatch(hidden):
            text = f"{text[:start]}{MASK}{kept}{text[end:]}"
    return text
