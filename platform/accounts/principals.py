"""From a User to the Principal that services take."""

from dataclasses import dataclass

from accounts.models import PersonalToken, Role, Session, User
from core.principal import Principal, PrincipalKind


@dataclass(frozen=True, slots=True)
class SessionPrincipal(Principal):
    """A person who signed in: also says in which session, for signing out and for streams that end with
    it.
    """

    session_id: str = ""


@dataclass(frozen=True, slots=True)
class TokenPrincipal(Principal):
    """A program with a person's token: acts as that person within the token's scopes, never as administrator."""

    token_id: str = ""


def scopes_of(user: User) -> frozenset[str]:
    return frozenset({"*", "admin"} if user.role == Role.ADMIN else {"*"})


def principal_of(user: User) -> Principal:
    """The person in their personal workspace."""
    return Principal(PrincipalKind.USER, user.pk, user.personal_workspace.pk, user.email, scopes_of(user))


def session_principal(session: Session) -> SessionPrincipal:
    """The person of `session`, whose user and workspace must be loaded."""
    user = session.user
    return SessionPrincipal(
        kind=PrincipalKind.USER,
        id=user.pk,
        workspace=user.personal_workspace.pk,
        name=user.email,
        scopes=scopes_of(user),
        session_id=session.pk,
    )


def token_principal(token: PersonalToken) -> TokenPrincipal:
    """The person of `token`, whose user and workspace must be loaded; the name says which token it was."""
    user = token.user
    return TokenPrincipal(
        kind=PrincipalKind.TOKEN,
        id=user.pk,
        workspace=user.personal_workspace.pk,
        name=f"{user.email} (token {token.hint}… {token.name})",
        scopes=frozenset(token.scopes),
        token_id=token.pk,
    )
