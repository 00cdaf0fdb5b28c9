"""Forgetting what is over: builds and their logs, folders on this machine, images that nothing names."""

import asyncio
import shutil

from django.utils import timezone

from builds.configuration import engine_for, engine_names, folder_of, kept
from builds.engines.docker.engine import DockerEngine
from builds.models import Build
from builds.states import FINISHED, UNFINISHED

_AT_ONCE = 200
_DANGLING_AFTER = 24 * 3600.0


def forget_builds() -> int:
    """Those that ended long ago, with their logs and sealed secrets, but for what a webhook builds again. Images stay
    where they were pushed."""
    old = Build.objects.filter(status__in=FINISHED, finished_at__lt=timezone.now() - kept(), hooks=None)
    found = list(old.order_by("finished_at").values_list("pk", flat=True)[:_AT_ONCE])
    return Build.objects.filter(pk__in=found).delete()[0] if found else 0


def forget_folders() -> int:
    """On this machine: of builds that are over or gone; their worker died before it could."""
    place = folder_of("x").parent
    if not place.is_dir():
        return 0
    folders = {path.name: path for path in place.iterdir() if path.is_dir()}
    busy = set(Build.objects.filter(pk__in=folders, status__in=UNFINISHED).values_list("pk", flat=True))
    gone = [path for name, path in folders.items() if name not in busy]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def remove_dangling_images() -> int:
    """Ours only, after a day; how many bytes came free."""
    engines = [engine_for(name) for name in engine_names()]
    return sum(
        asyncio.run(engine.remove_dangling(older_than_seconds=_DANGLING_AFTER))
        for engine in engines
        if isinstance(engine, DockerEngine)
    )
