"""What crosses the border of realtime."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Frame:
    """An event as it goes over the wire; empty when the reader is not to see it. After the last one the
    stream ends."""

    data: bytes
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event as readers get it. `frames` keeps what it was encoded to, so that this happens once for all
    clients."""

    stream: str
    cursor: int
    type: str
    workspace: str
    subject: str
    payload: Any
    created_at: datetime
    frames: dict[Any, Frame] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One event to publish, for `publish_many`."""

    stream: str
    type: str
    workspace: str
    subject: str
    payload: Any


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """What a stream holds: events after `pruned_to`, up to `head`."""

    pruned_to: int
    head: int

    def can_resume(self, after: int) -> bool:
        """Whether everything after `after` is still there, and `after` was ever given out."""
        return self.pruned_to <= after <= self.head


class SlowClient(Exception):
    """A client fell further behind than the memory of its stream: it must come again with its position."""
