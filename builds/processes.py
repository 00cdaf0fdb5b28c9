"""Child processes of a build: no shell, no environment of ours, output as it comes, and no survivor when cancelled.

A child dies with the worker also when that is killed, and its own children with it (`leash`).
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path

_LEASH = Path(__file__).resolve().parent / "leash.py"
_CHUNK = 64 * 1024
_KILL_SECONDS = 5.0

OnOutput = Callable[[bytes], None]


async def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: Callable[[], Iterable[bytes]] | bytes | None = None,
    on_output: OnOutput,
) -> int:
    """The exit code. Both of its outputs go to `on_output`, in the order in which they come."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        str(_LEASH),
        str(os.getpid()),
        *argv,
        env=dict(env),
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        cwd="/",
    )
    feeding = asyncio.create_task(_feed(process, stdin)) if stdin is not None else None
    try:
        assert process.stdout is not None
        while data := await process.stdout.read(_CHUNK):
            on_output(data)
            # The reader of the output may be behind: let the loop look at cancellations in between.
            await asyncio.sleep(0)
        if feeding is not None:
            await feeding
        return await process.wait()
    finally:
        if feeding is not None:
            feeding.cancel()
        await _end(process)


async def _feed(process: asyncio.subprocess.Process, stdin: Callable[[], Iterable[bytes]] | bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        async for chunk in _chunks(stdin):
            process.stdin.write(chunk)
            await process.stdin.drain()
        process.stdin.close()


async def _chunks(stdin: Callable[[], Iterable[bytes]] | bytes) -> AsyncIterator[bytes]:
    """Reading a context is work for a thread, one chunk at a time."""
    if isinstance(stdin, bytes):
        yield stdin
        return
    parts = iter(stdin())
    while (chunk := await asyncio.to_thread(next, parts, b"")) != b"":
        yield chunk


async def _end(process: asyncio.subprocess.Process) -> None:
    """The whole group: what it started dies with it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_KILL_SECONDS):
                await process.wait()
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
