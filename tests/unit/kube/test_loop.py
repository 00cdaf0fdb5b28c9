"""The cluster loop: results, errors, time limits, and no deadlock."""

import asyncio
import threading
import time

import pytest

from clusters.kube import loop
from clusters.kube.gateway import Unreachable


@pytest.fixture(autouse=True)
def _stopped_afterwards():
    yield
    loop.stop()


async def thread_name():
    return threading.current_thread().name


def test_run_gives_the_result_of_the_one_thread():
    assert loop.run(thread_name()) == "cluster-loop"
    names = []
    threads = [threading.Thread(target=lambda: names.append(loop.run(ident()))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(set(names)) == 1


async def ident():
    return threading.get_ident()


def test_run_raises_what_the_coroutine_raised():
    async def fail():
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        loop.run(fail())
    with pytest.raises(KeyError, match="lost"):
        loop.run(fail(), timeout=5)


def test_run_passes_on_a_time_out_of_the_coroutine_itself():
    async def own():
        async with asyncio.timeout(0.01):
            await asyncio.sleep(5)

    with pytest.raises(TimeoutError):
        loop.run(own(), timeout=5)


def test_run_gives_up_in_time_and_cancels():
    ended = threading.Event()

    async def slow():
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        loop.run(slow(), timeout=0.1)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - begun < 2
    assert ended.wait(2)


def test_run_leaves_behind_what_does_not_want_to_end(monkeypatch):
    released, ended = threading.Event(), threading.Event()

    async def stubborn():
        while not released.is_set():
            try:
                await asyncio.sleep(0.02)
            except asyncio.CancelledError:
                continue
        ended.set()

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_GRACE", 0.1)
        with pytest.raises(Unreachable):
            loop.run(stubborn(), timeout=0.05)
    assert not ended.is_set()
    released.set()
    assert ended.wait(10)


def test_run_on_the_loop_itself_is_refused_instead_of_waiting_for_ever():
    async def nested():
        loop.run(thread_name())

    with pytest.raises(RuntimeError, match="await"):
        loop.run(nested(), timeout=5)

    async def stops():
        loop.stop()

    with pytest.raises(RuntimeError):
        loop.run(stops(), timeout=5)


async def test_wait_is_for_other_loops():
    assert await loop.wait(thread_name()) == "cluster-loop"

    async def nested():
        return await loop.wait(thread_name())

    assert await loop.wait(nested()) == "cluster-loop"


def test_submit_can_be_cancelled():
    ended = threading.Event()
    begun = threading.Event()

    async def slow():
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    future = loop.submit(slow())
    assert begun.wait(2)
    future.cancel()
    assert ended.wait(2)


def test_stop_ends_what_runs_closes_what_is_open_and_allows_another_start():
    happened = []

    async def close():
        happened.append("closed")

    async def slow():
        loop.at_stop(close)
        try:
            await asyncio.sleep(60)
        finally:
            happened.append("ended")

    future = loop.submit(slow())
    first = loop.run(ident())
    loop.stop()
    assert happened == ["ended", "closed"]
    assert future.cancelled()
    assert not any(thread.ident == first and thread.is_alive() for thread in threading.enumerate())
    assert loop.run(thread_name()) == "cluster-loop"
    loop.stop()
    loop.stop()


def test_what_was_closed_already_is_not_closed_again():
    happened = []

    async def close():
        happened.append("closed")

    async def register():
        loop.at_stop(close)
        loop.forget(close)
        loop.forget(close)

    loop.run(register())
    loop.stop()
    assert happened == []
