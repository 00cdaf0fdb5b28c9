"""What registries tell the rest of the product."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clusters.events import stream_of
from core.api.times import format_time
from realtime import services as realtime

if TYPE_CHECKING:
    from clusters.registries.models import Registry

CREATED = "registry.created"
UPDATED = "registry.updated"
DELETED = "registry.deleted"
TESTED = "registry.tested"
DEFAULT_CHANGED = "registry.default_changed"

# For the id of a registry whose credentials, place or audience are not what they were.
Changed = Callable[[str], None]

_changed: list[Changed] = []


def register_changed(callback: Changed) -> None:
    """An app that hands out pull secrets calls this in `ready()`. The callback runs in the transaction."""
    if callback not in _changed:
        _changed.append(callback)


def tell_changed(registry_id: str) -> None:
    for callback in _changed:
        callback(registry_id)


def publish(registry: "Registry", type: str) -> None:
    """On the stream of the workspace from which it was added. Never carries credentials."""
    realtime.publish(
        stream=stream_of(registry.workspace_id),
        type=type,
        workspace=registry.workspace_id,
        subject=registry.pk,
        payload={
            "id": registry.pk,
            "name": registry.name,
            "type": registry.type,
            "host": registry.host,
            "path": registry.path,
            "is_default": registry.is_default,
            "status": registry.status,
            "reason": registry.reason,
            "revision": registry.revision,
            "updated_at": format_time(registry.updated_at),
        },
    )
