"""Who watches which cluster: one process for each at a time, by leased work that no worker ever carries out.

A leader holds the lease as long as it lives and renews it; what it writes goes through the fence, so that one who
stalled cannot write after another took over. Synchronous: called in a thread.
"""

import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.work import selectors, services
from core.work.holders import holder_name, is_dead
from core.work.types import Lease, LeaseLost

# Not in the registry of kinds: it is held, not carried out.
KIND = "clusters.live"
_MOST = 1000


class Leases:
    """The clusters that this process leads. `update` may be called often: it writes once in `tick` seconds."""

    def __init__(self, *, worker: str, seconds: float, tick: float) -> None:
        self.held: dict[str, Lease] = {}
        self._worker = worker
        self._seconds = seconds
        self._tick = tick
        self._renewed_at = 0.0
        # Led by others when we last looked.
        self._foreign: set[str] = set()

    def update(self, wanted: Iterable[str]) -> dict[str, Lease]:
        """Renew what is held, let go of what nobody wants, take what is free; the leases held afterwards."""
        wanted = set(wanted)
        if time.monotonic() - self._renewed_at >= self._tick * 0.9:
            self._renewed_at = time.monotonic()
            self._foreign = set()
            self._renew()
        for cluster_id in self.held.keys() - wanted:
            self._end(self.held.pop(cluster_id))
        missing = wanted - self.held.keys() - self._foreign
        if missing:
            self._take(missing)
            self._foreign = wanted - self.held.keys()
        return dict(self.held)

    def release(self) -> None:
        """Hand everything back, so that others need not wait for the leases to expire."""
        for lease in self.held.values():
            with suppress(LeaseLost):
                services.release(lease, _past())
        self.held = {}

    def _renew(self) -> None:
        for cluster_id, lease in list(self.held.items()):
            try:
                services.renew(lease)
            except LeaseLost:
                del self.held[cluster_id]

    def _take(self, missing: set[str]) -> None:
        free = {work.key: work.work_id for work in selectors.claimable([KIND], limit=_MOST) if work.key in missing}
        for cluster_id in sorted(missing):
            work_id = free.get(cluster_id) or self._new(cluster_id)
            if work_id is None:
                continue  # Somebody else leads it.
            lease = services.claim(kinds=[KIND], worker=self._worker, lease_seconds=self._seconds, work_id=work_id)
            if lease is not None:
                self.held[cluster_id] = lease

    def _new(self, cluster_id: str) -> str | None:
        held = selectors.unfinished(kind=KIND, key=cluster_id)
        if held is not None and not is_dead(held.claimed_by):
            return None
        with transaction.atomic():
            if held is not None:
                services.cancel(kind=KIND, key=cluster_id)
            # Given a time, for nobody is to be woken.
            work = services.enqueue(kind=KIND, key=cluster_id, payload={}, workspace="", not_before=_past())
        return work.pk

    @staticmethod
    def _end(lease: Lease) -> None:
        with suppress(LeaseLost):
            services.finish(lease)


def worker_name() -> str:
    """This watcher among all of an installation."""
    return holder_name(uuid.uuid4().hex[:8])


def _past() -> datetime:
    """By any clock: SQLite's counts milliseconds, so what is now here may be to come there."""
    return timezone.now() - timedelta(seconds=1)
