"""What the stream of a resource tells."""

import re
from typing import Any

from clusters.health.facts import count_of_event, time_of_event, words_of_event
from clusters.health.reading import Json, text
from realtime.types import NewEvent, StreamEvent

CHANGED = "resource.changed"
HAPPENED = "resource.event"
DELETED = "resource.deleted"
MARKED = "resource.marked"
SCALED = "resource.scaled"
RESTARTED = "resource.restarted"
_NAMES = {CHANGED: "resource", HAPPENED: "event", DELETED: "deleted"}
_MESSAGE = 1000
# Newer events have microseconds; the times of the API have whole seconds.
_FRACTION = re.compile(r"\.\d+(?=Z\Z)")


def stream_of(resource_id: str) -> str:
    return f"resource:{resource_id}"


def changed(resource_id: str, workspace: str, shown: tuple[str, str, str, str]) -> NewEvent:
    """`shown`: status, health, reason, summary."""
    data = dict(zip(("status", "health", "reason", "summary"), shown, strict=True))
    return NewEvent(stream_of(resource_id), CHANGED, workspace, resource_id, data)


def deleted(resource_id: str, workspace: str) -> NewEvent:
    return NewEvent(stream_of(resource_id), DELETED, workspace, resource_id, {})


def happened(resource_id: str, workspace: str, event: Json) -> NewEvent:
    return NewEvent(stream_of(resource_id), HAPPENED, workspace, resource_id, event_json(event))


def event_json(event: Json) -> Json:
    """An event of a cluster, in few words."""
    message = words_of_event(event)[:_MESSAGE].replace("\x00", "\ufffd")
    return {
        "type": text(event.get("type"))[:20],
        "reason": text(event.get("reason"))[:100],
        "message": message,
        "count": count_of_event(event),
        "last_seen_at": _FRACTION.sub("", time_of_event(event)[:40]),
    }


def render(event: StreamEvent) -> tuple[str, Any] | None:
    """The same for all clients."""
    name = _NAMES.get(event.type)
    return (name, event.payload) if name is not None else None
