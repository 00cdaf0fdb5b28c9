"""What must happen now and then, whatever else goes on: work whose wake-up was lost, clusters nobody looked at,
and forgetting what is over."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from accounts.services import prune_codes, prune_sessions, prune_tokens
from clusters.services import wake_stale_checks
from core import chores
from core.api import idempotency
from core.chores import Chore
from core.work import registry
from core.work import services as work
from realtime import services as realtime
from realtime.threads import in_thread
from realtime.tickets import prune_tickets
from workflows.runs.renewing import renew_short_lived
from workflows.runs.watching.showing import show_orphans
from workflows.services import purge_deleted

logger = logging.getLogger(__name__)

EVENTS_KEPT = timedelta(hours=24)
WORK_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=30)
CODES_KEPT = timedelta(days=1)
_MINUTE, _HOUR = 60.0, 3600.0


CHORES = (
    Chore("wake_work", 5.0, lambda: work.wake_claimable(kinds=registry.all_kinds())),
    Chore("check_clusters", _MINUTE, wake_stale_checks),
    Chore("show_orphans", _MINUTE, show_orphans),
    Chore("renew_pull_secrets", 10 * _MINUTE, renew_short_lived),
    Chore("prune_tickets", 10 * _MINUTE, prune_tickets),
    Chore("prune_events", 10 * _MINUTE, lambda: realtime.prune(older_than=EVENTS_KEPT)),
    Chore("prune_work", _HOUR, lambda: work.prune(older_than=WORK_KEPT)),
    Chore("prune_idempotency_keys", _HOUR, idempotency.prune),
    Chore("prune_sessions", _HOUR, lambda: prune_sessions(older_than=SESSIONS_KEPT)),
    Chore("prune_codes", _HOUR, lambda: prune_codes(older_than=CODES_KEPT)),
    Chore("prune_tokens", _HOUR, lambda: prune_tokens(older_than=SESSIONS_KEPT)),
    Chore("purge_deleted_workflows", _HOUR, purge_deleted),
)


class Sweep:
    """Any number of processes may sweep: each chore can be done twice without harm."""

    def __init__(self, wanted: Sequence[Chore] | None = None) -> None:
        every = (*CHORES, *chores.registered()) if wanted is None else wanted
        self._due = dict.fromkeys(every, 0.0)

    async def run(self) -> None:
        """Never returns. The first round comes at once: what was lost while nobody swept waits already."""
        while True:
            await in_thread(self.round)
            await asyncio.sleep(max(min(self._due.values()) - time.monotonic(), 0.2))

    def round(self) -> None:
        """Do what is due. What fails is tried again when it is due again, and keeps nothing else from being done."""
        for chore, due in self._due.items():
            if time.monotonic() < due:
                continue
            self._due[chore] = time.monotonic() + chore.every
            try:
                done = chore.do()
            except Exception as error:  # noqa: BLE001 - whatever it was, the other chores must go on
                logger.warning("sweep_failed", extra={"chore": chore.name, "error": str(error)})
            else:
                if done and chore.name not in ("wake_work", "admit_builds"):
                    logger.info("swept", extra={"chore": chore.name, "number": done})
