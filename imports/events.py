"""The stream of an import."""

from typing import TYPE_CHECKING, Any

from realtime import services as realtime
from realtime.types import StreamEvent

if TYPE_CHECKING:
    from imports.models import ImportSession

Json = dict[str, Any]


def stream_of(import_id: str) -> str:
    return f"import:{import_id}"


def tell(session: "ImportSession", what: str, payload: Json) -> None:
    """`progress` {stage: fetching|looking, percent (or null), message}, and `done`. Within the transaction of
    what it tells of."""
    realtime.publish(
        stream=stream_of(session.pk),
        type=f"import.{what}",
        workspace=session.workspace_id,
        subject=session.pk,
        payload=payload,
    )


def ending_of(session: "ImportSession") -> Json:
    """The data of `done`. What was found is read with the import itself: it may be large."""
    return {"status": session.status, "error": session.error}


def render(event: StreamEvent) -> tuple[str, Any] | None:
    """`progress` and `done`, as they were written."""
    return event.type.removeprefix("import."), event.payload
