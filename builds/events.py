"""What builds tell the rest of the product: on the workspace's stream, and to whoever registered for an end."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from builds.types import FinishedBuild
from core.api.times import format_time
from realtime import services as realtime

if TYPE_CHECKING:
    from builds.models import Build

QUEUED = "build.queued"
STARTED = "build.started"
FINISHED = "build.finished"
CANCEL_REQUESTED = "build.cancel_requested"
RETRIED = "build.retried"
UPLOADED = "build.uploaded"
PUSHED = "build.pushed_to"
HOOK_CREATED = "build.webhook_created"
HOOK_ROTATED = "build.webhook_rotated"
HOOK_TESTED = "build.webhook_tested"
HOOK_DELETED = "build.webhook_deleted"
GIT_LOGIN_CREATED = "build.git_login_created"
GIT_LOGIN_UPDATED = "build.git_login_updated"
GIT_LOGIN_DELETED = "build.git_login_deleted"
GREW = "build.grew"

# Runs in the transaction of the end, so what it writes stays with it or not at all.
OnFinished = Callable[[FinishedBuild], None]
_finished: list[OnFinished] = []


def register_finished(callback: OnFinished) -> None:
    """An app for which images are built calls this in `ready()`."""
    if callback not in _finished:
        _finished.append(callback)


def stream_of(build_id: str) -> str:
    """Where it is told that a build's own stream grew."""
    return f"build:{build_id}"


def publish(build: "Build", type: str) -> None:
    """On the workspace's stream. Never carries build arguments, secrets or lines of the log."""
    realtime.publish(
        stream=f"workspace:{build.workspace_id}",
        type=type,
        workspace=build.workspace_id,
        subject=build.pk,
        payload={
            "id": build.pk,
            "status": build.status,
            "image": build.image,
            "tag": build.tag,
            "digest": build.digest,
            "error_code": build.error_code,
            "started_by": build.started_by,
            "consumer": {"kind": build.consumer_kind, "id": build.consumer_id} if build.consumer_kind else None,
            "updated_at": format_time(build.updated_at),
        },
    )


def tell_grown(build: "Build") -> None:
    """Wake those who read the build's stream; what is new they read from its chunks."""
    realtime.publish(
        stream=stream_of(build.pk),
        type=GREW,
        workspace=build.workspace_id,
        subject=build.pk,
        payload={"cursor": build.cursor},
    )


def tell_finished(build: "Build") -> None:
    """The outbox, and then each listener; a listener that fails must not undo what was built, so it handles its own."""
    publish(build, FINISHED)
    finished = FinishedBuild(
        id=build.pk,
        workspace=build.workspace_id,
        status=build.status,
        image=build.image,
        tag=build.tag,
        digest=build.digest,
        consumer_kind=build.consumer_kind,
        consumer_id=build.consumer_id,
        error=build.error,
    )
    for callback in _finished:
        callback(finished)
