"""What of a build nobody may read again: credentials of its source and the secrets it is given, in one envelope."""

import json
from typing import TYPE_CHECKING

import msgspec

from vault.services import decrypt_text, encrypt_text

if TYPE_CHECKING:
    from builds.models import Build

_PURPOSE = "builds.sealed"


class Sealed(msgspec.Struct, frozen=True):
    """`username` and `token` are for Git."""

    username: str = ""
    token: str = ""
    secrets: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Sealed({len(self.secrets)} secrets)"

    @property
    def values(self) -> list[str]:
        """Everything that must not be seen."""
        return [value for value in (self.token, *self.secrets.values()) if value]


def seal(build: "Build", sealed: Sealed) -> None:
    """Set the column of `build`, which is not saved."""
    if sealed == Sealed():
        build.sealed = None
        return
    build.sealed = encrypt_text(json.dumps(msgspec.to_builtins(sealed)), purpose=_PURPOSE, row=build.pk)


def unseal(build: "Build") -> Sealed:
    """For a worker, which uses it and forgets it."""
    if not build.sealed:
        return Sealed()
    return msgspec.json.decode(decrypt_text(build.sealed, purpose=_PURPOSE, row=build.pk), type=Sealed)
