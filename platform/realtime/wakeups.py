"""Telling readers that a stream has grown. Only a hint: whoever misses one finds the events at the next poll.

In this process listeners are called directly; other processes hear of it through Redis, where there is one.
"""

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

CHANNEL = "sailcloth:streams"
_SEPARATOR = "\n"
# Redis sends our own messages back to us; they begin with this.
_PROCESS = uuid.uuid4().hex
_PAUSE_AFTER_FAILURE = 5.0  # Seconds.

Listener = Callable[[Sequence[str]], None]
_listeners: set[Listener] = set()
_lock = threading.Lock()
_redis: Any = None
_redis_url = ""
_paused_until = 0.0


def listen(listener: Listener) -> None:
    """`listener` is called with names of streams, from any thread; it must return at once."""
    with _lock:
        _listeners.add(listener)


def unlisten(listener: Listener) -> None:
    with _lock:
        _listeners.discard(listener)


def notify(streams: Sequence[str]) -> None:
    """These streams have new committed events."""
    notify_here(streams)
    _notify_others(streams)


def notify_here(streams: Sequence[str]) -> None:
    """For listeners of this process only."""
    with _lock:
        listeners = tuple(_listeners)
    for listener in listeners:
        listener(streams)


async def receive_forever(url: str) -> None:
    """Hears of other processes' events; without Redis they are found by the poll."""
    import redis.asyncio as redis

    while True:
        try:
            async with redis.Redis.from_url(url) as client, client.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                async for message in channel.listen():
                    if message["type"] == "message":
                        receive(message["data"])
        except (redis.RedisError, OSError) as error:
            logger.warning("stream_redis_lost", extra={"error": str(error)})
        await asyncio.sleep(_PAUSE_AFTER_FAILURE)


def receive(message: bytes) -> None:
    """A message that came in through Redis."""
    sender, *streams = message.decode().split(_SEPARATOR)
    if sender != _PROCESS:
        notify_here(streams)


def _notify_others(streams: Sequence[str]) -> None:
    global _paused_until
    url = getattr(settings, "REDIS_URL", "")
    if not url or time.monotonic() < _paused_until:
        return
    import redis

    try:
        _client(url).publish(CHANNEL, _SEPARATOR.join([_PROCESS, *streams]))
    except (redis.RedisError, OSError) as error:
        # Without Redis readers poll. Trying again for each event would make every writer wait for a dead
        # server.
        _paused_until = time.monotonic() + _PAUSE_AFTER_FAILURE
        logger.warning("stream_wakeup_failed", extra={"error": str(error)})


def _client(url: str) -> Any:
    global _redis, _redis_url
    if _redis is None or url != _redis_url:
        import redis

        _redis = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        _redis_url = url
    return _redis
