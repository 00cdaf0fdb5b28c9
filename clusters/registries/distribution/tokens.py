"""How one becomes known to a registry: not at all, by a password, or by a token from whom the registry names.

(https://distribution.github.io/distribution/spec/auth/token/)
"""

import base64
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from clusters.registries.distribution.challenges import Challenge
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.distribution.web import Answer, Web, origin_of

MAX_TOKEN_ANSWER = 256 * 1024
# The specification's own default, and the least that a token is taken to live.
_LIFE = 60.0
# Before its end a token is not used any more: a request takes a while.
_MARGIN = 10.0
_LONGEST_LIFE = 3600.0

BASIC, BEARER = "basic", "bearer"


@dataclass(frozen=True, slots=True)
class Login:
    """As whom."""

    username: str
    password: str = field(repr=False)

    @property
    def header(self) -> str:
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    until: float


class Identity:
    """Finds the `Authorization` header for each request to one registry, and remembers tokens by their scopes."""

    def __init__(self, web: Web, login: Login | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self._login = login
        self._clock = clock
        self._tokens: dict[tuple[str, ...], _Token] = {}
        # What the registry asked for, once it has.
        self.scheme = ""

    def header(self, scopes: tuple[str, ...]) -> str:
        """What is known already; empty before the registry has asked for anything."""
        if self.scheme == BASIC and self._login is not None:
            return self._login.header
        token = self._tokens.get(scopes)
        return f"Bearer {token.text}" if token is not None and token.until > self._clock() else ""

    def forget(self, scopes: tuple[str, ...]) -> None:
        """It was not accepted."""
        self._tokens.pop(scopes, None)

    async def answer(self, challenges: Iterable[Challenge], scopes: tuple[str, ...]) -> str:
        """The header that answers a 401. Bearer goes first: of the two it says less to the registry."""
        by_scheme = {challenge.scheme: challenge for challenge in reversed(list(challenges))}
        if BEARER in by_scheme:
            self.scheme = BEARER
            token = await self._fetch(by_scheme[BEARER], scopes)
            self._tokens[scopes] = token
            return f"Bearer {token.text}"
        if BASIC in by_scheme:
            self.scheme = BASIC
            if self._login is None:
                raise RegistryError("The registry asks for a user and a password.", reason="unauthorized", status=401)
            return self._login.header
        asked = ", ".join(sorted(by_scheme))[:100] or "nothing that it names"
        raise RegistryError(f"The registry asks for {asked}, which Sailcloth does not know.", reason="protocol")

    async def _fetch(self, challenge: Challenge, scopes: tuple[str, ...]) -> _Token:
        url = self._token_url(challenge, scopes)
        headers = {"Accept": "application/json"}
        if self._login is not None:
            headers["Authorization"] = self._login.header
        answer = await self._web.fetch("GET", url, headers=headers, limit=MAX_TOKEN_ANSWER)
        if answer.status in (400, 401, 403):
            raise RegistryError(self._refusal(), reason="unauthorized", status=answer.status)
        if answer.status != 200:
            raise RegistryError(
                f"The registry's token service answered with the code {answer.status}.",
                reason="busy" if answer.status in (429, 500, 502, 503, 504) else "protocol",
                status=answer.status,
            )
        return self._read(answer)

    def _token_url(self, challenge: Challenge, scopes: tuple[str, ...]) -> str:
        """A password goes there, so never in the clear unless the registry itself speaks so."""
        realm = challenge.get("realm")
        if not realm or len(realm) > 2000:
            raise RegistryError("The registry does not say where its tokens come from.", reason="protocol")
        origin = origin_of(realm)
        if origin.scheme != "https" and self._web.own.scheme == "https":
            raise RegistryError("The registry's token service is not secured by TLS.", reason="protocol")
        asked = [("service", challenge.get("service"))] if challenge.get("service") else []
        asked += [("scope", scope) for scope in scopes]
        parts = urlsplit(realm)
        query = "&".join(filter(None, (parts.query, urlencode(asked))))
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    def _refusal(self) -> str:
        if self._login is None:
            return "The registry gives no access without a user and a password."
        return "The registry does not accept the user and password."

    def _read(self, answer: Answer) -> _Token:
        try:
            found = msgspec.json.decode(answer.body, type=_TokenAnswer)
        except (msgspec.DecodeError, RecursionError):
            found = _TokenAnswer()
        text = found.token or found.access_token
        if not text or not text.isascii() or any(ord(ch) <= 32 or ord(ch) == 127 for ch in text):
            raise RegistryError("The registry's token service gave no token.", reason="protocol")
        life = min(max(float(found.expires_in or 0), _LIFE), _LONGEST_LIFE)
        return _Token(text, self._clock() + life - _MARGIN)


class _TokenAnswer(msgspec.Struct):
    token: str | None = None
    access_token: str | None = None
    expires_in: float | None = None
