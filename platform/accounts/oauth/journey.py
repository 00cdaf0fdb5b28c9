"""There and back: a browser's way to a provider and home again, between which it keeps our notes.

The notes are a plain dictionary that the browser holds sealed (`accounts.api.oauth_cookie`): a state, its PKCE
verifier and its nonce mean something only in the browser that began the journey. That each state counts once is
kept in the database (social-django's nonces).
"""

import logging
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from social_core.exceptions import (
    AuthCanceled,
    AuthConfigurationError,
    AuthInputError,
    AuthProviderError,
    AuthSessionError,
    SocialAuthBaseException,
)
from social_django.models import DjangoStorage
from social_django.strategy import DjangoStrategy

from accounts.errors import (
    DomainNotAllowed,
    ProviderAnswerInvalid,
    ProviderMisconfigured,
    ProviderUnavailable,
    SignInCancelled,
    SignInExpired,
    UnknownProvider,
)
from accounts.oauth.backends import JWT_ALGORITHMS, KINDS, Claims, GitHub, OpenId
from accounts.providers import ProviderConfig
from core.errors import AppError, InvalidInput
from core.network import Guard

logger = logging.getLogger("sailcloth.oauth")

# A person may have to find their telephone.
JOURNEY_SECONDS = 600
# Several tabs may be on their way; a cookie has 4 KB.
_MOST_JOURNEYS = 4
_LONGEST_NEXT = 500
_LONGEST_PARAMETER = 4096
_ABOUT = "about"

Notes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why somebody went: to sign in, or to link the identity to the account `user_id`. `next` is where they
    want to be afterwards, an address of our own.
    """

    next: str = ""
    user_id: str = ""


class _Strategy(DjangoStrategy):
    """Gives a backend its settings, and the notes as its session. Where the provider's word has been heard, the
    library's part ends: who becomes a user is decided in `accounts.services`.
    """

    def __init__(self, config: ProviderConfig, notes: Notes, data: dict[str, str]) -> None:
        self._data = data
        self._settings: dict[str, Any] = {
            "KEY": config.client_id,
            "SECRET": config.client_secret,
            "OIDC_ENDPOINT": config.url.rstrip("/"),
            "SCOPE": list(config.scopes),
            "USE_PKCE": True,
            "STATE_LIFETIME": JOURNEY_SECONDS,
            "NONCE_LIFETIME": JOURNEY_SECONDS,
            "JWT_ALGORITHMS": JWT_ALGORITHMS,
        }
        super().__init__(DjangoStorage)
        self.session = notes  # type: ignore[assignment]  # The library asks for no more than a mapping.

    def setting(self, name: str, default: Any = None, backend: Any = None) -> Any:
        return self._settings.get(name, default)

    def get_request_data(self, merge: bool = True) -> dict[str, str]:
        return self._data

    def build_absolute_uri(self, path: str | None = None) -> str:
        return f"{settings.PUBLIC_URL}{path or ''}"

    def authenticate(self, backend: Any, *args: Any, **kwargs: Any) -> Any:
        return backend.claims_of(kwargs["response"])


def configured_providers() -> list[ProviderConfig]:
    """What the sign-in page offers, in its order."""
    return list(settings.OAUTH_PROVIDERS)


def get_provider(name: str) -> ProviderConfig:
    """The provider, or a 404 that says so."""
    for config in configured_providers():
        if config.name == name:
            return config
    raise UnknownProvider


def begin(*, config: ProviderConfig, purpose: Purpose, notes: Notes) -> str:
    """Where to send the browser; `notes` are changed."""
    check_next(purpose.next)
    _make_room(config, notes)
    backend = _backend(config, notes, {})
    try:
        address = str(backend.auth_url())
    except SocialAuthBaseException as error:
        raise _refusal(config, error) from None
    notes.setdefault(_ABOUT, {})[backend.begun_state] = [purpose.next, purpose.user_id]
    return address


def purpose_of(notes: Notes, state: str) -> Purpose:
    """Why this browser began the journey `state`; the least if it did not."""
    about = notes.get(_ABOUT, {}).get(state)
    return Purpose(*about) if about else Purpose()


def complete(*, config: ProviderConfig, data: dict[str, str], notes: Notes) -> Claims:
    """Who came back, by the provider's word. `notes` are changed: the journey is over whatever comes of it."""
    if any(len(value) > _LONGEST_PARAMETER for value in data.values()):
        raise SignInExpired
    backend = _backend(config, notes, data)
    try:
        claims: Claims = cast(Claims, backend.auth_complete())
    except SocialAuthBaseException as error:
        raise _refusal(config, error) from None
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        # The library believes that what it reads has the shape that it should have.
        _log(config, reason=type(error).__name__, stage="callback")
        raise ProviderAnswerInvalid(config.display_name) from None
    finally:
        notes.get(_ABOUT, {}).pop(data.get("state", ""), None)
    if settings.OAUTH_DOMAINS and claims.email.rpartition("@")[2] not in settings.OAUTH_DOMAINS:
        raise DomainNotAllowed
    return claims


def check_next(address: str) -> None:
    """Raise unless `address` is empty or a path of our own: a sign-in that led elsewhere would lend our name."""
    parts = urlsplit(address) if address.isprintable() and len(address) <= _LONGEST_NEXT else None
    if address and (
        parts is None
        or parts.scheme
        or parts.netloc
        or not address.startswith("/")
        or address.startswith("//")
        or "\\" in address
    ):
        message = "It must be a path of this installation, such as /workflows."
        raise InvalidInput(message, code="foreign_redirect", fields={"next": [message]})


def _make_room(config: ProviderConfig, notes: Notes) -> None:
    """The oldest journeys are given up, of this provider and of all others."""
    about: dict[str, Any] = notes.setdefault(_ABOUT, {})
    while len(about) >= _MOST_JOURNEYS:
        state = next(iter(about))
        del about[state]
        for key in [key for key in notes if key.endswith(f"_oauth2_state_{state}")]:
            del notes[key]
        for key in [key for key in notes if key.endswith("_oauth2_transaction_index")]:
            notes[key].pop(state, None)


def _backend(config: ProviderConfig, notes: Notes, data: dict[str, str]) -> OpenId | GitHub:
    """The library knows backends by the name of their class, and keeps documents and keys by class and address."""
    kind = KINDS[config.kind]
    backend = kind(_Strategy(config, notes, data), redirect_uri=f"/v1/api/auth/oauth/{config.name}/callback")
    backend.name = config.name
    backend.config = config
    backend.guard = Guard(settings.ALLOWED_NETWORKS)
    backend.seconds = settings.OAUTH_TIMEOUT_SECONDS
    return backend


def _refusal(config: ProviderConfig, error: SocialAuthBaseException) -> AppError:
    """What a person is told. The log gets the kind of failure and where it happened, never what was said: that
    may hold a code or a token.
    """
    _log(config, reason=error.code, stage=error.stage, claim=error.claim or "")
    if isinstance(error, AuthCanceled):
        return SignInCancelled(config.display_name)
    if isinstance(error, AuthSessionError | AuthInputError) or error.code == "authorization_code_rejected":
        return SignInExpired()
    if isinstance(error, AuthProviderError):
        return ProviderUnavailable(config.display_name)
    if isinstance(error, AuthConfigurationError):
        return ProviderMisconfigured(config.display_name)
    return ProviderAnswerInvalid(config.display_name)


def _log(config: ProviderConfig, **about: str) -> None:
    logger.warning("sign-in by a provider failed", extra={"provider": config.name, **about})
