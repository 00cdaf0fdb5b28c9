"""Renewing a lease while its work goes on."""

import logging
import threading
import time
from types import TracebackType

from django.db import DatabaseError, connections

from core.work import services
from core.work.types import Lease, LeaseLost

logger = logging.getLogger(__name__)

_RENEWALS_PER_TERM = 3


class LeaseKeeper:
    """A context in which a thread of its own renews the lease, so that a busy handler cannot forget to.

    It gives up when another worker took over, or when the database was out of reach for a whole term: then
    somebody else may hold the lease, and `lost` is set.
    """

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{lease.key}", daemon=True)

    def __enter__(self) -> "LeaseKeeper":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        term = self.lease.duration.total_seconds()
        deadline = time.monotonic() + term
        while not self._stop.wait(term / _RENEWALS_PER_TERM):
            started = time.monotonic()
            try:
                services.renew(self.lease)
                deadline = started + term
            except LeaseLost:
                self.lost.set()
                return
            except DatabaseError as error:
                logger.warning("lease_renewal_failed", extra={"key": self.lease.key, "error": str(error)})
                if time.monotonic() >= deadline:
                    self.lost.set()
                    return
            finally:
                # Between renewals this thread needs no connection.
                connections.close_all()
