"""Reading people, sessions and codes, always as somebody."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from social_django.models import UserSocialAuth

from accounts.errors import UserNotFound
from accounts.mail import link_for
from accounts.models import (
    CodePurpose,
    OneTimeCode,
    PersonalToken,
    Role,
    Session,
    SignupMode,
    SignupSetting,
    User,
    normalise_email,
)
from accounts.services.codes import text_of
from accounts.services.invites import read_invite_code
from core.errors import InvalidInput, NotFound, PermissionDenied
from core.principal import Principal


@dataclass(frozen=True, slots=True)
class SignupState:
    """`invite_code` is None while sign-up needs none."""

    mode: str
    invite_code: str | None
    auto_regenerate: bool


def get_self(actor: Principal) -> User:
    """The person behind `actor`."""
    user = User.objects.filter(pk=actor.id).first()
    if user is None:
        raise NotFound("This account does not exist any more.")
    return user


def list_sessions(actor: Principal, search: str = "") -> QuerySet[Session]:
    """One's own that still hold."""
    return _holding(actor.id, search)


def _holding(user_id: str, search: str) -> QuerySet[Session]:
    rows = Session.objects.filter(user_id=user_id, revoked_at=None, expires_at__gt=timezone.now())
    return rows.filter(Q(user_agent__icontains=search) | Q(ip__icontains=search)) if search else rows


def list_tokens(actor: Principal, search: str = "") -> QuerySet[PersonalToken]:
    """One's own that were not revoked; an expired one stays in the list until it is forgotten."""
    rows = PersonalToken.objects.filter(user_id=actor.id, revoked_at=None)
    return rows.filter(Q(name__icontains=search) | Q(hint__icontains=search)) if search else rows


def list_identities(actor: Principal, search: str = "") -> QuerySet[UserSocialAuth]:
    """The accounts elsewhere that are linked to one's own."""
    rows = UserSocialAuth.objects.filter(user_id=actor.id)
    return rows.filter(Q(provider__icontains=search) | Q(extra_data__email__icontains=search)) if search else rows


def find_user_by_email(email: str) -> User | None:
    """For sharing: the active account with this address, confirmed or not; the caller looks at
    `is_email_verified`.
    """
    users = User.objects.select_related("personal_workspace")
    return users.filter(email=normalise_email(email), is_active=True).first()


def get_users(ids: set[str]) -> dict[str, User]:
    """For showing names beside ids, in one query."""
    return User.objects.in_bulk(ids)


def list_users(
    *, search: str = "", role: str = "", is_disabled: bool | None = None, actor: Principal
) -> QuerySet[User]:
    """All accounts, each with `session_count` and `last_seen_at`; administrators only."""
    if not actor.is_admin:
        raise PermissionDenied("Only administrators see who has an account.")
    theirs = Session.objects.filter(user=OuterRef("pk"))
    holding = theirs.filter(revoked_at=None, expires_at__gt=timezone.now()).order_by().values("user")
    rows = User.objects.annotate(
        session_count=Coalesce(Subquery(holding.annotate(number=Count("pk")).values("number")), 0),
        last_seen_at=Subquery(theirs.order_by("-last_used_at").values("last_used_at")[:1]),
    )
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if role:
        if role not in Role.values:
            message = f"There is no role {role!r}; use one of {', '.join(Role.values)}."
            raise InvalidInput(message, fields={"role": [message]})
        rows = rows.filter(role=role)
    return rows if is_disabled is None else rows.filter(is_active=not is_disabled)


def get_user(*, user_id: str, actor: Principal) -> User:
    """As `list_users` reads it."""
    user = list_users(actor=actor).filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def list_sessions_of(*, user_id: str, search: str = "", actor: Principal) -> QuerySet[Session]:
    """Where somebody is signed in; administrators only."""
    user = get_user(user_id=user_id, actor=actor)
    return _holding(user.pk, search)


def list_open_resets(actor: Principal, search: str = "") -> QuerySet[OneTimeCode]:
    """What waits to be passed on or used; administrators only."""
    if not actor.is_admin:
        raise PermissionDenied("Only administrators see open password resets.")
    rows = OneTimeCode.objects.select_related("user").filter(
        purpose=CodePurpose.PASSWORD_RESET, used_at=None, expires_at__gt=timezone.now()
    )
    return rows.filter(Q(email__icontains=search) | Q(user__name__icontains=search)) if search else rows


def reset_link(code: OneTimeCode) -> str | None:
    """What an administrator passes on; nothing where the person has it by mail."""
    return None if code.is_mailed else link_for(CodePurpose.PASSWORD_RESET, text_of(code))


def signup_mode() -> str:
    """Whether strangers may sign up. The one selector without an actor: the sign-in page shows it."""
    row = SignupSetting.objects.filter(pk=SignupSetting.ONLY).only("mode").first()
    return row.mode if row else str(SignupMode.OPEN)


def get_signup_state(actor: Principal) -> SignupState:
    if not actor.is_admin:
        raise PermissionDenied("Only administrators see who may sign up.")
    row = SignupSetting.objects.filter(pk=SignupSetting.ONLY).first()
    if row is None:
        return SignupState(str(SignupMode.OPEN), None, False)
    return SignupState(row.mode, read_invite_code(row) or None, row.is_auto_regenerated)
