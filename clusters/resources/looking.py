"""That somebody looks at resources: as long as they do, the mirror keeps them true."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from clusters.live.interests import WANTED
from clusters.models import Resource, ResourceMirror
from clusters.resources.selectors import Seen, see_clusters
from core.principal import Principal
from realtime import wakeups

# A look is noted at most that often; the mirror goes on for ten minutes after it.
_NOTED_EVERY = timedelta(minutes=1)
# Whoever has a stream open says so again at least each half minute.
_WATCHED_FOR = timedelta(seconds=75)
_MOST_NAMESPACES = 20


def note_look(*, clusters: Iterable[Seen], namespaces: Iterable[str] = (), actor: Principal) -> None:
    """Costs nothing for those of which it was noted in the last minute."""
    now = timezone.now()
    asked = [name for name in namespaces if name]
    stale = [each for each in clusters if _is_stale(each, asked)]
    if not stale:
        return
    with transaction.atomic():
        for each in stale:
            names = [name for name in asked if each.rights.namespaces is None or name in each.rights.namespaces]
            known = each.mirror.namespaces if each.mirror is not None else []
            kept = list(dict.fromkeys([*names, *known]))[:_MOST_NAMESPACES]
            ResourceMirror.objects.update_or_create(pk=each.id, defaults={"looked_at": now, "namespaces": kept})
        transaction.on_commit(_wake)


def sync_resources(*, cluster: str = "", actor: Principal) -> list[Seen]:
    """Have the mirror of one cluster, or of all that the actor may look at, go over everything now."""
    clusters = see_clusters(name_or_id=cluster, actor=actor)
    now = timezone.now()
    with transaction.atomic():
        for each in clusters.values():
            ResourceMirror.objects.update_or_create(pk=each.id, defaults={"looked_at": now, "asked_at": now})
        transaction.on_commit(_wake)
    return list(clusters.values())


def note_watching(*, resource_id: str, seen: Seen, actor: Principal) -> None:
    """Somebody has it open."""
    now = timezone.now()
    rows = Resource.objects.filter(pk=resource_id)
    is_news = not rows.filter(watched_until__gt=now).exists()
    rows.update(watched_until=now + _WATCHED_FOR)
    if is_news:
        _wake()
    note_look(clusters=[seen], actor=actor)


def _is_stale(seen: Seen, asked: list[str]) -> bool:
    mirror = seen.mirror
    if mirror is None or mirror.looked_at is None or mirror.looked_at < timezone.now() - _NOTED_EVERY:
        return True
    allowed = seen.rights.namespaces
    missing = [name for name in asked if name not in mirror.namespaces and (allowed is None or name in allowed)]
    return bool(missing) and bool(mirror.blind) and len(mirror.namespaces) < _MOST_NAMESPACES


def _wake() -> None:
    wakeups.notify((WANTED,))
