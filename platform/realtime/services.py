"""Publishing: an event is written in the transaction of the change it tells of.

A plain serial id would skip events: commits do not happen in the order of ids, and a reader that has seen 8
would never look for the 7 that commits after it. So the cursor is allotted under the stream's row lock, which
is held until the commit: whoever sees a cursor sees all smaller ones.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from realtime import selectors, wakeups
from realtime.models import Event, Stream
from realtime.types import NewEvent

T = TypeVar("T")
_SNAPSHOT_TRIES = 3


def publish(*, stream: str, type: str, workspace: str, subject: str, payload: Any) -> int:
    """Write one event and return its cursor. Publish last in a transaction: other writers of the stream wait
    for it."""
    return publish_many([NewEvent(stream, type, workspace, subject, payload)])[0]


def publish_many(events: Iterable[NewEvent]) -> list[int]:
    """Write events to any streams and return their cursors in the order given.

    Streams are locked in the order of their names, so that two transactions that publish to the same ones in
    a single call each cannot wait for each other.
    """
    wanted = list(events)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "publish() belongs in the transaction of the change it tells of: use transaction.atomic()."
        )
    by_stream: defaultdict[str, list[int]] = defaultdict(list)
    for index, event in enumerate(wanted):
        by_stream[event.stream].append(index)
    cursors = [0] * len(wanted)
    for name in sorted(by_stream):
        indexes = by_stream[name]
        first = _allot(name, len(indexes)) - len(indexes) + 1
        for offset, index in enumerate(indexes):
            cursors[index] = first + offset
    now = timezone.now()
    Event.objects.bulk_create(
        [
            Event(
                stream_id=event.stream,
                cursor=cursor,
                type=event.type,
                workspace_id=event.workspace,
                subject=event.subject,
                payload=event.payload,
                created_at=now,
            )
            for event, cursor in zip(wanted, cursors, strict=True)
        ]
    )
    if by_stream:
        names = tuple(by_stream)
        transaction.on_commit(lambda: wakeups.notify(names), robust=True)
    return cursors


def _allot(stream: str, number: int) -> int:
    """The last of `number` new cursors. One statement makes the row or locks it: no race, and no second round
    trip."""
    table = connection.ops.quote_name(Stream._meta.db_table)
    statement = (
        f"INSERT INTO {table} (name, cursor, pruned_to) VALUES (%s, %s, 0) "  # noqa: S608 - our own table's name
        f"ON CONFLICT (name) DO UPDATE SET cursor = {table}.cursor + excluded.cursor RETURNING cursor"
    )
    with connection.cursor() as database:
        database.execute(statement, [stream, number])
        return int(database.fetchone()[0])


def snapshot_at(stream: str, read: Callable[[], T]) -> tuple[T, int]:
    """What `read` returns, and the cursor up to which it holds exactly: no event after it is in it, none
    before is missing.

    A state that was read while nothing was committed to the stream fits the cursor of before. On a stream
    that never rests, the last try locks the stream's row: its writers hold that until they commit.
    """
    for _ in range(_SNAPSHOT_TRIES):
        before = selectors.head(stream)
        state = read()
        if selectors.head(stream) == before:
            return state, before
    with transaction.atomic():
        row = Stream.objects.select_for_update().get(pk=stream)
        return read(), row.cursor


def prune(*, older_than: timedelta) -> int:
    """Forget old events, remembering per stream up to where; who comes with an older cursor gets a
    snapshot."""
    limit = timezone.now() - older_than
    old = Event.objects.filter(created_at__lt=limit)
    last = dict(old.order_by().values("stream_id").annotate(last=Max("cursor")).values_list("stream_id", "last"))
    deleted = 0
    for name in sorted(last):
        with transaction.atomic():
            # pruned_to first and in the same transaction: no reader finds events gone that count as there.
            Stream.objects.filter(pk=name, pruned_to__lt=last[name]).update(pruned_to=last[name])
            deleted += Event.objects.filter(stream_id=name, cursor__lte=last[name]).delete()[0]
    return deleted
