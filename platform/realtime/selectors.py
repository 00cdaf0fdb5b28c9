"""Reading the outbox by position. Each reader keeps its own; who may read a stream is for its owner to
say."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from realtime.models import Event, Stream
from realtime.types import StreamEvent, StreamPosition

DEFAULT_LIMIT = 200
_STREAMS_PER_READ = 100
_NAMES_PER_QUERY = 900  # SQLite takes no more than 999 parameters in older builds.


def read(*, stream: str, after: int, limit: int = DEFAULT_LIMIT) -> list[StreamEvent]:
    """The events that follow the cursor `after`, in order and without a gap."""
    rows = Event.objects.filter(stream_id=stream, cursor__gt=after).order_by("cursor")[:limit]
    return [_event(row) for row in rows]


def read_many(positions: Mapping[str, int], *, limit: int) -> tuple[list[StreamEvent], set[str]]:
    """The events that follow in many streams, ordered by stream and cursor, with one query for 100 streams.

    Also the streams that may have more than was read.
    """
    found: list[StreamEvent] = []
    cut: set[str] = set()
    names = sorted(positions)
    for start in range(0, len(names), _STREAMS_PER_READ):
        some = names[start : start + _STREAMS_PER_READ]
        wanted = reduce(or_, (Q(stream_id=name, cursor__gt=positions[name]) for name in some))
        rows = list(Event.objects.filter(wanted).order_by("stream_id", "cursor")[:limit])
        found.extend(_event(row) for row in rows)
        if len(rows) == limit:
            cut.update(some)
    return found, cut


def head(stream: str) -> int:
    """The last cursor given out; 0 for a stream that has none yet."""
    return Stream.objects.filter(pk=stream).values_list("cursor", flat=True).first() or 0


def heads(streams: Sequence[str]) -> dict[str, int]:
    """The heads of many streams in one query (per 900); those without events are left out."""
    found: dict[str, int] = {}
    for start in range(0, len(streams), _NAMES_PER_QUERY):
        names = streams[start : start + _NAMES_PER_QUERY]
        found.update(Stream.objects.filter(pk__in=names).values_list("pk", "cursor"))
    return found


def position(stream: str) -> StreamPosition:
    """From where to where a stream can be read."""
    row = Stream.objects.filter(pk=stream).first()
    return StreamPosition(row.pruned_to, row.cursor) if row else StreamPosition(0, 0)


def oldest(stream: str) -> int | None:
    """The first cursor that can still be read; None when there is none."""
    where = position(stream)
    return where.pruned_to + 1 if where.head > where.pruned_to else None


def _event(row: Event) -> StreamEvent:
    return StreamEvent(
        stream=row.stream_id,
        cursor=row.cursor,
        type=row.type,
        workspace=row.workspace_id,
        subject=row.subject,
        payload=row.payload,
        created_at=row.created_at,
    )
