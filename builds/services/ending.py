"""Ending a build before its end, and building the same again."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from builds import events
from builds.configuration import MOST_LOG_BYTES, engine_name
from builds.consumers import check_consumer
from builds.errors import BuildFinished, BuildNotFinished, BuildNotFound, NoEngine, UploadGone, UploadNotFound
from builds.ledger import Ledger
from builds.logins import sealed_again
from builds.models import Build, SourceKind
from builds.sealing import seal
from builds.selectors import get_build, get_upload
from builds.services.queue import WORK_KIND, admit_builds
from builds.services.starting import enqueue_build
from builds.states import BuildStatus
from builds.types import Consumer
from core.errors import AppError
from core.principal import Principal
from core.work import selectors as work_selectors
from core.work import services as work

CANCELLED = "It was cancelled."
_COPIED = (
    "workspace_id",
    "consumer_kind",
    "consumer_id",
    "source_kind",
    "source",
    "dockerfile",
    "given_dockerfile",
    "target",
    "platforms",
    "build_args",
    "secret_names",
    "registry_id",
    "image",
    "tag",
)


@transaction.atomic
def cancel_build(*, build_id: str, actor: Principal) -> Build:
    """One that waits is over at once; of one under way the worker hears within a second, and ends it as cancelled.

    Asking twice is no error; asking of one that is over is (409).
    """
    seen = get_build(build_id=build_id, actor=actor)
    build = Build.objects.select_for_update().filter(pk=seen.pk).first()
    if build is None:
        raise BuildNotFound
    if build.is_finished:
        raise BuildFinished(build.status)
    if build.cancel_requested_at is not None:
        return build
    now = timezone.now()
    build.cancel_requested_at = build.updated_at = now
    build.save(update_fields=["cancel_requested_at", "updated_at"])
    record(
        action=events.CANCEL_REQUESTED,
        object_type="build",
        object_id=build.pk,
        object_name=f"{build.image}:{build.tag}",
        actor=actor,
    )
    if not _is_under_way(build):
        work.cancel(kind=WORK_KIND, key=build.pk)
        Ledger(build, None, most_log_bytes=MOST_LOG_BYTES).finish(BuildStatus.CANCELLED, error=CANCELLED)
        admit_builds(engine=build.engine)
    return build


def _is_under_way(build: Build) -> bool:
    """Whether a worker has it, which then ends it in good order."""
    if build.admitted_at is None:
        return False
    unfinished = work_selectors.unfinished(kind=WORK_KIND, key=build.pk)
    return unfinished is not None and unfinished.state == "leased"


def retry_build(*, build_id: str, actor: Principal) -> Build:
    """A new build of the same source, with the same secrets. Only of one that is over (409). What it was for has it no
    more where `actor` may not change that any longer: then it is a build for nobody."""
    old = get_build(build_id=build_id, actor=actor)
    if not old.is_finished:
        raise BuildNotFinished
    engine = engine_name(old.engine)
    if not engine:
        raise NoEngine
    if old.source_kind == SourceKind.UPLOAD:
        try:
            get_upload(upload_id=str(old.source["upload"]), actor=actor)
        except UploadNotFound:
            raise UploadGone from None
    build = copy_of(old, engine, actor)
    build.retry_of = old
    if build.consumer_kind and not _may_build_for(build, actor):
        build.consumer_kind = build.consumer_id = ""
    return enqueue_build(build, events.RETRIED, actor)


def _may_build_for(build: Build, actor: Principal) -> bool:
    try:
        check_consumer(Consumer(build.consumer_kind, build.consumer_id), actor)
    except AppError:
        return False
    return True


def copy_of(old: Build, engine: str, actor: Principal) -> Build:
    """The same again, with the same secrets; not saved."""
    now = timezone.now()
    build = Build(
        **{name: getattr(old, name) for name in _COPIED},
        started_by=actor.name[:254],
        engine=engine,
        created_at=now,
        updated_at=now,
    )
    seal(build, sealed_again(old))
    return build
