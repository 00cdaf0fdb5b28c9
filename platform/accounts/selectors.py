"""Reading people, sessions and codes, always as somebody."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from social_django.models import UserSocialAuth

from accounts.mail import link_for
from accounts.models import (
    CodePurpose,
    OneTimeCode,
    PersonalToken,
    Session,
    SignupMode,
    SignupSetting,
    User,
    normalise_email,
)
from accounts.services.codes import text_of
from accounts.services.invites import read_invite_code
from core.errors import NotFound, PermissionDenied
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
    rows = Session.objects.filter(user_id=actor.id, revoked_at=None, expires_at__gt=timezone.now())
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
