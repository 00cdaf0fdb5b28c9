"""The stream of an import."""

from typing import Any

from realtime.types import StreamEvent

Json = dict[str, Any]


def stream_of(import_id: str) -> str:
    return f"import:{import_id}"


def render(event: StreamEvent) -> tuple[str, Any] | None:
    """`progress` and `done`, as they were written."""
    return event.type.removeprefix("import."), event.payload
