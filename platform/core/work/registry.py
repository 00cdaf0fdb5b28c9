"""Who carries out which kind of work. Apps register in `ready()`; a test walks all kinds."""

from collections.abc import Callable
from dataclasses import dataclass

from core.work.types import Lease

Handler = Callable[[Lease], None]
GiveUp = Callable[[Lease, str], None]


@dataclass(frozen=True, slots=True)
class WorkKind:
    """`permission` names the right in which the work acts, such as `run`: whoever enqueued it had to hold it.

    `give_up` tells the subject that no attempt is left; it runs under the lease, before the work fails for
    good.
    """

    name: str
    handler: Handler
    permission: str
    lease_seconds: float
    retry_in: float
    give_up: GiveUp | None = None


_kinds: dict[str, WorkKind] = {}


def register(
    kind: str,
    handler: Handler,
    permission: str,
    *,
    lease_seconds: float = 30,
    retry_in: float = 5,
    give_up: GiveUp | None = None,
) -> None:
    """Bind `kind` to its handler.

    A handler that returns has finished the work, unless it settled it itself (`finish`, `fail`, `release`).
    One that raises is tried again, after `retry_in` seconds and then ever longer, until the attempts are used
    up.
    """
    if not permission:
        raise ValueError(f"Work kind {kind} must declare its permission.")
    known = _kinds.get(kind)
    if known is not None and known.handler is not handler:
        raise ValueError(f"Work kind {kind} is already registered.")
    _kinds[kind] = WorkKind(kind, handler, permission, lease_seconds, retry_in, give_up)


def unregister(kind: str) -> None:
    """For tests."""
    _kinds.pop(kind, None)


def get(kind: str) -> WorkKind:
    return _kinds[kind]


def all_kinds() -> dict[str, WorkKind]:
    """Every registered kind by its name."""
    return dict(_kinds)
