"""What people change about themselves: profile, password, address."""

from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts import mail, passwords, throttle
from accounts.errors import EmailTaken, WrongPassword
from accounts.events import email_verified
from accounts.models import CodePurpose, User, normalise_email
from accounts.principals import principal_of
from accounts.services.codes import end_codes, issue_code, redeem_code
from accounts.services.personal_tokens import revoke_tokens
from accounts.services.sessions import end_sessions
from audit.services import record
from core.context import current_request
from core.principal import Principal, system_principal


@transaction.atomic
def update_profile(
    *,
    name: str | None = None,
    avatar_url: str | None = None,
    email: str | None = None,
    current_password: str = "",
    check: Callable[[User], None] = lambda user: None,
    actor: Principal,
) -> User:
    """Change what is given. `check` may refuse the change, seeing the row as it is under its lock.

    A new address needs the password: whoever gets hold of a token must not get the account with it.
    """
    user = _locked(actor)
    check(user)
    changed = []
    if name is not None and name != user.name:
        user.name = name
        changed.append("name")
    if avatar_url is not None and avatar_url != user.avatar_url:
        user.avatar_url = avatar_url
        changed.append("avatar_url")
    if email is not None and normalise_email(email) != user.email:
        _change_email(user, normalise_email(email), current_password)
        changed.append("email")
    if not changed:
        return user
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise EmailTaken from None
    if "email" in changed:
        end_codes(user=user)
        if not user.is_email_verified:
            issue_code(user=user, purpose=CodePurpose.EMAIL_VERIFICATION)
    _record("user.updated", user, actor, {"changed": changed})
    if "email" in changed and user.is_email_verified:
        email_verified.send(sender=User, user=user)
    return user


def change_password(*, current_password: str, new_password: str, keep_session: str, actor: Principal) -> None:
    """Other sessions end. Guesses count as failed sign-ins do."""
    throttle.hit(throttle.LOGIN_BY_ACCOUNT, actor.name)
    passwords.check_rules(new_password, field="new_password")
    if not passwords.is_right(User.objects.filter(pk=actor.id).first(), current_password):
        raise WrongPassword
    throttle.give_back(throttle.LOGIN_BY_ACCOUNT, actor.name)
    encoded = make_password(new_password)
    with transaction.atomic():
        user = _locked(actor)
        _set_password(user, encoded, keep_session)
        _record("password.changed", user, actor)


def request_password_reset(*, email: str) -> None:
    """Says nothing about who exists. Too many for one account are dropped, too many from one address
    refused.
    """
    account = normalise_email(email)
    throttle.hit(throttle.FORGOT_BY_ADDRESS, current_request().ip)
    if not throttle.allow(throttle.FORGOT_BY_ACCOUNT, account):
        return
    user = User.objects.select_related("personal_workspace").filter(email=account, is_active=True).first()
    if user is None:
        return
    with transaction.atomic():
        issue_code(user=user, purpose=CodePurpose.PASSWORD_RESET)
        # Whoever it was had not signed in.
        _record("password.reset_requested", user, system_principal("anybody", user.personal_workspace.pk))


def reset_password(*, code: str, password: str) -> User:
    """All sessions and tokens end: whoever needed the link may have lost more than the password. A link that came
    by mail also proves the address.
    """
    address = current_request().ip
    throttle.hit(throttle.LOGIN_BY_ADDRESS, address)
    passwords.check_rules(password)
    encoded = make_password(password)  # Slow on purpose, so not while the transaction keeps others waiting.
    with transaction.atomic():
        used = redeem_code(text=code, purpose=CodePurpose.PASSWORD_RESET)
        user, actor = used.user, principal_of(used.user)
        _set_password(user, encoded)
        revoke_tokens(user=user)
        _record("password.reset", user, actor)
        if used.is_mailed:
            _verify(user, actor)
    throttle.give_back(throttle.LOGIN_BY_ADDRESS, address)
    return user


@transaction.atomic
def request_email_verification(*, actor: Principal) -> None:
    """Another mail to confirm the address, or nothing if it is confirmed."""
    user = _locked(actor)
    allowed = throttle.allow(throttle.FORGOT_BY_ACCOUNT, user.email)
    if allowed and not user.is_email_verified and mail.is_mail_configured():
        issue_code(user=user, purpose=CodePurpose.EMAIL_VERIFICATION)


@transaction.atomic
def verify_email(*, code: str) -> User:
    """The address is theirs: the link that went there came back."""
    used = redeem_code(text=code, purpose=CodePurpose.EMAIL_VERIFICATION)
    _verify(used.user, principal_of(used.user))
    return used.user


def _verify(user: User, actor: Principal) -> None:
    if user.is_email_verified:
        return
    user.is_email_verified = True
    user.save(update_fields=["is_email_verified", "updated_at"])
    _record("email.verified", user, actor)
    email_verified.send(sender=User, user=user)


def _change_email(user: User, email: str, current_password: str) -> None:
    throttle.hit(throttle.LOGIN_BY_ACCOUNT, user.email)
    if not passwords.is_right(user, current_password):
        raise WrongPassword
    throttle.give_back(throttle.LOGIN_BY_ACCOUNT, user.email)
    user.email = email
    user.is_email_verified = not mail.is_mail_configured()


def _set_password(user: User, encoded: str, keep_session: str = "") -> None:
    user.password = encoded
    user.save(update_fields=["password", "updated_at"])
    end_sessions(user=user, keep=keep_session)
    end_codes(user=user, purpose=CodePurpose.PASSWORD_RESET)


def _locked(actor: Principal) -> User:
    users = User.objects.select_for_update(of=("self",)).select_related("personal_workspace")
    return users.get(pk=actor.id)


def _record(action: str, user: User, actor: Principal, detail: dict[str, object] | None = None) -> None:
    record(
        action=action,
        object_type="user",
        object_id=user.pk,
        object_name=user.email,
        detail=detail,
        actor=actor,
    )
