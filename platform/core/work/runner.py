"""Carrying out one piece of work from claim to end."""

import logging
import random
import threading

from core.work import registry, selectors, services
from core.work.holders import holder_name
from core.work.keeper import LeaseKeeper
from core.work.models import Work, WorkState
from core.work.registry import WorkKind
from core.work.types import Lease, LeaseLost

logger = logging.getLogger(__name__)

_LONGEST_PAUSE = 300.0


def worker_name() -> str:
    """This thread among all workers of an installation."""
    return holder_name(f"{threading.get_ident():x}")


def run_one(work_id: str, *, worker: str | None = None) -> bool:
    """Claim `work_id` and call its handler. False when it is not there to be taken, which is no error."""
    kind_name = Work.objects.filter(pk=work_id).values_list("kind", flat=True).first()
    kind = registry.all_kinds().get(kind_name or "")
    if kind is None:
        return False
    lease = services.claim(
        kinds=[kind.name], worker=worker or worker_name(), lease_seconds=kind.lease_seconds, work_id=work_id
    )
    if lease is None:
        return False
    _carry_out(kind, lease)
    return True


def run_next(kinds: list[str] | None = None, *, worker: str | None = None) -> bool:
    """Carry out the longest waiting work of `kinds` (default: all). False when nothing could be taken."""
    wanted = list(registry.all_kinds()) if kinds is None else kinds
    return any(run_one(work.work_id, worker=worker) for work in selectors.claimable(wanted, limit=20))


def _carry_out(kind: WorkKind, lease: Lease) -> None:
    try:
        with LeaseKeeper(lease):
            if lease.is_exhausted:
                _give_up(kind, lease, f"Its worker stopped without an answer, {lease.max_attempts} times.")
                return
            try:
                kind.handler(lease)
            except LeaseLost:
                raise
            except Exception as error:
                logger.exception("work_failed", extra=_about(lease))
                _retry(kind, lease, error)
            else:
                _settle(lease)
    except LeaseLost as lost:
        # No harm: whoever holds it now goes on from the journal.
        logger.warning("work_lease_lost", extra={**_about(lease), "error": str(lost)})


def _settle(lease: Lease) -> None:
    try:
        services.finish(lease)
    except LeaseLost:
        # The handler may have settled it itself; then the claim is still the newest one.
        if not Work.objects.filter(pk=lease.work_id, fence=lease.fence).exclude(state=WorkState.LEASED).exists():
            raise


def _retry(kind: WorkKind, lease: Lease, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"
    if lease.is_last_attempt:
        _give_up(kind, lease, text)
        return
    pause = min(kind.retry_in * 2 ** (lease.attempt - 1), _LONGEST_PAUSE)
    # Spread, so that what failed together does not come back together.
    services.fail(lease, text, retry_in=pause * random.uniform(0.8, 1.2))  # noqa: S311 - not a secret


def _give_up(kind: WorkKind, lease: Lease, error: str) -> None:
    if kind.give_up is not None:
        try:
            kind.give_up(lease, error)
        except LeaseLost:
            raise
        except Exception:
            logger.exception("work_give_up_failed", extra=_about(lease))
    services.fail(lease, error)


def _about(lease: Lease) -> dict[str, object]:
    return {"kind": lease.kind, "key": lease.key, "attempt": lease.attempt, "fence": lease.fence}
