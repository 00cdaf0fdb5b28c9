"""One-time links: made, sent, and redeemed once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import mail
from accounts.errors import InvalidCode
from accounts.models import CodePurpose, OneTimeCode, User
from core import jobs
from core.ids import new_id
from vault.services import decrypt_text, encrypt_text

SEND_JOB = "accounts.send_code"
LIFETIMES = {
    CodePurpose.PASSWORD_RESET: timedelta(hours=1),
    CodePurpose.EMAIL_VERIFICATION: timedelta(days=7),
}
_SEAL = "accounts.one-time-code"


@transaction.atomic
def issue_code(*, user: User, purpose: CodePurpose) -> OneTimeCode:
    """A new link for `user`, mailed after the commit if there is a mail server. Earlier ones end."""
    now, ident, text = timezone.now(), new_id(), secrets.token_urlsafe(32)
    end_codes(user=user, purpose=purpose)
    is_mailed = mail.is_mail_configured()
    code = OneTimeCode.objects.create(
        id=ident,
        user=user,
        purpose=purpose,
        email=user.email,
        digest=_digest(text),
        sealed=encrypt_text(text, purpose=_SEAL, row=ident),
        is_mailed=is_mailed,
        expires_at=now + LIFETIMES[purpose],
    )
    if is_mailed:
        jobs.wake(SEND_JOB, ident)
    return code


def send_code(*, code_id: str) -> None:
    """Mail the link, unless it has been used or is too old."""
    code = OneTimeCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=timezone.now()).first()
    if code is not None:
        mail.send_link(CodePurpose(code.purpose), email=code.email, code=text_of(code))


def redeem_code(*, text: str, purpose: CodePurpose) -> OneTimeCode:
    """The code's row, used from now on; only within the transaction of what it allows."""
    now = timezone.now()
    codes = OneTimeCode.objects.filter(digest=_digest(text), purpose=purpose)
    # One statement: of two who come at the same time, one wins.
    if not codes.filter(used_at=None, expires_at__gt=now, user__is_active=True).update(used_at=now):
        raise InvalidCode
    code = codes.select_related("user__personal_workspace").get()
    if code.email != code.user.email:  # The address has changed since.
        raise InvalidCode
    return code


def end_codes(*, user: User, purpose: CodePurpose | None = None) -> None:
    """Unused links of `user` stop working."""
    codes = OneTimeCode.objects.filter(user=user, used_at=None)
    if purpose is not None:
        codes = codes.filter(purpose=purpose)
    codes.update(used_at=timezone.now())


def text_of(code: OneTimeCode) -> str:
    """The code itself, for whoever passes it on."""
    return decrypt_text(code.sealed, purpose=_SEAL, row=code.pk)


def prune_codes(*, older_than: timedelta) -> int:
    """Forget links that ended that long ago."""
    limit: datetime = timezone.now() - older_than
    deleted, _ = OneTimeCode.objects.filter(expires_at__lt=limit).delete()
    return deleted


def _digest(text: str) -> str:
    """A code is 256 random bits: a plain hash of it can neither be guessed nor reversed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
