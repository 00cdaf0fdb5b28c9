"""Who a bearer token belongs to. Synchronous, one query; streams and consumers wrap it."""

from django.utils import timezone

from accounts.models import Session, User
from accounts.principals import SessionPrincipal, session_principal
from accounts.tokens import read_access
from core.errors import Unauthenticated
from core.principal import Principal


def authenticate_token(token: str) -> SessionPrincipal:
    """The principal of an access token, or a 401."""
    return authenticate_session(token)[1]


def authenticate_session(token: str) -> tuple[User, SessionPrincipal]:
    """As `authenticate_token`, with the user's row, which was read anyway."""
    claims = read_access(token)
    session = _live_session(claims.session_id) if claims else None
    if session is None:
        raise Unauthenticated("Your sign-in is not valid any more. Sign in again.")
    return session.user, session_principal(session)


def is_live(actor: Principal) -> bool:
    """Whether the session behind `actor` still holds: what a long stream asks now and then."""
    if not isinstance(actor, SessionPrincipal):
        return True
    return _live_session(actor.session_id) is not None


def _live_session(session_id: str) -> Session | None:
    return (
        Session.objects.select_related("user__personal_workspace")
        .filter(pk=session_id, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
