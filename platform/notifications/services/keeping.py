"""What becomes of notifications: read, unread, forgotten. One's own bookkeeping: no act for the audit record."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.principal import Principal
from notifications.models import Notification
from notifications.selectors import get_notification, list_notifications

KEPT = timedelta(days=90)


@transaction.atomic
def mark(*, notification_id: str, is_read: bool, actor: Principal) -> Notification:
    """Read, or unread again. When it was first read stays."""
    row = get_notification(notification_id=notification_id, actor=actor)
    if is_read != (row.read_at is not None):
        row.read_at = timezone.now() if is_read else None
        row.save(update_fields=["read_at"])
    return row


@transaction.atomic
def mark_all_read(*, up_to: str | None = None, actor: Principal) -> int:
    """All of the actor's, or those up to one of them: what came while they looked at the list stays unread."""
    rows = list_notifications(is_unread=True, actor=actor)
    if up_to:
        last = get_notification(notification_id=up_to, actor=actor)
        rows = rows.filter(created_at__lte=last.created_at)
    return rows.update(read_at=timezone.now())


def forget_old() -> int:
    """Forget what was told that long ago; the sweep calls it."""
    return Notification.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
