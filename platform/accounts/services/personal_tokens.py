"""Personal access tokens: made once, shown once, revoked at any time."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import TooManyTokens
from accounts.models import PersonalToken, User
from audit.services import record
from core.errors import InvalidInput, NotFound
from core.principal import Principal
from core.scopes import Scope, check_scopes

# Scanners of repositories and logs know a token of ours by it.
PREFIX = "slc_"
MAX_TOKENS = 20
MAX_DAYS = 366
_RANDOM_BYTES = 32
_HINT_LENGTH = len(PREFIX) + 6


@dataclass(frozen=True, slots=True, repr=False)
class NewToken:
    """`text` is seen here and never again."""

    row: PersonalToken
    text: str


def digest_of(text: str) -> str:
    """Of 256 random bits a plain hash is enough: nobody can try them all."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def create_token(*, name: str, scopes: Iterable[str], expires_in_days: int, actor: Principal) -> NewToken:
    """A token of `actor`, who has at most 20 that hold. Whatever it may do, it may also look."""
    check_scopes(None, actor)
    wanted = {Scope.READ.value, *scopes}
    unknown = sorted(wanted - {scope.value for scope in Scope})
    if unknown:
        message = f"There is no scope {unknown[0]!r}; use read, write or deploy."
        raise InvalidInput(message, fields={"scopes": [message]})
    if not 1 <= expires_in_days <= MAX_DAYS:
        message = f"A token holds for 1 to {MAX_DAYS} days."
        raise InvalidInput(message, fields={"expires_in_days": [message]})
    user = User.objects.select_for_update().get(pk=actor.id)
    now = timezone.now()
    if PersonalToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count() >= MAX_TOKENS:
        raise TooManyTokens(MAX_TOKENS)
    text = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    row = PersonalToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(text),
        hint=text[:_HINT_LENGTH],
        scopes=[scope.value for scope in Scope if scope.value in wanted],
        expires_at=now + timedelta(days=expires_in_days),
    )
    _record("token.created", row, actor, {"scopes": row.scopes, "expires_in_days": expires_in_days})
    return NewToken(row, text)


@transaction.atomic
def revoke_token(*, token_id: str, actor: Principal) -> None:
    """It ends at once, and with it the streams that it opened; only one's own."""
    row = PersonalToken.objects.select_for_update().filter(pk=token_id, user_id=actor.id, revoked_at=None).first()
    if row is None:
        raise NotFound("There is no such token.")
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    _record("token.revoked", row, actor)


def revoke_tokens(*, user: User) -> int:
    """All of `user`. Part of a change that records itself."""
    return PersonalToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def prune_tokens(*, older_than: timedelta) -> int:
    """Forget tokens that ended that long ago."""
    limit = timezone.now() - older_than
    return PersonalToken.objects.filter(Q(revoked_at__lt=limit) | Q(expires_at__lt=limit)).delete()[0]


def _record(action: str, row: PersonalToken, actor: Principal, detail: dict[str, object] | None = None) -> None:
    record(action=action, object_type="token", object_id=row.pk, object_name=row.name, detail=detail, actor=actor)
