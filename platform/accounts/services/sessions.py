"""Signing in, staying signed in, signing out."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import passwords, throttle
from accounts.errors import InvalidCredentials, SessionEnded
from accounts.models import Session, User, normalise_email
from accounts.principals import principal_of
from accounts.tokens import ACCESS_LIFETIME, Claims, read_access, read_refresh, token_pair
from audit.services import record
from core.context import current_request
from core.errors import NotFound
from core.ids import new_id
from core.principal import Principal

SESSION_LIFETIME = timedelta(days=30)
# Two tabs wake up and refresh with the same credential: the second gets what the first got.
REPEAT_WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """What a person gets who signed in."""

    user: User
    session_id: str
    token: str
    refresh_token: str
    expires_in: int


def log_in(*, email: str, password: str) -> Grant:
    """A session for whoever knows the password. Failures count, per account and per address."""
    address, account = current_request().ip, normalise_email(email)
    throttle.hit(throttle.LOGIN_BY_ADDRESS, address)
    throttle.hit(throttle.LOGIN_BY_ACCOUNT, account)
    user = User.objects.select_related("personal_workspace").filter(email=account).first()
    if not passwords.is_right(user, password) or user is None:
        raise InvalidCredentials
    throttle.give_back(throttle.LOGIN_BY_ADDRESS, address)
    throttle.give_back(throttle.LOGIN_BY_ACCOUNT, account)
    return start_session(user=user, actor=principal_of(user))


@transaction.atomic
def start_session(*, user: User, actor: Principal) -> Grant:
    """For a person who has proven who they are, by whatever means."""
    now, request = timezone.now(), current_request()
    session = Session.objects.create(
        user=user,
        rotated_at=now,
        last_used_at=now,
        expires_at=now + SESSION_LIFETIME,
        user_agent=request.user_agent[:300],
        ip=request.ip,
    )
    record(action="session.started", object_type="session", object_id=session.pk, actor=actor)
    return _grant(session)


def refresh_by_token(*, refresh_token: str) -> Grant:
    return _refresh(read_refresh(refresh_token))


def refresh_by_access_token(*, token: str) -> Grant:
    """With the session's newest access token, also some days after it expired."""
    return _refresh(read_access(token, may_be_expired=True))


def _refresh(claims: Claims | None) -> Grant:
    grant = _rotate(claims) if claims else None
    if grant is None:
        raise SessionEnded  # Outside of the transaction: a session that was just revoked stays so.
    return grant


@transaction.atomic
def _rotate(claims: Claims) -> Grant | None:
    """The next pair of tokens; the same again within a minute; and for an older one the end of the
    session.
    """
    now = timezone.now()
    session = (
        Session.objects.select_for_update(of=("self",))
        .select_related("user__personal_workspace")
        .filter(pk=claims.session_id, revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if session is None:
        return None
    if secrets.compare_digest(claims.token_id, session.token_id):
        session.previous_token_id, session.token_id = session.token_id, new_id()
        session.rotated_at = session.last_used_at = now
        session.expires_at = now + SESSION_LIFETIME
        session.ip = current_request().ip
        session.save()
    elif claims.token_id != session.previous_token_id or now - session.rotated_at > REPEAT_WINDOW:
        _revoke(Q(pk=session.pk))
        record(
            action="session.replayed",
            object_type="session",
            object_id=session.pk,
            actor=principal_of(session.user),
        )
        return None
    return _grant(session)


@transaction.atomic
def end_session(*, session_id: str, actor: Principal) -> None:
    """Sign out, here or elsewhere: only one's own."""
    if not _revoke(Q(pk=session_id, user_id=actor.id)):
        raise NotFound("There is no such session.")
    record(action="session.ended", object_type="session", object_id=session_id, actor=actor)


def end_sessions(*, user: User, keep: str = "") -> int:
    """All of `user` but `keep`. Part of a change that records itself."""
    return _revoke(Q(user=user) & ~Q(pk=keep))


def revoke_session(*, user: User, session_id: str) -> int:
    """One of `user`'s, if it still holds. Part of a change that records itself."""
    return _revoke(Q(pk=session_id, user=user))


def prune_sessions(*, older_than: timedelta) -> int:
    """Forget sessions that ended that long ago."""
    limit = timezone.now() - older_than
    deleted, _ = Session.objects.filter(Q(revoked_at__lt=limit) | Q(expires_at__lt=limit)).delete()
    return deleted


def _revoke(which: Q) -> int:
    return Session.objects.filter(which, revoked_at=None).update(revoked_at=timezone.now())


def _grant(session: Session) -> Grant:
    pair = token_pair(session)
    return Grant(session.user, session.pk, pair.access, pair.refresh, int(ACCESS_LIFETIME.total_seconds()))
