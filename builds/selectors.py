"""Reading builds, always as somebody: a build is seen by its workspace, and is a 404 for everyone else."""

import asyncio
import re

from django.db.models import Q, QuerySet
from django.utils import timezone

from builds.configuration import engine_for, engine_name, engine_names
from builds.engines.types import Capabilities
from builds.errors import BuildNotFound, HookNotFound, UploadNotFound
from builds.logs.chunks import StreamItem, unpack_items
from builds.models import Build, BuildChunk, BuildDelivery, BuildHook, BuildUpload, GitLogin
from builds.types import Consumer
from core.principal import Principal

_ID = re.compile(r"[A-Za-z0-9-]{1,36}\Z")
# Large, and shown for one build only.
_HEAVY = ("sealed", "dockerfile_text", "given_dockerfile", "journal", "steps", "build_args", "secret_names")
_CHUNKS_PER_READ = 16


def visible_builds(
    actor: Principal, *, search: str = "", status: str = "", workflow: str = "", consumer: Consumer | None = None
) -> QuerySet[Build]:
    """All that `actor` may look at. `workflow` is any part of a consumer's id up to a slash."""
    rows = Build.objects.filter(workspace=actor.workspace)
    if status:
        rows = rows.filter(status__in=[word for word in status.split(",") if word])
    if consumer is not None:
        rows = rows.filter(consumer_kind=consumer.kind, consumer_id=consumer.id)
    if workflow:
        rows = rows.filter(Q(consumer_id=workflow) | Q(consumer_id__startswith=f"{workflow}/"))
    if search:
        words = Q(image__icontains=search) | Q(tag__icontains=search) | Q(error__icontains=search)
        rows = rows.filter(words | Q(revision__istartswith=search) | Q(source__git_url__icontains=search))
    return rows


def listed_builds(rows: QuerySet[Build]) -> QuerySet[Build]:
    """Without what a list does not show."""
    return rows.defer(*_HEAVY)


def get_build(*, build_id: str, actor: Principal) -> Build:
    """The 404 also for somebody else's."""
    found = visible_builds(actor).filter(pk=build_id).first() if _ID.match(build_id) else None
    if found is None:
        raise BuildNotFound
    return found


def latest_build(*, consumer: Consumer, actor: Principal) -> Build | None:
    """The newest one for `consumer`."""
    return visible_builds(actor, consumer=consumer).order_by("-created_at", "-pk").first()


def visible_hooks(actor: Principal) -> QuerySet[BuildHook]:
    """The webhooks of this actor."""
    return BuildHook.objects.filter(workspace=actor.workspace).select_related("build")


def get_hook(*, hook_id: str, actor: Principal) -> BuildHook:
    """The 404 also for somebody else's."""
    found = visible_hooks(actor).filter(pk=hook_id).first() if _ID.match(hook_id) else None
    if found is None:
        raise HookNotFound
    return found


def deliveries_of(*, hook_id: str, actor: Principal) -> QuerySet[BuildDelivery]:
    """What was heard there."""
    return BuildDelivery.objects.filter(hook=get_hook(hook_id=hook_id, actor=actor))


def visible_git_logins(actor: Principal) -> QuerySet[GitLogin]:
    """For which Git hosts this actor keeps a login."""
    return GitLogin.objects.filter(workspace=actor.workspace).defer("token")


def get_upload(*, upload_id: str, actor: Principal) -> BuildUpload:
    """One that is this actor's and has not expired."""
    found = None
    if _ID.match(upload_id):
        rows = BuildUpload.objects.filter(workspace=actor.workspace, expires_at__gt=timezone.now())
        found = rows.filter(pk=upload_id).first()
    if found is None:
        raise UploadNotFound
    return found


def read_stream(build_id: str, after: int) -> list[tuple[int, StreamItem]]:
    """The numbered events of a build's stream that follow `after`, some at a time; empty when there are none yet.

    For whoever was allowed to see the build.
    """
    rows = BuildChunk.objects.filter(build=build_id)
    # The chunk in the middle of which `after` lies begins at or before it.
    start = rows.filter(first__lte=after + 1).order_by("-first").values_list("first", flat=True).first()
    if start is not None:
        rows = rows.filter(first__gte=start)
    found: list[tuple[int, StreamItem]] = []
    for first, data in rows.order_by("first").values_list("first", "data")[:_CHUNKS_PER_READ]:
        numbered = enumerate(unpack_items(data), start=first)
        found += [(number, item) for number, item in numbered if number > after]
    return found


def last_number(build_id: str) -> int:
    """The number of the last event of a build's stream; 0 before the first."""
    return Build.objects.filter(pk=build_id).values_list("cursor", flat=True).first() or 0


def list_engines() -> tuple[str, ...]:
    """Those that a build may choose among, the usual one first."""
    return engine_names()


def describe_engine(wanted: str = "") -> Capabilities:
    """What builds images here; without a name where nothing is configured. Asks it, unless it was asked just now."""
    name = engine_name(wanted)
    return asyncio.run(engine_for(name).probe()) if name else Capabilities("")
