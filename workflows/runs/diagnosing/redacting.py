"""Taking secret values out of what is shown: programs print their passwords, and so do error messages."""

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "•••"
# A shorter one is found as a word of a log line only: else every "a" of a sentence would go.
_SHORT = 4


class Redactor:
    """Knows the values in memory only, as long as one request takes."""

    def __init__(self, values: Iterable[str]) -> None:
        spelled = {spelling for value in values for spelling in _spellings(value)}
        self._long = _pattern(text for text in spelled if len(text) >= _SHORT)
        self._short = _pattern((text for text in spelled if len(text) < _SHORT), is_word=True)

    def text(self, words: str) -> str:
        return self._long.sub(HIDDEN, words) if self._long is not None else words

    def line(self, words: str) -> str:
        """One line of a log."""
        shown = self.text(words)
        return self._short.sub(HIDDEN, shown) if self._short is not None else shown


def _spellings(value: str) -> Iterable[str]:
    """As it is, line by line, and as programs tend to write it."""
    for text in {value, *value.splitlines()}:
        stripped = text.strip()
        if stripped:
            yield stripped
            yield json.dumps(stripped)[1:-1]
            yield quote(stripped, safe="")
            yield base64.b64encode(stripped.encode()).decode().rstrip("=")


def _pattern(texts: Iterable[str], *, is_word: bool = False) -> re.Pattern[str] | None:
    found = sorted(set(texts), key=len, reverse=True)
    if not found:
        return None
    either = "|".join(map(re.escape, found))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if is_word else either)
