"""The sign-in providers of this installation. None is built in; one registers itself when it is
configured.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from accounts.errors import InvalidCode, UnknownProvider
from accounts.services import Grant


@dataclass(frozen=True, slots=True)
class Provider:
    """How a person signs in by somebody else's word.

    `authorize` sends the browser there, `callback` takes it back and ends at our front end with a one-time
    code, and `redeem` gives the session for that code, or None for a code that is not its own.
    """

    name: str
    display_name: str
    icon: str
    authorize: Callable[[HttpRequest], HttpResponse]
    callback: Callable[[HttpRequest], HttpResponse]
    redeem: Callable[[str], Grant | None]


_providers: dict[str, Provider] = {}


def register_provider(provider: Provider) -> None:
    """Offer `provider` on the sign-in page. Called in `AppConfig.ready`, from settings."""
    _providers[provider.name] = provider


def configured_providers() -> list[Provider]:
    return list(_providers.values())


def get_provider(name: str) -> Provider:
    """The provider, or a 404 that says so."""
    try:
        return _providers[name]
    except KeyError:
        raise UnknownProvider from None


def exchange(code: str) -> Grant:
    """The session for a one-time code of whichever provider made it."""
    grants = (provider.redeem(code) for provider in _providers.values())
    grant = next((grant for grant in grants if grant is not None), None)
    if grant is None:
        raise InvalidCode
    return grant
