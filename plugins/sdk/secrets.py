"""How a graph holds a secret value: by reference, never in clear.

A stored secret node has `values: {KEY: {"revision": "<vault revision id>", "digest": "<keyed digest>"}}`.
What a client sends (a string sets, null keeps) is turned into that before a graph is stored, and what a
client reads is `{KEY: null}`; both by `workflows`. Here is only the shape, and the port for the values.
"""

from typing import Protocol

import msgspec


class SecretRef(msgspec.Struct, frozen=True):
    """One immutable revision in the vault. `digest` changes whenever the value does, and tells nothing."""

    revision: str
    digest: str


class SecretValues(Protocol):
    """Gives the clear value of a revision, or None when only a placeholder may be shown."""

    def value(self, revision: str) -> str | None: ...


class Placeholders:
    """No values at all: what previews, exports and validation compile with."""

    def value(self, revision: str) -> str | None:
        return None


PLACEHOLDER = "<secret>"
