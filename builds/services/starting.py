"""Asking for a build."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from builds import events
from builds.configuration import MOST_WAITING, engine_name
from builds.consumers import check_consumer
from builds.errors import NoEngine, TooManyBuilds
from builds.logins import sealed_again
from builds.models import Build, SourceKind
from builds.sealing import Sealed, seal
from builds.selectors import get_upload
from builds.services.inputs import (
    check_engine,
    check_given,
    is_dockerfile_text,
    kind_of,
    resolve_image,
    split_arguments,
    stored_source,
)
from builds.services.queue import admit_builds
from builds.states import UNFINISHED
from builds.types import Consumer, GivenBuild
from core.principal import Principal

_STARTED_BY = 254


def start_build(
    *, given: GivenBuild, consumer: Consumer | None = None, secrets_of: Build | None = None, actor: Principal
) -> Build:
    """Put a build into the queue; it begins when it is its user's turn.

    `consumer` is for whom the image is: its app decides whether `actor` may, and hears of the end
    (`events.register_finished`). `secrets_of` is an earlier build of the same repository, whose credentials and secrets
    serve again where none are given. Raises BadBuild, BadImage, UploadNotFound, NoEngine, TooManyBuilds, and what the
    consumer's app raises.
    """
    engine = engine_name(given.engine)
    if not engine:
        raise NoEngine
    check_given(given)
    if given.engine:
        check_engine("engine", given.engine)
    if given.source.upload:
        get_upload(upload_id=given.source.upload, actor=actor)
    if consumer is not None:
        check_consumer(consumer, actor)
    registry, image, tag = resolve_image(given, actor)
    text = given.dockerfile if is_dockerfile_text(given.dockerfile) else ""
    build_args, secrets = split_arguments(given)
    sealed = _sealed(given, secrets, secrets_of)
    now = timezone.now()
    build = Build(
        workspace_id=actor.workspace,
        started_by=actor.name[:_STARTED_BY],
        consumer_kind=consumer.kind if consumer else "",
        consumer_id=consumer.id if consumer else "",
        source_kind=kind_of(given.source),
        source=stored_source(given.source),
        dockerfile="" if text else given.dockerfile,
        given_dockerfile=text,
        target=given.target,
        platforms=list(given.platforms),
        build_args=build_args,
        secret_names=sorted(sealed.secrets),
        registry=registry,
        image=image,
        tag=tag,
        engine=engine,
        created_at=now,
        updated_at=now,
    )
    seal(build, sealed)
    return enqueue_build(build, events.QUEUED, actor)


def _sealed(given: GivenBuild, secrets: dict[str, str], earlier: Build | None) -> Sealed:
    own = Sealed(given.source.username, given.source.token, secrets)
    if own != Sealed() or earlier is None or earlier.source.get("git_url") != given.source.git_url:
        return own
    return sealed_again(earlier)


def enqueue_build(build: Build, event: str, actor: Principal, *, told_by: Principal | None = None) -> Build:
    """Keep a new row, and give out what places there are. `told_by` is who asked, where that is not `actor`."""
    with transaction.atomic():
        waiting = Build.objects.filter(workspace=actor.workspace, status__in=UNFINISHED).count()
        if waiting >= MOST_WAITING:
            raise TooManyBuilds(MOST_WAITING)
        build.save(force_insert=True)
        events.publish(build, event)
        record(
            action=event,
            object_type="build",
            object_id=build.pk,
            object_name=f"{build.image}:{build.tag}",
            detail={"source": _shown(build), "retry_of": build.retry_of_id or ""},
            actor=told_by or actor,
        )
        admit_builds(engine=build.engine)
    build.refresh_from_db(fields=["admitted_at", "updated_at"])
    return build


def _shown(build: Build) -> str:
    return str(build.source.get("git_url", "")) if build.source_kind == SourceKind.GIT else str(build.source_kind)
