"""One tenant's cluster: its store, its controllers, its file.

Must not know other tenants, HTTP or certificates.
"""

from __future__ import annotations

import asyncio
import logging
import pathlib
import time

from . import seed
from .controllers import registry
from .controllers.base import Manager
from .events import Recorder
from .rest import Rest
from .store import Limits, Store, read_file, write_file

log = logging.getLogger(__name__)
SAVE_AFTER = 1.0


class Tenant:
    """A cluster in memory, kept on disk."""

    def __init__(self, name: str, path: pathlib.Path, *, speed: float, ca_pem: str, limits: Limits) -> None:
        self.name, self.path = name, path
        self.store = Store(limits)
        self.is_new = True
        saved = read_file(path)
        if saved is not None:
            self.store.load(saved)
            self.is_new = False
        self.rest = Rest(self.store)
        self.recorder = Recorder(self.store)
        self.manager = Manager(self.rest, self.recorder, speed)
        self.manager.ca_pem = ca_pem
        self.manager.controllers = registry.all_of(self.manager)
        self.users = 0
        self.last_used = time.monotonic()
        self.is_closing = False
        self.closed = asyncio.Event()
        self._save_timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.store.on_dirty = self._on_dirty
        seed.furnish(self.rest)
        self.manager.start()

    async def stop(self) -> None:
        """Ends controllers and streams, and writes what is not written."""
        self.is_closing = True
        await self.manager.stop()
        for subscription in list(self.store.subscriptions):
            subscription.wake.set()
        self.store.on_dirty = None
        if self._save_timer is not None:
            self._save_timer.cancel()
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)
        if self.store.is_dirty:
            write_file(self.path, self.store.snapshot())
        self.closed.set()

    def touch(self) -> None:
        self.last_used = time.monotonic()

    # --- disk

    def _on_dirty(self) -> None:
        if self._save_timer is None and not self.is_closing:
            self._save_timer = asyncio.get_running_loop().call_later(SAVE_AFTER, self._begin_save)

    def _begin_save(self) -> None:
        self._save_timer = None
        if self._saving is not None and not self._saving.done():
            self._on_dirty()
            return
        self._saving = asyncio.get_running_loop().create_task(self._save())

    async def _save(self) -> None:
        snapshot = self.store.snapshot()
        try:
            await asyncio.to_thread(write_file, self.path, snapshot)
        except OSError:
            log.exception("the practice cluster of %s could not be written", self.name)
            self.store.is_dirty = True
            self._on_dirty()
