"""News by mail, in plain text: one mail as leased work, so that a mail server that is away is asked again."""

from django.conf import settings
from django.core.mail import send_mail

from accounts.models import User
from core.work import services as work
from core.work.types import Lease
from notifications.kinds import Notice
from realtime.types import StreamEvent

WORK_KIND = "notifications.mail"
_ATTEMPTS = 6


def can_mail() -> bool:
    """Without a mail server nothing is sent, and the preferences say so."""
    return bool(settings.EMAIL_HOST)


def enqueue_mail(*, user_id: str, event: StreamEvent, notice: Notice) -> None:
    """Within the transaction that took the event in: one mail for one person and event."""
    work.enqueue(
        kind=WORK_KIND,
        key=f"{event.stream}:{event.cursor}:{user_id}",
        payload={"user_id": user_id, "title": notice.title, "message": notice.message, "url": notice.url},
        workspace=event.workspace,
        max_attempts=_ATTEMPTS,
    )


def send(lease: Lease) -> None:
    """Only to an address that is confirmed, of an account that may sign in. What the server refuses is raised."""
    user = User.objects.filter(pk=lease.payload["user_id"], is_active=True, is_email_verified=True).first()
    if user is None or not can_mail():
        return
    # A name may hold a line break, a subject may not.
    title = " ".join(str(lease.payload["title"]).split())
    lines = [f"{title}.", str(lease.payload["message"]), f"{settings.PUBLIC_URL}{lease.payload['url']}"]
    footer = f"What you are told: {settings.PUBLIC_URL}/settings/notifications"
    work.check(lease)
    send_mail(title, "\n\n".join([line for line in lines if line] + [f"-- \n{footer}\n"]), None, [user.email])
