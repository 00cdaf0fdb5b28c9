"""A Celery worker in a thread of this process, for installations without a broker."""

import contextlib
import logging
import threading
from typing import Any

logger = logging.getLogger(__name__)

_STOP_SECONDS = 2.0


class EmbeddedWorker:
    """Starts and stops a `threads` pool on `memory://`; what it loses, the sweep finds again."""

    def __init__(self, concurrency: int = 4) -> None:
        self._concurrency = concurrency
        self._controller: Any = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lets running tasks end; their leases expire if they do not in time."""
        if self._controller is not None:
            self._controller.should_stop = True
            try:
                self._controller.stop(in_sighandler=False)
            except Exception as error:
                logger.debug("worker_stop", exc_info=error)
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        from config.celery import app

        # The controller, not the command line: it installs no signal handlers, so Ctrl-C stays ours. Made here, for
        # it closes database connections, which the thread of an event loop may not.
        self._controller = app.WorkController(
            pool="threads",
            concurrency=self._concurrency,
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            hostname="embedded@localhost",
        )
        with contextlib.suppress(SystemExit):
            self._controller.start()
