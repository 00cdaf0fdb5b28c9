"""Taking secrets out of what a build says. Pure; knows neither builds nor lines."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "***"
# A shorter one would turn every other word into stars, and protects nothing.
SHORTEST = 4


class Masker:
    """Replaces every secret by `MASK`: as it is, each line of one with many, and as it looks in a URL or in base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        # The longest first, so that none is left half visible by one that is part of it.
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        self.longest = len(ordered[0]) if ordered else 0

    def mask(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text

    def safe_cut(self, text: str) -> int:
        """How much of `text` may be masked now although more will follow: no secret that has begun is torn."""
        if self._pattern is None:
            return len(text)
        cut = max(len(text) - self.longest + 1, 0)
        for match in self._pattern.finditer(text):
            if match.start() < cut < match.end():
                return match.end()
        return cut


def _forms(secret: str) -> Iterable[str]:
    yield secret
    yield from (line.strip() for line in secret.splitlines())
    yield quote(secret, safe="")
    encoded = base64.b64encode(secret.encode()).decode()
    yield encoded
    # Without the padding, as in tokens; and the part that stays the same when something follows.
    yield encoded.rstrip("=")
