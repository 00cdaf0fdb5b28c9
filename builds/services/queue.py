"""Who builds next. A build has work only once it was given one of its engine's places."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from builds import events
from builds.configuration import places
from builds.models import Build, BuildQueue
from builds.states import UNFINISHED, BuildStatus
from builds.turns import Waiting, choose
from core.work import services as work

WORK_KIND = "builds.build"
MAX_ATTEMPTS = 3
_LOOKED_AT = 1000
# Longer ago, a turn says nothing about who was served.
_TURNS_COUNT_FOR = timedelta(hours=1)


@transaction.atomic
def admit_builds(*, engine: str) -> int:
    """Give out the free places of `engine`; how many builds begin. Whatever changes the queue calls it."""
    BuildQueue.objects.get_or_create(engine=engine)
    BuildQueue.objects.select_for_update().get(engine=engine)
    unfinished = Build.objects.filter(engine=engine, status__in=UNFINISHED)
    waiting = unfinished.filter(admitted_at=None, cancel_requested_at=None).order_by("created_at", "pk")
    queue = [Waiting(pk, user) for pk, user in waiting.values_list("pk", "workspace_id")[:_LOOKED_AT]]
    if not queue:
        return 0
    counted = unfinished.exclude(admitted_at=None).order_by().values("workspace_id").annotate(number=Count("pk"))
    running = {row["workspace_id"]: row["number"] for row in counted}
    now = timezone.now()
    served = Build.objects.filter(engine=engine, admitted_at__gt=now - _TURNS_COUNT_FOR).order_by()
    turns = served.values("workspace_id").annotate(last=Max("admitted_at"))
    last_turn = {row["workspace_id"]: row["last"].timestamp() for row in turns}
    most, per_user = places()
    chosen = choose(queue, running, last_turn, places=most, per_user=per_user)
    by_id = Build.objects.in_bulk(chosen)
    for number, pk in enumerate(chosen):
        # A microsecond apart, so that the order among them stays known.
        _admit(by_id[pk], now + timedelta(microseconds=number))
    return len(chosen)


def _admit(build: Build, now: datetime) -> None:
    Build.objects.filter(pk=build.pk, status=BuildStatus.QUEUED).update(admitted_at=now, updated_at=now)
    work.enqueue(kind=WORK_KIND, key=build.pk, payload={}, workspace=build.workspace_id, max_attempts=MAX_ATTEMPTS)
    build.admitted_at = build.updated_at = now
    events.publish(build, events.STARTED)


def wake_queues() -> int:
    """The sweep: places that came free while nobody looked."""
    waiting = Build.objects.filter(status=BuildStatus.QUEUED, admitted_at=None)
    engines = waiting.order_by().values_list("engine", flat=True).distinct()
    return sum(admit_builds(engine=engine) for engine in engines)
