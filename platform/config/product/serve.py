"""Runs the parts of the embedded product on one event loop, and stops them in order."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Generator

import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings

from clusters.kube import loop
from config.env import Environment
from config.product.farewell import Farewell
from config.product.parts import Parts, on_stop_signal
from config.product.worker import EmbeddedWorker

logger = logging.getLogger(__name__)

# Together with the web server's own end this stays below the ten seconds that one is willing to wait.
_STOP_SECONDS = 6.0
_LAST_WORDS = 0.5


async def serve(env: Environment, say: Callable[[str], object]) -> None:
    """Until Ctrl-C or SIGTERM; a second one cuts off what the browser still has open."""
    server = web_server(env.host, env.port)
    parts = Parts(_STOP_SECONDS)
    with on_stop_signal(server.ask_to_stop):
        try:
            await _start(env, parts)
            announcing = asyncio.create_task(announce(server, env, say))
            try:
                await server.serve()
            finally:
                announcing.cancel()
        finally:
            say("Stopping ...")
            await parts.stop()


async def _start(env: Environment, parts: Parts) -> None:
    if settings.PRACTICE_ENABLED:
        await start_practice(env, parts)
    # When nobody needs it any more, and before the practice cluster is gone: what is open there is closed.
    parts.add("clusters", lambda: asyncio.to_thread(loop.stop), seconds=1.5)
    worker = EmbeddedWorker()
    worker.start()
    parts.add("worker", lambda: asyncio.to_thread(worker.stop), seconds=2.5)
    await start_watcher(parts)
    await sync_to_async(seed)()


class WebServer(uvicorn.Server):
    """uvicorn, but for streams that are open at its end: after a moment for what is nearly done they are hung up
    on, and what does not end by that is cut off."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.loaded_app
        if isinstance(app, Farewell):
            asyncio.get_running_loop().call_later(_LAST_WORDS, app.hang_up)
        await super().shutdown(sockets)

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.load()
        self.config.loaded_app = Farewell(self.config.loaded_app)
        await super()._serve(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """None: uvicorn raises them again when it has ended, and the process would die of them. See `ask_to_stop`."""
        yield

    def ask_to_stop(self) -> None:
        """Twice: at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def web_server(host: str, port: int) -> WebServer:
    """The web server as every kind of installation uses it."""
    return WebServer(_web_config(host, port))


def _web_config(host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        "config.asgi:application",
        host=host,
        port=port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        ws_max_size=1024 * 1024,
    )


async def start_practice(env: Environment, parts: Parts) -> None:
    """The practice cluster, on the port it had before."""
    from clusters.practice.server import PracticeServer
    from clusters.practice_link import register_practice

    practice = PracticeServer(data_dir=settings.DATA_DIR / "practice", port=env.practice_port)
    await practice.start()
    # What it holds is written at its end, so it gets whatever the others leave.
    parts.add("practice", practice.stop, seconds=_STOP_SECONDS)
    await sync_to_async(register_practice)(practice)


async def start_watcher(parts: Parts) -> None:
    from workflows.runs.live import Watcher

    watcher = Watcher()
    await watcher.start()
    parts.add("watcher", watcher.stop, seconds=2.0)


def seed() -> None:
    """A workflow to play with, for the first admin of a fresh installation."""
    from config.product.demo import ensure_demo

    ensure_demo()


async def announce(server: uvicorn.Server, env: Environment, say: Callable[[str], object]) -> None:
    """Scripts wait for this line."""
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    if not server.should_exit:
        say(f"Sailcloth is ready at {env.origin}")
