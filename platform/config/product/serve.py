"""Runs the parts of the embedded product on one event loop, and stops them in order."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings

from config.env import Environment
from config.product.worker import EmbeddedWorker

logger = logging.getLogger(__name__)


async def serve(env: Environment, say: Callable[[str], object]) -> None:
    """Until Ctrl-C or SIGTERM. Parts stop in the reverse order of their start."""
    async with AsyncExitStack() as parts:
        if settings.PRACTICE_ENABLED:
            await start_practice(env, parts)
        worker = EmbeddedWorker()
        worker.start()
        parts.push_async_callback(asyncio.to_thread, worker.stop)
        await start_watcher(parts)
        await sync_to_async(seed)()
        server = web_server(env.host, env.port)
        announcing = asyncio.create_task(announce(server, env, say))
        try:
            await server.serve()
        finally:
            announcing.cancel()
            say("Stopping ...")


def web_server(host: str, port: int) -> uvicorn.Server:
    """uvicorn as every kind of installation uses it; open streams get 3 s to end."""
    return uvicorn.Server(
        uvicorn.Config(
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
    )


async def start_practice(env: Environment, parts: AsyncExitStack) -> None:
    """The practice cluster, on the port it had before."""
    from clusters.practice.server import PracticeServer
    from clusters.practice_link import register_practice

    practice = PracticeServer(data_dir=settings.DATA_DIR / "practice", port=env.practice_port)
    await practice.start()
    parts.push_async_callback(practice.stop)
    await sync_to_async(register_practice)(practice)


async def start_watcher(parts: AsyncExitStack) -> None:
    from workflows.runs.live import Watcher

    watcher = Watcher()
    await watcher.start()
    parts.push_async_callback(watcher.stop)


def seed() -> None:
    """A workflow to play with, for the first admin of a fresh installation."""
    from config.product.demo import ensure_demo

    ensure_demo()


async def announce(server: uvicorn.Server, env: Environment, say: Callable[[str], object]) -> None:
    """Scripts wait for this line."""
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    say(f"Sailcloth is ready at {env.origin}")
