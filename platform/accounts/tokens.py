"""Access and refresh tokens. Both are derived from a session's row and our key, so the same row gives the
same pair.

That is how two tabs that refresh at once get one answer although no token is stored anywhere.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken, TokenError
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import Session
from vault.services import derive_keys

ACCESS_LIFETIME = timedelta(minutes=60)
# How long after its expiry the newest access token may still be exchanged for a new one.
REFRESH_LEEWAY = timedelta(days=7)
_ALGORITHM = "HS256"
_ACCESS_KEY = "accounts.access-token"
_REFRESH_KEY = "accounts.refresh-token"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine token says: which session, and which pair of its tokens. Whether that still holds is
    in the row.
    """

    session_id: str
    token_id: str


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    access: str
    refresh: str


class _KeyringBackend(TokenBackend):
    """Signs with the first key, verifies with all of them."""

    def __init__(self, keys: tuple[bytes, ...], leeway: timedelta) -> None:
        super().__init__(_ALGORITHM, signing_key=keys[0].hex(), leeway=leeway)
        self._verifiers = [TokenBackend(_ALGORITHM, signing_key=key.hex(), leeway=leeway) for key in keys]

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        for verifier in self._verifiers:
            try:
                return verifier.decode(token, verify=verify)
            except TokenBackendExpiredToken:
                raise
            except TokenBackendError:
                continue
        raise TokenBackendError("Token is invalid")


@lru_cache(maxsize=8)
def _backend(keys: tuple[bytes, ...], leeway: timedelta) -> _KeyringBackend:
    return _KeyringBackend(keys, leeway)


class SessionToken(AccessToken):
    """An access token: `sub` the user, `sid` the session, `jti` the pair that it belongs to."""

    lifetime = ACCESS_LIFETIME
    leeway = timedelta(0)

    def get_token_backend(self) -> TokenBackend:
        return _backend(tuple(derive_keys(_ACCESS_KEY)), self.leeway)


class ExpiredSessionToken(SessionToken):
    """The same token, read for a refresh."""

    leeway = REFRESH_LEEWAY


def token_pair(session: Session) -> TokenPair:
    """The newest pair of `session`."""
    token = SessionToken()
    token.set_iat(at_time=session.rotated_at)
    token.set_exp(from_time=session.rotated_at, lifetime=ACCESS_LIFETIME)
    token["jti"] = session.token_id
    token["sub"] = session.user_id
    token["sid"] = session.pk
    return TokenPair(access=str(token), refresh=_refresh_token(session))


def read_access(text: str, *, may_be_expired: bool = False) -> Claims | None:
    """The claims of an access token that we signed, or None."""
    if not text.isascii():
        return None
    kind = ExpiredSessionToken if may_be_expired else SessionToken
    try:
        payload = kind(text).payload  # type: ignore[arg-type]  # simplejwt types the text as a Token
    except TokenError:
        return None
    session_id, token_id = payload.get("sid"), payload.get("jti")
    if not isinstance(session_id, str) or not isinstance(token_id, str):
        return None
    return Claims(session_id, token_id)


def read_refresh(text: str) -> Claims | None:
    """The claims of a refresh token that we made, or None."""
    session_id, _, rest = text.partition(".")
    token_id, _, seal = rest.partition(".")
    for key in derive_keys(_REFRESH_KEY):
        if hmac.compare_digest(_seal(key, session_id, token_id).encode(), seal.encode("utf-8", "replace")):
            return Claims(session_id, token_id)
    return None


def _refresh_token(session: Session) -> str:
    seal = _seal(derive_keys(_REFRESH_KEY)[0], session.pk, session.token_id)
    return f"{session.pk}.{session.token_id}.{seal}"


def _seal(key: bytes, session_id: str, token_id: str) -> str:
    mac = hmac.digest(key, f"{session_id}.{token_id}".encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
