"""Who a bearer token belongs to: the token of a session, or a personal one. Synchronous, one query; streams and
consumers wrap it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import throttle
from accounts.models import PersonalToken, Session, User
from accounts.principals import (
    SessionPrincipal,
    TokenPrincipal,
    session_principal,
    token_principal,
)
from accounts.services.personal_tokens import PREFIX, digest_of
from accounts.tokens import read_access
from core.context import current_request
from core.errors import Unauthenticated
from core.principal import Principal

# A write for each request would be most of what a request costs.
_USE_NOTED_EVERY = timedelta(minutes=1)


def authenticate_token(token: str) -> Principal:
    """The principal of a bearer token, or a 401; a 429 when they ask too often."""
    return authenticate_bearer(token)[1]


def authenticate_bearer(token: str) -> tuple[User, Principal]:
    """As `authenticate_token`, with the user's row, which was read anyway."""
    user, actor = _personal(token) if token.startswith(PREFIX) else _signed_in(token)
    is_token = isinstance(actor, TokenPrincipal)
    subject = actor.token_id if isinstance(actor, TokenPrincipal) else actor.id
    most = settings.TOKEN_REQUESTS_PER_MINUTE if is_token else settings.REQUESTS_PER_MINUTE
    throttle.pace("token" if is_token else "person", subject, most)
    return user, actor


def is_live(actor: Principal) -> bool:
    """Whether the session or token behind `actor` still holds: what a long stream asks now and then."""
    if isinstance(actor, TokenPrincipal):
        return _live_tokens(timezone.now()).filter(pk=actor.token_id).exists()
    if isinstance(actor, SessionPrincipal):
        return _live_session(actor.session_id) is not None
    return True


def _signed_in(token: str) -> tuple[User, SessionPrincipal]:
    claims = read_access(token)
    session = _live_session(claims.session_id) if claims else None
    if session is None:
        raise Unauthenticated("Your sign-in is not valid any more. Sign in again.")
    return session.user, session_principal(session)


def _live_session(session_id: str) -> Session | None:
    return (
        Session.objects.select_related("user__personal_workspace")
        .filter(pk=session_id, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )


def _personal(text: str) -> tuple[User, TokenPrincipal]:
    now = timezone.now()
    row = _live_tokens(now).select_related("user__personal_workspace").filter(digest=digest_of(text)).first()
    if row is None:
        raise Unauthenticated("This token is not valid: it has expired, was revoked or never existed. Make another.")
    _note_use(row, now)
    return row.user, token_principal(row)


def _live_tokens(now: datetime) -> QuerySet[PersonalToken]:
    return PersonalToken.objects.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


def _note_use(row: PersonalToken, now: datetime) -> None:
    before = now - _USE_NOTED_EVERY
    if row.last_used_at is None or row.last_used_at < before:
        # Of several requests at once one writes.
        unnoted = PersonalToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=before), pk=row.pk)
        unnoted.update(last_used_at=now, last_used_ip=current_request().ip)
