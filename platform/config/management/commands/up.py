"""`manage.py up`: the whole product in one process, from an empty folder or from where it was."""

import asyncio
import logging
import os
import signal
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from config.env import environment
from config.product.ports import port_problem


class Command(BaseCommand):
    help = "Start the whole product in this process."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        env = environment()
        if not env.is_embedded:
            raise CommandError(
                "DATABASE_URL is set, so the parts run as processes of their own: "
                "`manage.py web`, `manage.py work` and `manage.py watch`."
            )
        problem = port_problem(env.host, env.port)
        if problem:
            self.stderr.write(problem)
            sys.exit(1)
        # Not as an exception: where a callback of a library or of the garbage collector is under way, it would be lost.
        # What was begun in the database is not kept, so there is nothing to tidy up.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
        from config.product.prepare import prepare
        from config.product.serve import serve

        prepare(self.stdout.write)
        asyncio.Runner().run(serve(env, self.stdout.write))
        leave()


def leave() -> NoReturn:
    """Threads that are in the midst of a run or a slow answer are not waited for, as Python would do at its end:
    a run goes on from its journal, by whoever takes it over."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
