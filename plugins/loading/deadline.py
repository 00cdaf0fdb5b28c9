"""Calls of strangers' code that end: each runs beside the caller, who goes on without it when it takes too long.

Code that was left behind gets an exception until it is gone, which ends every loop of Python but one that catches
BaseException. That, and what waits in C (a socket, a lock), stays behind as a thread that nobody waits for. Code in C
that keeps the interpreter to itself (a regular expression, one huge power) cannot be left behind by anything in the
same process.
"""

import ctypes
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")

HOOK_SECONDS = 5.0
# How much the process may grow while one call runs that is not done at once.
MEMORY_BYTES = 512 * 2**20
_LOOK_SECONDS, _AGAIN_SECONDS, _SELDOM_SECONDS = 0.05, 0.02, 1.0
_MOST_IDLE = 8


class TooLong(Exception):
    """The call was not done in time, or took too much memory; the message says which, as the end of a sentence."""


class _Stopped(BaseException):
    """Raised in code that was left behind. Not an Exception, so that fewer handlers catch it."""


class _Call(Generic[T]):
    """One call and what came of it; `is_over` opens when there is something."""

    __slots__ = ("call", "error", "is_abandoned", "is_over", "result")

    def __init__(self, call: Callable[[], T]) -> None:
        self.call = call
        self.is_over = threading.Lock()
        self.is_over.acquire()
        self.is_abandoned = False
        self.result: T | None = None
        self.error: BaseException | None = None


class _Helper(threading.Thread):
    """A thread that carries out one call after the other, until one is abandoned."""

    def __init__(self) -> None:
        super().__init__(name="plugin hook", daemon=True)
        self.calls: SimpleQueue[_Call[object] | None] = SimpleQueue()

    def run(self) -> None:
        try:
            while (call := self.calls.get()) is not None:
                try:
                    call.result = call.call()
                except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
                    call.error = error
                if call.is_abandoned:
                    return
                call.is_over.release()
        except _Stopped:
            return


_idle: deque[_Helper] = deque()
_here = threading.local()


def bounded(call: Callable[[], T], seconds: float | None = None) -> T:
    """What `call` gives or raises; TooLong after `seconds` (HOOK_SECONDS), or when it makes the process grow too much.

    A call within a call counts as part of the first."""
    if getattr(_here, "is_inside", False):
        return call()
    asked = _Call(_marked(call))
    helper = _take()
    helper.calls.put(asked)  # type: ignore[arg-type]
    try:
        _wait(asked, HOOK_SECONDS if seconds is None else seconds)
    except BaseException:
        asked.is_abandoned = True
        threading.Thread(target=_end, args=(helper,), name="plugin hook's end", daemon=True).start()
        raise
    _give_back(helper)
    if asked.error is not None:
        raise asked.error
    return asked.result  # type: ignore[return-value]


def _marked(call: Callable[[], T]) -> Callable[[], T]:
    def marked() -> T:
        _here.is_inside = True
        try:
            return call()
        finally:
            _here.is_inside = False

    return marked


def _take() -> _Helper:
    try:
        return _idle.pop()
    except IndexError:
        helper = _Helper()
        helper.start()
        return helper


def _give_back(helper: _Helper) -> None:
    if len(_idle) < _MOST_IDLE:
        _idle.append(helper)
    else:
        helper.calls.put(None)


def _wait(asked: _Call[T], seconds: float) -> None:
    if asked.is_over.acquire(timeout=_LOOK_SECONDS):
        return
    until, before = time.monotonic() + seconds - _LOOK_SECONDS, _resident()
    while not asked.is_over.acquire(timeout=_LOOK_SECONDS):
        if _resident() - before > MEMORY_BYTES:
            raise TooLong(f"took more than {MEMORY_BYTES // 2**20} MiB of memory")
        if time.monotonic() >= until:
            raise TooLong(f"took longer than {seconds:g} s")


def _resident() -> int:
    """The memory of this process, in bytes; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _end(helper: _Helper) -> None:
    """Again and again: code may catch it, and go on. Seldom after a while: what waits in C does not hear of it."""
    pause = _AGAIN_SECONDS
    while helper.is_alive():
        if helper.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(helper.ident), ctypes.py_object(_Stopped))
        helper.join(pause)
        pause = min(pause * 1.05, _SELDOM_SECONDS)


def forget_helpers() -> None:
    """After a fork: the threads of the parent are not there."""
    _idle.clear()


os.register_at_fork(after_in_child=forget_helpers)
