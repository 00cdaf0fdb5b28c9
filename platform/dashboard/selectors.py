"""What somebody's start page tells, and what they find: read across the apps, each in a fixed number of queries."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from builds.selectors import visible_builds
from clusters.selectors import visible_clusters
from core import search
from core.errors import InvalidInput
from core.principal import Principal
from core.search import Hit
from workflows.runs.selectors import visible_runs
from workflows.selectors import list_workflows

MAX_QUERY = 200
# Runs of so long tell how things go now.
WINDOW = timedelta(days=30)
_BUILD_STATES = ("succeeded", "failed", "cancelled")
_CLUSTER_STATES = ("connected", "disconnected", "unauthorized", "pending", "unknown")
_ENDED_BADLY = ("failed", "rolled_back")


def recent_workflows(*, limit: int, actor: Principal) -> QuerySet[Any]:
    """Those that were changed last, without their graphs."""
    return list_workflows(with_graph=False, actor=actor).order_by("-updated_at", "-pk")[:limit]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts by state; `median_seconds` of the runs that succeeded, None where there is none."""

    workflows: dict[str, int]
    runs: dict[str, Any]
    clusters: dict[str, int]
    builds: dict[str, int]


def stats(*, actor: Principal) -> Stats:
    runs = visible_runs(actor).filter(created_at__gt=timezone.now() - WINDOW)
    counted = runs.aggregate(
        total=Count("pk"),
        succeeded=Count("pk", filter=Q(status="succeeded")),
        failed=Count("pk", filter=Q(status__in=_ENDED_BADLY)),
        cancelled=Count("pk", filter=Q(status="cancelled")),
    )
    ended = counted["succeeded"] + counted["failed"]
    return Stats(
        workflows=_by_state(list_workflows(with_graph=False, actor=actor), ("draft", "published", "archived")),
        runs={
            **counted,
            "running": counted["total"] - ended - counted["cancelled"],
            "success_rate": counted["succeeded"] / ended if ended else None,
            "median_seconds": _median(runs, counted["succeeded"]),
        },
        clusters=_by_state(
            visible_clusters(actor), ("connected", "disconnected", "unauthorized", "pending", "unknown")
        ),
        builds=_by_state(visible_builds(actor), _BUILD_STATES),
    )


def _by_state(rows: QuerySet[Any], states: tuple[str, ...]) -> dict[str, int]:
    found = rows.order_by().aggregate(
        total=Count("pk"), **{f"{state}_": Count("pk", filter=Q(status=state)) for state in states}
    )
    return {"total": found["total"], **{state: found[f"{state}_"] for state in states}}


def _median(runs: QuerySet[Any], count: int) -> float | None:
    """The middle one by an offset, which both databases know."""
    if not count:
        return None
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    rows = runs.filter(status="succeeded", started_at__isnull=False, finished_at__isnull=False)
    middle = rows.annotate(took=took).order_by("took").values_list("took", flat=True)
    found = middle[(count - 1) // 2 : (count - 1) // 2 + 1]
    return next((round(each.total_seconds(), 1) for each in found), None)


def find(*, text: str, types: tuple[str, ...], limit: int, actor: Principal) -> tuple[list[Hit], int]:
    """The best of all sources, and how many there are. Where nothing fits, what was probably meant.

    `types` are those of the results, `workflow`, or many of them, `workflows`.
    """
    sources = search.sources()
    types = tuple(dict.fromkeys(name if name in sources else name.removesuffix("s") for name in types))
    for name in types:
        if name not in sources:
            message = f"There is no type {name!r}; use some of {', '.join(sources)}."
            raise InvalidInput(message, fields={"types": [message]})
    words = text.replace("\x00", " ").strip()
    if len(words) > MAX_QUERY:
        message = f"Search for at most {MAX_QUERY} characters."
        raise InvalidInput(message, fields={"q": [message]})
    if not words:
        return [], 0
    asked = types or tuple(sources)
    hits, total = _ask(asked, words, limit, actor, close=False)
    return (hits, total) if hits else _ask(asked, words, limit, actor, close=True)


def _ask(types: tuple[str, ...], text: str, limit: int, actor: Principal, *, close: bool) -> tuple[list[Hit], int]:
    hits: list[Hit] = []
    total = 0
    for name in types:
        found, count = search.sources()[name](text, limit, actor, close)
        hits += found
        total += count
    hits.sort(key=lambda hit: (-hit.score, len(hit.title), hit.title.casefold(), hit.id))
    return hits[:limit], total
