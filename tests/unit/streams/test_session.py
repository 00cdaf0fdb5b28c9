"""A log session over a cluster that misbehaves: nothing is lost or sent twice, and what cannot be had is said."""

import asyncio
import json
import os
import random
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import pytest

from clusters.live.logs import lanes, pump
from clusters.live.logs.pods import Subject
from clusters.live.logs.pump import Options
from clusters.live.logs.session import LogSession
from tests.unit.streams.kubelet import NOON, SECOND, FakePod, Kubelet

POD = Subject("Pod", "n", "web")
DEFAULT = Options()
# `make soak` rolls more dice.
SEEDS = int(os.environ.get("SAILCLOTH_LOG_SEEDS", "8"))
ALL = Subject("Deployment", "n", "web")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "_PAUSES", (0.005, 0.01, 0.02))
    monkeypatch.setattr(pump, "_HELD_SECONDS", 0.05)
    monkeypatch.setattr(pump, "_SETTLE_SECONDS", 0.2)
    monkeypatch.setattr(lanes, "LIVE_PATIENCE", 0.02)


class Reader:
    """A client: keeps its position, leaves and comes back."""

    def __init__(self, cluster: Kubelet, subject: Subject = POD, options: Options = DEFAULT, **more: Any) -> None:
        self.cluster, self.subject, self.options, self.more = cluster, subject, options, more
        self.cursor = ""
        self.seen: list[str] = []
        self.others: list[tuple[str, dict[str, Any]]] = []
        self.session: LogSession | None = None
        self.waiting: deque[str] = deque()

    async def come(self) -> "Reader":
        async def gateway() -> Any:
            return self.cluster

        self.waiting.clear()
        self.session = LogSession(gateway, self.subject, options=self.options, cursor=self.cursor, **self.more)
        await self.session.start()
        return self

    async def leave(self) -> None:
        assert self.session is not None
        await self.session.close()
        assert self.cluster.open_logs == 0

    async def events(self, seconds: float = 5) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        assert self.session is not None
        while True:
            while self.waiting:
                ident, event, data = (line.partition(": ")[2] for line in self.waiting.popleft().split("\n"))
                self.cursor = ident
                yield event, json.loads(data)
            if not (chunk := await self.session.next(seconds)):
                return
            self.waiting.extend(chunk.decode().split("\n\n")[:-1])

    async def read(self, number: int = 1 << 30, *, quiet: float = 0.3) -> list[str]:
        """So many lines, or all until nothing comes any more. The position is that of the last one taken."""
        found: list[str] = []
        async for name, data in self.events(quiet):
            if name == "line":
                found.append(data["text"])
                self.seen.append(data["text"])
                if len(found) == number:
                    break
            else:
                self.others.append((name, data))
        return found

    @property
    def gaps(self) -> list[str]:
        return [data["reason"] for name, data in self.others if name == "gap"]


async def test_what_was_written_and_what_is_written_now() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    for number in range(250):
        cluster.write(pod, f"{number}")
    reader = await Reader(cluster).come()
    assert await reader.read(250) == [f"{number}" for number in range(250)]
    cluster.write(pod, "new")
    assert await reader.read(1) == ["new"]
    await reader.leave()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_happens_each_line_comes_once(seed: int) -> None:
    """Lines at the same nanosecond and out of order, restarts, broken connections, a reader that comes and goes."""
    dice = random.Random(seed)
    pod = FakePod("web")
    cluster = Kubelet(pod)
    cluster.chunk = dice.choice([1, 7, 100])
    reader = Reader(cluster)
    written: list[str] = []
    # A kubelet keeps the run before the current one, so one restart at a time is what nobody can miss.
    is_here, restarted_at, is_told = False, 0, seed % 2 == 0

    def show() -> None:
        pod.shown_runs = len(pod.runs)
        cluster.wake()

    for number in range(120):
        after = dice.choice([0, 0, 1, 1000, SECOND // 3, SECOND * 3])
        cluster.write(pod, f"{number}", after=after)
        written.append(f"{number}")
        action = dice.random()
        if action < 0.2 and len(reader.seen) > restarted_at and pod.shown_runs == len(pod.runs):
            cluster.restart(pod, is_shown=is_told)
            asyncio.get_running_loop().call_later(0.02, show)
            restarted_at = len(written)
        elif action < 0.35:
            cluster.breaks.append(dice.randrange(20))
        elif action < 0.5:
            await (reader.leave() if is_here else reader.come())
            is_here = not is_here
        elif is_here and action < 0.9:
            await reader.read(dice.randrange(1, 30), quiet=0.02)
    pod.shown_runs = len(pod.runs)
    cluster.breaks.clear()
    cluster.wake()
    if not is_here:
        await reader.come()
    while await reader.read(quiet=0.2):
        pass
    assert sorted(reader.seen, key=int) == written, (seed, reader.gaps)
    assert reader.seen == written
    # What is known of a pod may be behind; then more is said to be missing than is.
    assert not reader.gaps or not is_told
    await reader.leave()


async def test_lines_that_share_a_moment_or_came_late() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    for text, nanos in (("a", 5), ("b", 5), ("c", 5), ("d", 4), ("e", 6), ("f", 3)):
        cluster.write(pod, text, nanos=NOON + SECOND + nanos)
    reader = Reader(cluster)
    for text in "abcdef":
        await reader.come()
        assert await reader.read(1) == [text]
        await reader.leave()
    await reader.come()
    assert await reader.read() == []
    cluster.write(pod, "g", nanos=NOON + SECOND + 2)
    assert await reader.read(1) == ["g"]
    await reader.leave()


async def test_a_log_that_was_cut_is_a_gap() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    for number in range(20):
        cluster.write(pod, f"{number}")
    reader = await Reader(cluster).come()
    await reader.read(10)
    await reader.leave()
    pod.cut = 15
    await reader.come()
    assert await reader.read() == [f"{number}" for number in range(15, 20)]
    assert reader.gaps == ["The log was cut at its beginning before all of it could be read."]
    await reader.leave()


async def test_restarts_that_nobody_saw_are_a_gap() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    cluster.write(pod, "first")
    reader = await Reader(cluster).come()
    await reader.read(1)
    await reader.leave()
    for text in ("lost", "before", "now"):
        cluster.restart(pod)
        cluster.write(pod, text)
    await reader.come()
    assert await reader.read() == ["before", "now"]
    assert len(reader.gaps) == 1 and "restarted 3 times" in reader.gaps[0]
    await reader.leave()


async def test_a_pod_that_goes_in_the_middle() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    cluster.write(pod, "a")
    reader = await Reader(cluster).come()
    await reader.read(1)
    cluster.write(pod, "b")
    assert await reader.read(1) == ["b"]
    pod.is_running = False
    cluster.wake()
    await asyncio.sleep(0.05)
    cluster.pods.clear()
    cluster.wake()
    assert await reader.read() == []
    assert reader.others[-1] == ("done", {"reason": "The pod is gone."}) and not reader.gaps
    await reader.leave()
    # Broken off, and then gone: what it wrote last is not known.
    other = FakePod("web")
    cluster.pods.append(other)
    second = await Reader(cluster).come()
    await second.read(quiet=0.05)
    cluster.pods.clear()
    cluster.breaks.append(0)
    cluster.write(other, "never seen")
    await second.read()
    assert [name for name, _ in second.others][-2:] == ["gap", "done"]
    await second.leave()


async def test_all_pods_in_the_order_of_time() -> None:
    pods = [FakePod(f"web-{number}", owner="rs") for number in range(4)]
    cluster = Kubelet(*pods, FakePod("foreign", owner="other"))
    dice = random.Random(7)
    expected = []
    for number in range(2_000):
        cluster.write(dice.choice(pods), f"{number}")
        expected.append(f"{number}")
    cluster.write(cluster.pods[-1], "not of this workload")
    reader = Reader(cluster, ALL, all_pods=True)
    while len(reader.seen) < 2_000:
        await reader.come()
        assert await reader.read(333)
        await reader.leave()
    assert reader.seen == expected
    # A pod that came while nobody looked is read from its first line.
    fresh = FakePod("web-9", owner="rs")
    cluster.pods.append(fresh)
    cluster.write(fresh, "fresh")
    await reader.come()
    assert await reader.read(1) == ["fresh"]
    late = FakePod("web-10", owner="rs")
    cluster.pods.append(late)
    cluster.write(late, "late")
    assert await reader.read(1) == ["late"]
    await reader.leave()


async def test_a_tail_of_many_with_one_moment() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    for number in range(10):
        cluster.write(pod, f"{number}", nanos=NOON)
    reader = await Reader(cluster, options=Options(tail=3)).come()
    assert await reader.read(2) == ["7", "8"]
    await reader.leave()
    await reader.come()
    assert await reader.read() == ["9"]
    cluster.write(pod, "10", nanos=NOON)
    assert await reader.read(1) == ["10"]
    await reader.leave()


async def test_only_what_is_new_also_after_a_pause() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    cluster.write(pod, "old")
    reader = await Reader(cluster, options=Options(tail=0)).come()
    assert await reader.read(quiet=0.05) == []
    await reader.leave()
    cluster.write(pod, "new")
    await reader.come()
    assert await reader.read(1) == ["new"]
    await reader.leave()


async def test_a_slow_reader_costs_little_and_is_let_go() -> None:
    pod = FakePod("web")
    cluster = Kubelet(pod)
    for number in range(30_000):
        cluster.write(pod, f"{number} " + "x" * 500)
    reader = await Reader(cluster, slow_seconds=0.2).come()
    await reader.read(1)
    assert reader.session is not None
    (feed,) = reader.session._feeds.values()
    await asyncio.sleep(0.1)
    assert feed.lane.is_full and feed.lane._characters < 2 * lanes.MOST_CHARACTERS
    await asyncio.sleep(0.3)
    assert reader.session.is_closed and cluster.open_logs == 0
    assert await reader.session.next(1) is None
    await reader.come()
    assert (await reader.read(1))[0].startswith("1 ")
    await reader.leave()


async def test_a_cluster_that_is_away_for_long_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "_QUIET_SECONDS", 0.1)
    pod = FakePod("web")
    cluster = Kubelet(pod)
    cluster.write(pod, "a")
    reader = await Reader(cluster).come()
    await reader.read(1)
    cluster.breaks = [0] * 100
    cluster.write(pod, "b")
    await reader.read(quiet=0.2)
    cluster.breaks.clear()
    cluster.wake()
    if "b" not in reader.seen:
        await reader.read(1)
    assert reader.seen == ["a", "b"]
    assert len(reader.gaps) == 1 and "cannot be reached" in reader.gaps[0]
    await reader.leave()
