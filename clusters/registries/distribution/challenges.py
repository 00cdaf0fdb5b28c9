"""What a registry asks for with a 401: the `WWW-Authenticate` header (RFC 9110, section 11.6.1). Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Whoever sends more wants to keep a parser busy.
MAX_HEADER = 8 * 1024

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a grammar
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))\s*(?:,|\Z)', re.DOTALL)
_SCHEME = re.compile(rf"[\s,]*({_TOKEN})(?=\s|,|\Z)")
_TOKEN68 = re.compile(r"\s+[A-Za-z0-9._~+/-]+=*\s*(?:,|\Z)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Challenge:
    """`scheme` in lower case, and so are the names of the parameters."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.parameters.get(name, "")


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """All challenges of all headers, in order. What cannot be read ends its header."""
    return [challenge for header in headers for challenge in _challenges(header[:MAX_HEADER])]


def _challenges(text: str) -> list[Challenge]:
    found: list[Challenge] = []
    position = 0
    while match := _SCHEME.match(text, position):
        scheme, position = match[1].lower(), match.end()
        parameters: dict[str, str] = {}
        if (single := _TOKEN68.match(text, position)) and not _PARAMETER.match(text, position):
            position = single.end()
        while pair := _PARAMETER.match(text, position):
            quoted, plain = pair[2], pair[3]
            # Of a name that comes twice the first counts: nobody may add to it.
            parameters.setdefault(pair[1].lower(), plain if quoted is None else _ESCAPED.sub(r"\1", quoted))
            position = pair.end()
        found.append(Challenge(scheme, parameters))
    return found
