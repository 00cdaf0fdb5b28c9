"""Every change of leased work. All comparisons of time use the database's clock, which all workers share."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Least, Now

from core import jobs
from core.work.holders import is_dead
from core.work.models import DEFAULT_MAX_ATTEMPTS, UNFINISHED, Work, WorkState, sources_of
from core.work.selectors import claimable_rows
from core.work.types import Lease, LeaseLost

RUN_JOB = "core.run_work"
_ERROR_LENGTH = 4000
_CLAIM_TRIES = 5


def enqueue(
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    workspace: str,
    not_before: datetime | None = None,
    max_attempts: int = DEFAULT_MAX_ATTEMPTS,
) -> Work:
    """Ask for `kind` to be carried out for `key`; a worker is woken when the transaction commits.

    While such work is unfinished no second one is made: waiting work is brought forward if this asks for it
    sooner, and work under way runs once more when it ends, because it may have read what was true before this
    call.
    """
    for _ in range(_CLAIM_TRIES):
        try:
            with transaction.atomic():
                work = Work.objects.create(
                    kind=kind,
                    key=key,
                    payload=payload,
                    workspace_id=workspace,
                    not_before=Now() if not_before is None else not_before,
                    max_attempts=max_attempts,
                )
        except IntegrityError:
            if not _ask_again(kind, key, not_before):
                continue  # It ended in between.
            work = Work.objects.get(kind=kind, key=key, state__in=UNFINISHED)
        else:
            work.refresh_from_db(fields=["not_before"])
        if not_before is None:
            jobs.wake(RUN_JOB, work.pk)
        return work
    raise IntegrityError(f"Work {kind} {key} can be neither made nor found.")


def _ask_again(kind: str, key: str, not_before: datetime | None) -> bool:
    sooner = Now() if not_before is None else Value(not_before, Work._meta.get_field("not_before"))
    return bool(
        Work.objects.filter(kind=kind, key=key, state__in=UNFINISHED).update(
            is_asked_again=Case(When(state=WorkState.LEASED, then=Value(True)), default=F("is_asked_again")),
            not_before=Least(F("not_before"), sooner),
            updated_at=Now(),
        )
    )


def claim(*, kinds: Iterable[str], worker: str, lease_seconds: float, work_id: str | None = None) -> Lease | None:
    """Take the work that has waited longest (or just `work_id`); None when there is none to take.

    Expired leases are taken over. Durable: a claim that could roll back would be no claim.
    """
    duration = timedelta(seconds=lease_seconds)
    wanted = sorted(set(kinds))
    for _ in range(_CLAIM_TRIES):
        with transaction.atomic(durable=True):
            candidates = claimable_rows(wanted)
            if work_id is not None:
                candidates = candidates.filter(pk=work_id)
            if connections[DEFAULT_DB_ALIAS].features.has_select_for_update_skip_locked:
                candidates = candidates.select_for_update(skip_locked=True)
            work = candidates.order_by("not_before", "pk").first()
            if work is None:
                return None
            # SQLite has no row locks: there the fence in this condition is what makes one of two claimers
            # win.
            taken = (
                claimable_rows(wanted)
                .filter(pk=work.pk, fence=work.fence)
                .update(
                    state=WorkState.LEASED,
                    claimed_by=worker[:200],
                    lease_until=Now() + duration,
                    fence=F("fence") + 1,
                    attempt=F("attempt") + 1,
                    is_asked_again=False,
                    updated_at=Now(),
                )
            )
        if taken:
            return Lease(
                work_id=work.pk,
                kind=work.kind,
                key=work.key,
                payload=work.payload,
                fence=work.fence + 1,
                attempt=work.attempt + 1,
                max_attempts=work.max_attempts,
                workspace=work.workspace_id,
                worker=worker,
                duration=duration,
            )
    return None


def renew(lease: Lease) -> None:
    """Hold on for another term. Also late, as long as nobody else took over."""
    _change(lease, lease_until=Now() + lease.duration)


def check(lease: Lease, *, spare_seconds: float = 0) -> None:
    """Raise LeaseLost unless this claim still holds, for `spare_seconds` at least. Before each write to the
    outside."""
    deadline = Now() + timedelta(seconds=spare_seconds) if spare_seconds else Now()
    if not _held(lease).filter(lease_until__gt=deadline).exists():
        raise _lost(lease)


@contextmanager
def fenced(lease: Lease) -> Iterator[None]:
    """A transaction that commits only while this claim holds: nobody can take over before its end.

    For what a worker writes into our own database. Keep it short, renewals wait for it.
    """
    with transaction.atomic():
        # On SQLite the transaction itself excludes every other writer, and select_for_update does nothing.
        rows = _held(lease).filter(lease_until__gt=Now()).select_for_update()
        if not list(rows.values_list("pk")):
            raise _lost(lease)
        yield


def finish(lease: Lease) -> None:
    """Done; or queued again, when somebody asked for it while it was under way."""
    again = (
        _held(lease)
        .filter(is_asked_again=True)
        .update(state=WorkState.QUEUED, is_asked_again=False, attempt=0, not_before=Now(), **_let_go())
    )
    if again:
        jobs.wake(RUN_JOB, lease.work_id)
        return
    # Asked between the two statements: the condition refuses, and we look again.
    if not _held(lease).filter(is_asked_again=False).update(state=WorkState.DONE, error="", **_let_go()):
        if not _held(lease).exists():
            raise _lost(lease)
        finish(lease)


def fail(lease: Lease, error: str, retry_in: float | None = None) -> bool:
    """Try again in `retry_in` seconds while attempts are left, else fail for good. True when it will be tried
    again."""
    text = error.replace("\x00", "")[:_ERROR_LENGTH]
    if retry_in is None or lease.is_last_attempt:
        _change(lease, state=WorkState.FAILED, error=text, **_let_go())
        return False
    # SQLite compares times as text: a sum has six digits, and would be later than the same moment with three.
    not_before = Now() + timedelta(seconds=retry_in) if retry_in else Now()
    _change(lease, state=WorkState.QUEUED, error=text, not_before=not_before, **_let_go())
    return True


def release(lease: Lease, not_before: datetime | None = None) -> None:
    """Nothing went wrong, but it goes on later: hand the work back. Attempts count from the start again.

    Somebody who asked for it in the meantime gets it at once.
    """
    later = Now() if not_before is None else Value(not_before, Work._meta.get_field("not_before"))
    _change(
        lease,
        state=WorkState.QUEUED,
        attempt=0,
        not_before=Case(When(is_asked_again=True, then=Now()), default=later),
        is_asked_again=False,
        **_let_go(),
    )
    if not_before is None:
        jobs.wake(RUN_JOB, lease.work_id)


def cancel(*, kind: str, key: str) -> bool:
    """End the unfinished work of `key`. Whoever holds it finds out at the next check or renewal.

    For subjects that are gone. One that wants an orderly end says so in its own row, and its handler reads
    that.
    """
    rows = Work.objects.filter(kind=kind, key=key, state__in=sources_of(WorkState.CANCELLED))
    return bool(rows.update(state=WorkState.CANCELLED, fence=F("fence") + 1, is_asked_again=False, **_let_go()))


def wake_claimable(*, kinds: Iterable[str], limit: int = 100) -> int:
    """The sweep: wake a worker for all that waits, because the first wake-up may have been lost."""
    wanted = sorted(set(kinds))
    expire_dead(kinds=wanted)
    rows = claimable_rows(wanted).order_by("not_before", "pk").values_list("pk", flat=True)[:limit]
    found = list(rows)
    for work_id in found:
        jobs.wake(RUN_JOB, work_id)
    return len(found)


def expire_dead(*, kinds: Iterable[str]) -> int:
    """End the leases of processes that are gone for certain, so that nobody waits for them to expire."""
    held = Work.objects.filter(kind__in=sorted(set(kinds)), state=WorkState.LEASED, lease_until__gt=Now())
    dead = [(pk, holder) for pk, holder in held.values_list("pk", "claimed_by") if is_dead(holder)]
    # A holder that took it in between has another name.
    return sum(held.filter(pk=pk, claimed_by=holder).update(lease_until=Now()) for pk, holder in dead)


def prune(*, older_than: timedelta) -> int:
    """Forget finished work that nobody will ask about any more."""
    rows = Work.objects.exclude(state__in=UNFINISHED).filter(updated_at__lt=Now() - older_than)
    deleted, _ = rows.delete()
    return deleted


def _held(lease: Lease) -> QuerySet[Work]:
    return Work.objects.filter(pk=lease.work_id, fence=lease.fence, state=WorkState.LEASED)


def _change(lease: Lease, **values: Any) -> None:
    if not _held(lease).update(**{"updated_at": Now(), **values}):
        raise _lost(lease)


def _let_go() -> dict[str, Any]:
    return {"claimed_by": "", "lease_until": None, "updated_at": Now()}


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"{lease.kind} {lease.key}: claim {lease.fence} of {lease.worker} no longer holds.")
