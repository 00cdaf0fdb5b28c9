"""Becoming a user: by signing up, and the very first administrator."""

import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts import mail, passwords, throttle
from accounts.errors import EmailTaken, InvalidInviteCode, SignupIsClosed
from accounts.events import user_registered
from accounts.models import (
    CodePurpose,
    MemberRole,
    Membership,
    Role,
    SignupMode,
    SignupSetting,
    User,
    Workspace,
)
from accounts.principals import principal_of
from accounts.services.codes import issue_code
from accounts.services.invites import new_invite_code, read_invite_code
from accounts.services.sessions import Grant, start_session
from audit.services import record
from core.context import current_request
from core.errors import Conflict
from core.principal import Principal, system_principal


def register(*, email: str, password: str, name: str, invite_code: str = "") -> Grant:
    """Sign up and sign in. Whoever registers is a user, never an administrator."""
    throttle.hit(throttle.REGISTER_BY_ADDRESS, current_request().ip)
    passwords.check_rules(password)
    encoded = make_password(password)  # Slow on purpose, so not while the transaction keeps others waiting.
    with transaction.atomic():
        check_signup(invite_code)
        user = User(email=email, name=name, password=encoded, is_email_verified=not mail.is_mail_configured())
        _insert(user, None)
        if not user.is_email_verified:
            issue_code(user=user, purpose=CodePurpose.EMAIL_VERIFICATION)
        return start_session(user=user, actor=principal_of(user))


def create_user(
    *,
    email: str,
    name: str,
    password: str | None = None,
    role: Role = Role.USER,
    is_email_verified: bool = False,
    actor: Principal | None = None,
) -> User:
    """A person with a personal workspace. Without a password they cannot sign in by one.

    Without an actor it is the person who makes the account.
    """
    user = User(email=email, name=name, role=role, is_email_verified=is_email_verified)
    user.set_password(password)
    _insert(user, actor)
    return user


@transaction.atomic
def _insert(user: User, actor: Principal | None) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken from None
    workspace = Workspace.objects.create(name=user.name, owner=user, personal_of=user)
    Membership.objects.create(workspace=workspace, user=user, role=MemberRole.OWNER)
    user.personal_workspace = workspace
    record(
        action="user.registered",
        object_type="user",
        object_id=user.pk,
        object_name=user.email,
        detail={"role": str(user.role)},
        workspace=workspace.pk,
        actor=actor or principal_of(user),
    )
    user_registered.send(sender=User, user=user)


def ensure_first_admin() -> tuple[User, str | None]:
    """The first administrator, made if there is none; and the password if we invented it, for this once.

    Safe to call from several processes at the same time: one of them makes the account.
    """
    found = _first_admin()
    if found is not None:
        return found, None
    invented = None if settings.ADMIN_PASSWORD else secrets.token_urlsafe(12)
    password = invented or settings.ADMIN_PASSWORD
    passwords.check_rules(password)
    try:
        admin = create_user(
            email=settings.ADMIN_EMAIL,
            name="Administrator",
            password=password,
            role=Role.ADMIN,
            is_email_verified=True,
            actor=system_principal("setup"),
        )
    except EmailTaken:
        found = _first_admin()
        if found is None:
            raise Conflict(
                f"{settings.ADMIN_EMAIL} belongs to somebody who is no administrator: "
                "set another SAILCLOTH_ADMIN_EMAIL."
            ) from None
        return found, None
    return admin, invented


def _first_admin() -> User | None:
    admins = User.objects.select_related("personal_workspace").filter(role=Role.ADMIN, is_active=True)
    return admins.order_by("created_at", "pk").first()


def check_signup(given: str) -> None:
    """Raise unless sign-up is open, or the code is right; a code that is used once only is replaced."""
    setting = SignupSetting.objects.select_for_update().filter(pk=SignupSetting.ONLY).first()
    if setting is None or setting.mode == SignupMode.OPEN:
        return
    if setting.mode == SignupMode.CLOSED:
        raise SignupIsClosed
    code = read_invite_code(setting)
    if not secrets.compare_digest(code.encode(), given.strip().encode("utf-8", "replace")):
        raise InvalidInviteCode(bool(given))
    if setting.is_auto_regenerated:
        new_invite_code(setting)
