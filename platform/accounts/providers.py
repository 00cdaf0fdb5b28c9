"""What an installation says about a provider. Knows nothing of protocols, so settings can be made of it."""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

# A name stands in addresses, and in a column of 32 characters.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z")
_ICON = re.compile(r"[a-z0-9-]{1,40}\Z")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

ProviderKind = Literal["github", "openid"]


class BadProvider(ValueError):
    """A provider that cannot be used as it is described; the message is a sentence for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """`url` is an OpenID provider's issuer, or where a GitHub is; without a slash at the end."""

    kind: ProviderKind
    name: str
    display_name: str
    icon: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise BadProvider(f"The provider's name {self.name!r} must be small letters, digits and dashes, up to 32.")
        if not _ICON.match(self.icon):
            raise BadProvider(f"The icon of {self.name} must be a name such as github.")
        if not self.client_id or not self.client_secret:
            raise BadProvider(f"The provider {self.name} needs both a client id and a client secret.")
        parts = urlsplit(self.url)
        is_local = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
        if not parts.hostname or not (parts.scheme == "https" or is_local) or parts.query or parts.fragment:
            raise BadProvider(
                f"The address of {self.name} must begin with https:// (http:// only on this machine), without ? and #."
            )
