"""`manage.py watch`: the watcher process of an installation of many processes; any number of them may run."""

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.env import environment


class Command(BaseCommand):
    help = "Watch what is deployed, show how it fares, and sweep."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if environment().is_embedded:
            raise CommandError("Without DATABASE_URL everything runs in one process: `manage.py up` watches as well.")
        # Binds the names of jobs, so that the sweep can wake workers.
        import config.celery  # noqa: F401
        from clusters.kube import loop

        try:
            asyncio.run(self.watch())
        finally:
            loop.stop()

    async def watch(self) -> None:
        """Until Ctrl-C or SIGTERM; the clusters are handed over to the watchers that stay."""
        from workflows.runs.live import Watcher

        ending = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, ending.set)
        watcher = Watcher()
        await watcher.start()
        self.stdout.write("Watching.")
        try:
            await ending.wait()
        finally:
            await watcher.stop()
