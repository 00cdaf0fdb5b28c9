"""Writing what was seen of a cluster: in batches, by its leader alone, and told to whoever watches a resource."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from django.utils import timezone

from clusters.resources import events
from clusters.resources.known import COLUMNS, Book, Known, key_of, known_as, values_of
from clusters.resources.models import Resource, ResourceMirror
from clusters.resources.projection import Row, digest_of
from core.ids import new_id
from core.work import services as work
from core.work.types import Lease
from plugins.sdk.objects import ObjectKey
from realtime.services import publish_many
from realtime.types import NewEvent

T = TypeVar("T")
BATCH = 500
# Of what is gone that long, and that nobody marked, nothing is kept.
KEPT = timedelta(days=7)
_PRUNED_AT_ONCE = 2000
UNREACHABLE = "ClusterUnreachable"


class State(msgspec.Struct, frozen=True):
    """What the row of the mirror says besides when. `is_whole`: everything that may be seen was seen."""

    is_whole: bool = False
    trouble: str = ""
    blind: dict[str, list[str]] = msgspec.field(default_factory=dict)
    notes: tuple[str, ...] = ()


def write(*, lease: Lease, book: Book, rows: Iterable[Row], gone: Iterable[ObjectKey]) -> int:
    """Bring the database to what was seen; how much was different. `book` follows batch by batch."""
    changed = list(_differing(book, rows))
    left = [key for key in dict.fromkeys(gone) if key in book.rows and not book.rows[key].is_deleted]
    for batch in _batches(changed):
        _write_rows(lease, book, batch)
    for keys in _batches(left):
        _write_gone(lease, book, keys)
    return len(changed) + len(left)


def _batches(found: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]


def _differing(book: Book, rows: Iterable[Row]) -> Iterator[tuple[Row, Known | None]]:
    for row in rows:
        known = book.rows.get(key_of(row))
        if known is None or known.is_deleted or known.digest != digest_of(row):
            yield row, known


def _write_rows(lease: Lease, book: Book, batch: Sequence[tuple[Row, Known | None]]) -> None:
    now = timezone.now()
    written = [(known.id if known else new_id(), row, known) for row, known in batch]
    models = [Resource(id=pk, cluster_id=lease.key, updated_at=now, **values_of(row)) for pk, row, _ in written]
    with work.fenced(lease):
        Resource.objects.bulk_create(
            models,
            update_conflicts=True,
            unique_fields=["cluster", "group", "kind", "namespace", "name"],
            update_fields=[name for name in COLUMNS if name not in _PLACE] + ["updated_at", "deleted_at"],
        )
        publish_many(
            events.changed(pk, book.workspace, row.shown)
            for pk, row, known in written
            if known is not None and (known.is_deleted or known.shown != hash(row.shown))
        )
    for pk, row, _ in written:
        book.rows[key_of(row)] = known_as(pk, row)


_PLACE = frozenset({"group", "kind", "namespace", "name"})


def _write_gone(lease: Lease, book: Book, keys: Sequence[ObjectKey]) -> None:
    now = timezone.now()
    ids = [book.rows[key].id for key in keys]
    with work.fenced(lease):
        Resource.objects.filter(pk__in=ids, deleted_at=None).update(deleted_at=now, updated_at=now)
        publish_many(events.deleted(pk, book.workspace) for pk in ids)
    for key in keys:
        book.rows[key].is_deleted = True


def tell_events(*, lease: Lease, told: Sequence[NewEvent]) -> None:
    """What happened to resources, for whoever watches them."""
    with work.fenced(lease):
        publish_many(told)


def note_state(*, lease: Lease, state: State) -> None:
    """How far the mirror is. When a cluster is lost or comes back, whoever has something of it open is told."""
    now = timezone.now()
    values: dict[str, Any] = {"trouble": state.trouble, "blind": state.blind, "notes": list(state.notes)}
    if state.is_whole and not state.trouble:
        values["seen_at"] = now
    with work.fenced(lease):
        before = ResourceMirror.objects.filter(pk=lease.key).values_list("trouble", flat=True).first()
        ResourceMirror.objects.update_or_create(pk=lease.key, defaults=values)
        if bool(before) != bool(state.trouble):
            publish_many(_all_watched(lease.key, state.trouble))


def _all_watched(cluster_id: str, trouble: str) -> list[NewEvent]:
    rows = Resource.objects.filter(cluster_id=cluster_id, deleted_at=None, watched_until__gt=timezone.now())
    found = rows.select_related("cluster").only(
        "status", "health", "reason", "summary", "cluster__workspace_id", "cluster_id"
    )
    return [
        events.changed(
            row.pk,
            row.cluster.workspace_id,
            (row.status, "unknown", UNREACHABLE, trouble)
            if trouble
            else (row.status, row.health, row.reason, row.summary),
        )
        for row in found
    ]


def prune(*, lease: Lease) -> int:
    """Forget what is long gone."""
    old = Resource.objects.filter(cluster_id=lease.key, deleted_at__lt=timezone.now() - KEPT, marks=None)
    with work.fenced(lease):
        ids = list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE])
        return Resource.objects.filter(pk__in=ids).delete()[0]
