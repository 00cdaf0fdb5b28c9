"""Who acts. Services take a Principal, never a User, so that tokens, agents and the system can act too."""

from dataclasses import dataclass
from enum import StrEnum


class PrincipalKind(StrEnum):
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a password
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """`workspace` is the id of the workspace in which the actor works; `scopes` what it may do there.

    A person has the scope `*`, an administrator of the installation has `admin` as well. A personal access token
    acts with its person's `id` and scopes of its own, see `core.scopes`.
    """

    kind: PrincipalKind
    id: str
    workspace: str
    name: str = ""
    scopes: frozenset[str] = frozenset({"*"})

    @property
    def is_admin(self) -> bool:
        return "admin" in self.scopes


def system_principal(name: str, workspace: str = "") -> Principal:
    """The product itself, acting for `workspace` (empty: for the installation)."""
    return Principal(PrincipalKind.SYSTEM, name, workspace, name, frozenset({"*", "admin"}))
