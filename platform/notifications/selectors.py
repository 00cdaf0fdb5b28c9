"""Reading notifications and preferences: everyone their own, nobody another's."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from core.principal import Principal
from notifications.errors import NotificationNotFound, WebhookNotFound
from notifications.kinds import BAD, Kind
from notifications.models import Notification, Preference, Webhook


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to be told of one kind."""

    kind: Kind
    is_in_app: bool
    is_by_email: bool


def by_default(kind: Kind) -> Wish:
    """All in the product; by mail only what went wrong."""
    return Wish(kind, True, kind in BAD)


def list_notifications(
    *, is_unread: bool = False, kind: str = "", search: str = "", actor: Principal
) -> QuerySet[Notification]:
    """`kind` is a whole one or the part before the dot."""
    rows = Notification.objects.filter(user_id=actor.id)
    if is_unread:
        rows = rows.filter(read_at=None)
    if kind:
        rows = rows.filter(Q(kind=kind) | Q(kind__startswith=f"{kind}."))
    return rows.filter(Q(title__icontains=search) | Q(message__icontains=search)) if search else rows


def get_notification(*, notification_id: str, actor: Principal) -> Notification:
    row = list_notifications(actor=actor).filter(pk=notification_id).first()
    if row is None:
        raise NotificationNotFound
    return row


def count_unread(*, actor: Principal) -> int:
    return list_notifications(is_unread=True, actor=actor).count()


def list_wishes(*, actor: Principal) -> list[Wish]:
    """One for each kind, in the order of the kinds."""
    found = wishes_of([actor.id])
    return [found[actor.id, kind] for kind in Kind]


def wishes_of(users: Collection[str]) -> dict[tuple[str, Kind], Wish]:
    """By person and kind, those never set included; in one query."""
    found = {(user, kind): by_default(kind) for user in users for kind in Kind}
    for row in Preference.objects.filter(user_id__in=users, kind__in=list(Kind)):
        kind = Kind(row.kind)
        found[row.user_id, kind] = Wish(kind, row.is_in_app, row.is_by_email)
    return found


def list_webhooks(*, actor: Principal) -> QuerySet[Webhook]:
    return Webhook.objects.filter(user_id=actor.id)


def get_webhook(*, webhook_id: str, actor: Principal) -> Webhook:
    row = list_webhooks(actor=actor).filter(pk=webhook_id).first()
    if row is None:
        raise WebhookNotFound
    return row


def get_user(actor: Principal) -> User:
    """Whose address mail would go to."""
    return User.objects.get(pk=actor.id)
