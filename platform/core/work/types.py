"""What crosses the border of leased work."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


class LeaseLost(Exception):
    """Another worker may have taken over, or the work was cancelled: stop, and write nothing more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to carry out one piece of work until it expires; `fence` names this claim among all claims of
    it."""

    work_id: str
    kind: str
    key: str
    payload: dict[str, Any]
    fence: int
    attempt: int
    max_attempts: int
    workspace: str
    worker: str
    duration: timedelta

    @property
    def is_last_attempt(self) -> bool:
        return self.attempt >= self.max_attempts

    @property
    def is_exhausted(self) -> bool:
        """All attempts ended with the worker's death: only to be given up."""
        return self.attempt > self.max_attempts


@dataclass(frozen=True, slots=True)
class Claimable:
    """Work that waits for a worker."""

    work_id: str
    kind: str
    key: str
