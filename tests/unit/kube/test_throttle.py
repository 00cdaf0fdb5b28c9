"""The token bucket, on a clock of its own."""

import asyncio
import time

import pytest

from clusters.kube import throttle
from clusters.kube.gateway import Busy
from clusters.kube.throttle import TokenBucket


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0
        slept = 0.0

        def __call__(self):
            return self.now

        async def sleep(self, seconds):
            self.now += seconds
            self.slept += seconds

    made = Clock()
    monkeypatch.setattr(throttle.asyncio, "sleep", made.sleep)
    return made


async def test_a_burst_is_free_and_then_the_rate_holds(clock):
    bucket = TokenBucket(rate=50, burst=100, clock=clock)
    for _ in range(100):
        await bucket.take()
    assert clock.slept == 0
    for _ in range(50):
        await bucket.take()
    assert clock.slept == pytest.approx(1.0)


async def test_it_fills_up_again_but_never_over_the_brim(clock):
    bucket = TokenBucket(rate=10, burst=5, clock=clock)
    for _ in range(5):
        await bucket.take()
    clock.now += 3600
    for _ in range(5):
        await bucket.take()
    assert clock.slept == 0
    await bucket.take()
    assert clock.slept == pytest.approx(0.1)


async def test_too_long_a_queue_is_refused_at_once():
    bucket = TokenBucket(rate=1, burst=1, longest_wait=2, clock=lambda: 100.0)
    await bucket.take()
    waiting = [asyncio.ensure_future(bucket.take()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy) as caught:
        await bucket.take()
    assert caught.value.retry_after == pytest.approx(3)
    for task in waiting:
        task.cancel()


class TestHold:
    async def test_nobody_gets_a_turn_before_the_cluster_is_ready(self):
        bucket = TokenBucket(rate=1000, burst=10)
        bucket.hold(0.2)
        begun = time.monotonic()
        await bucket.take()
        assert time.monotonic() - begun >= 0.2

    async def test_what_is_too_long_is_said_at_once(self):
        bucket = TokenBucket()
        bucket.hold(60)
        with pytest.raises(Busy) as caught:
            await bucket.take()
        assert 59 < (caught.value.retry_after or 0) <= 61

    async def test_a_shorter_one_does_not_shorten(self):
        bucket = TokenBucket()
        bucket.hold(60)
        bucket.hold(1)
        with pytest.raises(Busy):
            await bucket.take()
