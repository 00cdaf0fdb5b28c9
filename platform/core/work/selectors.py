"""Finding work. For the sweep and for metrics; what a person may see of it is the business of its subject."""

from collections.abc import Iterable, Sequence

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core.work.models import UNFINISHED, Work, WorkState
from core.work.types import Claimable


def claimable_rows(kinds: Sequence[str]) -> QuerySet[Work]:
    """Queued work whose time has come, and leased work whose holder fell silent."""
    return Work.objects.filter(kind__in=kinds).filter(
        Q(state=WorkState.QUEUED, not_before__lte=Now()) | Q(state=WorkState.LEASED, lease_until__lte=Now())
    )


def claimable(kinds: Iterable[str], *, limit: int = 100) -> list[Claimable]:
    """What a worker could take now, the longest waiting first."""
    rows = claimable_rows(sorted(set(kinds))).order_by("not_before", "pk")[:limit]
    return [Claimable(row.pk, row.kind, row.key) for row in rows.only("pk", "kind", "key")]


def expired(kinds: Iterable[str], *, limit: int = 100) -> list[Claimable]:
    """What was under way when its worker fell silent."""
    rows = Work.objects.filter(kind__in=sorted(set(kinds)), state=WorkState.LEASED, lease_until__lte=Now())
    return [
        Claimable(row.pk, row.kind, row.key) for row in rows.order_by("lease_until").only("pk", "kind", "key")[:limit]
    ]


def unfinished(*, kind: str, key: str) -> Work | None:
    """The one unfinished work of a subject."""
    return Work.objects.filter(kind=kind, key=key, state__in=UNFINISHED).first()


def count_by_kind_and_state() -> dict[tuple[str, str], int]:
    """How much is waiting and under way, for the metrics."""
    rows = Work.objects.filter(state__in=UNFINISHED).order_by().values("kind", "state").annotate(number=Count("pk"))
    return {(row["kind"], row["state"]): row["number"] for row in rows}


def longest_wait() -> float:
    """Seconds since the longest waiting work could have been taken; 0 when nothing waits."""
    row = Work.objects.filter(state=WorkState.QUEUED, not_before__lte=Now()).order_by("not_before").first()
    return max((timezone.now() - row.not_before).total_seconds(), 0.0) if row else 0.0
