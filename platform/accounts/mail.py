"""The mails that accounts send, in plain text, and whether there is anything to send them with."""

from django.conf import settings
from django.core.mail import send_mail

from accounts.models import CodePurpose

_PATHS = {CodePurpose.PASSWORD_RESET: "reset-password", CodePurpose.EMAIL_VERIFICATION: "verify-email"}
_SUBJECTS = {
    CodePurpose.PASSWORD_RESET: "Choose a new password for Sailcloth",
    CodePurpose.EMAIL_VERIFICATION: "Confirm your e-mail address for Sailcloth",
}
_BODIES = {
    CodePurpose.PASSWORD_RESET: "Somebody, probably you, asked for a new password for {email}.\n\n"
    "Choose one here within an hour:\n\n{link}\n\nIf it was not you, do nothing: your password stays as it is.\n",
    CodePurpose.EMAIL_VERIFICATION: "Please confirm that {email} is your address:\n\n{link}\n\n"
    "If you have no account at Sailcloth, do nothing.\n",
}


def is_mail_configured() -> bool:
    """Without a server nothing is sent: an administrator passes reset links on, addresses count as
    confirmed.
    """
    return bool(settings.EMAIL_HOST)


def link_for(purpose: CodePurpose, code: str) -> str:
    """The code is in the fragment, which browsers keep to themselves: no log, no Referer header has it."""
    return f"{settings.PUBLIC_URL}/{_PATHS[purpose]}#code={code}"


def send_link(purpose: CodePurpose, *, email: str, code: str) -> None:
    """Raises what the mail server's refusal raises; the task that calls this is tried again."""
    body = _BODIES[purpose].format(email=email, link=link_for(purpose, code))
    send_mail(_SUBJECTS[purpose], body, None, [email])
