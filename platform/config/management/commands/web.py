"""`manage.py web`: the web process of an installation of many processes."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clusters.kube import loop
from config.env import environment
from config.product.parts import on_stop_signal
from config.product.ports import port_problem
from config.product.serve import announce, web_server


class Command(BaseCommand):
    help = "Serve the API and the front end."

    def handle(self, *args: Any, **options: Any) -> None:
        env = environment()
        problem = port_problem(env.host, env.port)
        if problem:
            raise CommandError(problem)
        asyncio.run(self.serve())

    async def serve(self) -> None:
        env = environment()
        server = web_server(env.host, env.port)
        announcing = asyncio.create_task(announce(server, env, self.stdout.write))
        with on_stop_signal(server.ask_to_stop):
            try:
                await server.serve()
            finally:
                announcing.cancel()
                await asyncio.to_thread(loop.stop)
