"""From the outbox to people: reads on in each workspace's stream and tells whoever wants to know.

Apps publish and know nothing of this one. What is told is written in the transaction that moves the position, so that
each event is told once, however many processes read and whenever they die.
"""

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.services import principal_of
from core.errors import AppError
from notifications.kinds import Notice, notice_of
from notifications.mail import can_mail, enqueue_mail
from notifications.models import Notification, ReadPosition
from notifications.selectors import wishes_of
from notifications.webhooks import enqueue_deliveries
from realtime import selectors as outbox
from realtime.models import Stream
from realtime.types import StreamEvent
from workflows.selectors import get_workflow

_PREFIX = "workspace:"
_STREAMS_AT_ONCE = 500
_EVENTS_AT_ONCE = 200


def take_in() -> int:
    """Read on in every stream that has grown; how many notifications came of it. Can be done twice without harm."""
    return sum(_read_on(stream) for stream in _grown())


def _grown() -> list[str]:
    seen = ReadPosition.objects.filter(stream=OuterRef("name")).values("cursor")[:1]
    rows = Stream.objects.filter(name__startswith=_PREFIX).annotate(seen=Coalesce(Subquery(seen), 0))
    return list(rows.filter(cursor__gt=F("seen")).order_by("name").values_list("name", flat=True)[:_STREAMS_AT_ONCE])


def _read_on(stream: str) -> int:
    ReadPosition.objects.get_or_create(stream=stream)
    told = 0
    while True:
        with transaction.atomic():
            # On SQLite the transaction itself excludes every other writer.
            position = ReadPosition.objects.select_for_update().get(pk=stream)
            events = outbox.read(stream=stream, after=position.cursor, limit=_EVENTS_AT_ONCE)
            told += _tell(events)
            # Where nothing is left to read, what came before was forgotten: it is passed over.
            position.cursor = events[-1].cursor if events else outbox.head(stream)
            position.save(update_fields=["cursor"])
        if len(events) < _EVENTS_AT_ONCE:
            return told


def _tell(events: list[StreamEvent]) -> int:
    news = [(event, notice) for event in events if (notice := notice_of(event.type, event.payload))]
    if not news:
        return 0
    rows = []
    for event, notice in news:
        for people, told in _concerned(event, notice):
            wishes = wishes_of(people)
            rows += [_row(user, event, told) for user in people if wishes[user, told.kind].is_in_app]
            enqueue_deliveries(people=people, event=event, notice=told)
            for user in people:
                if can_mail() and wishes[user, told.kind].is_by_email:
                    enqueue_mail(user_id=user, event=event, notice=told)
    Notification.objects.bulk_create(rows)
    return len(rows)


def _concerned(event: StreamEvent, notice: Notice) -> list[tuple[list[str], Notice]]:
    """Who is told what: the members of the workspace, and whoever began it, where they work in another one and it is
    still shared with them."""
    active = User.objects.filter(is_active=True).order_by("pk")
    members = list(active.filter(memberships__workspace_id=event.workspace).distinct().values_list("pk", flat=True))
    told = [(members, notice.for_member())]
    starter = active.filter(email=notice.starter).exclude(pk__in=members).first() if notice.starter else None
    if starter is not None and _may_still_see(starter, event):
        told.append(([starter.pk], notice))
    return told


def _may_still_see(user: User, event: StreamEvent) -> bool:
    """Of a run its workflow; nothing else is begun by somebody from elsewhere."""
    try:
        get_workflow(workflow_id=str(event.payload.get("workflow_id") or ""), actor=principal_of(user))
    except AppError:
        return False
    return True


def _row(user: str, event: StreamEvent, notice: Notice) -> Notification:
    return Notification(
        user_id=user,
        workspace_id=event.workspace,
        kind=notice.kind,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
        title=notice.title,
        message=notice.message,
        url=notice.url,
        created_at=event.created_at or timezone.now(),
    )
