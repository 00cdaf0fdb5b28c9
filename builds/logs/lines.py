"""From the bytes that an engine writes to lines that may be kept: whole, bounded, masked. Pure."""

import codecs
from collections.abc import Iterator

from builds.logs.masking import Masker

LONGEST_LINE = 8192
_KEPT_CONTROLS = {"\t", "\x1b"}


class LineCutter:
    """Feed it bytes as they come, get lines out; a line that is longer than `LONGEST_LINE` comes in parts.

    Escape sequences for colours stay, other control characters go. Holds at most one such line and the longest secret.
    """

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> Iterator[str]:
        text = self._rest + self._decoder.decode(data)
        *lines, self._rest = text.split("\n")
        for line in lines:
            yield from self._whole(line)
        while len(self._rest) > LONGEST_LINE + self._masker.longest:
            cut = min(self._masker.safe_cut(self._rest), len(self._rest))
            if cut <= 0:
                break
            yield from _parts(clean(self._masker.mask(self._rest[:cut])))
            self._rest = self._rest[cut:]

    def end(self) -> Iterator[str]:
        """What is left when nothing follows."""
        rest, self._rest = self._rest + self._decoder.decode(b"", final=True), ""
        if rest:
            yield from self._whole(rest)

    def _whole(self, line: str) -> Iterator[str]:
        # What a carriage return overwrote on a terminal is masked first: the secret may be in front of it.
        yield from _parts(clean(self._masker.mask(line)))


def clean(text: str) -> str:
    """Without control characters other than tab and escape; of a line that was overwritten its last state."""
    text = text.rstrip("\r").rpartition("\r")[2]
    if text.isprintable():
        return text
    return "".join(ch for ch in text if (ch >= " " and ch != "\x7f") or ch in _KEPT_CONTROLS)


def _parts(line: str) -> Iterator[str]:
    if len(line) <= LONGEST_LINE:
        yield line
        return
    for start in range(0, len(line), LONGEST_LINE):
        yield line[start : start + LONGEST_LINE]
