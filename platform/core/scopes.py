"""What a personal access token may be allowed to do, and the one place where that is checked. Knows no tokens.

A person who signed in has `*` and passes everywhere. Whoever acts with named scopes passes only where a route says
which of them it needs; a route that says nothing wants a person.
"""

from enum import StrEnum

from core.errors import PermissionDenied
from core.principal import Principal


class Scope(StrEnum):
    """`read` looks, `write` changes what is kept here, `deploy` changes what runs in clusters and engines."""

    READ = "read"
    WRITE = "write"
    DEPLOY = "deploy"


# One scope, or several that are all needed. None: no token will do.
Scopes = Scope | tuple[Scope, ...] | None

EVERYTHING = "*"


class SignInNeeded(PermissionDenied):
    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__("A token may not do this, whatever its scopes: sign in to do it.")


class ScopeMissing(PermissionDenied):
    code = "scope_missing"

    def __init__(self, missing: list[Scope]) -> None:
        names = " and ".join(missing)
        super().__init__(
            f"This token may not do this: it needs the scope {names}. Make another token.",
            details={"missing": [scope.value for scope in missing]},
        )


def check_scopes(needed: Scopes, actor: Principal) -> None:
    """Raise a 403 unless `actor` has all that is `needed`."""
    if EVERYTHING in actor.scopes:
        return
    if needed is None:
        raise SignInNeeded
    missing = [scope for scope in as_tuple(needed) if scope not in actor.scopes]
    if missing:
        raise ScopeMissing(missing)


def as_tuple(needed: Scopes) -> tuple[Scope, ...]:
    return (needed,) if isinstance(needed, Scope) else needed or ()
