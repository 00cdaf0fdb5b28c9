"""Database access for code on the event loop that lives as long as a stream does."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="streams")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` in a shared thread and give its database connection back at once.

    Not `sync_to_async`: that keeps a thread, and the connection in it, until the request ends, which for a
    stream is hours.
    """

    def call() -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_pool, contextvars.copy_context().run, call)


def release_request_thread() -> None:
    """Let go of the thread that Django keeps for this request's synchronous parts until the request ends.

    A stream has none, and 1,000 streams would keep 1,000 threads (measured). Should one be needed later, such
    as for closing the response, asgiref makes another.
    https://github.com/django/asgiref/blob/main/asgiref/sync.py
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context is not None else None
    if executor is not None:
        executor.submit(connections.close_all)
        executor.shutdown(wait=False)
