"""One reader's stream of logs: which pods there are, a pump for each container, and the events that come of it.

Lives on the cluster loop. It is pulled: what nobody asks for is not read, so a slow reader costs a bounded memory, and
one that does not come back in time is let go with its position kept.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from clusters.kube.gateway import Gateway
from clusters.live.logs import facts
from clusters.live.logs.cursor import MOST, Cursor, Key, Position, key_of, read_word
from clusters.live.logs.lanes import Lane, next_lane
from clusters.live.logs.pods import Pods, Subject
from clusters.live.logs.pump import Options, Place, Pump
from core.errors import InvalidInput

Json = dict[str, Any]
MOST_PODS = 50
SLOW_SECONDS = 30.0
_CHUNK = 64 * 1024
_PLACING_SECONDS = 1.0
_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=1024)
def _second(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_second(nanos: int) -> str:
    """As the API writes times, wherever the node's clock stands; empty for words of the node about the log."""
    return _second(nanos // 1_000_000_000) if nanos else ""


class Feed:
    """One container in the stream."""

    def __init__(self, place: Place, lane: Lane) -> None:
        self.place = place
        self.key = key_of(place.uid, place.container)
        self.lane = lane
        self.pump: Pump | None = None
        self.task: asyncio.Task[None] | None = None
        self.is_placed = False
        head = _encode({"pod": place.pod, "container": place.container})
        self.head = (b"event: line\ndata: " + head[:-1] + b',"time":').decode()


class LogSession:
    """`start`, then `next` until it gives None, then `close`."""

    def __init__(
        self,
        gateway: Callable[[], Awaitable[Gateway]],
        subject: Subject,
        *,
        options: Options,
        pod: str = "",
        container: str = "",
        all_pods: bool = False,
        cursor: str = "",
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._gateway = gateway
        self._subject = subject
        self._options = options
        self._pod, self._container, self._all_pods = pod, container, all_pods
        self._known: dict[Key, Position] | None = read_word(cursor) if cursor else None
        self._cursor = Cursor()
        self._feeds: dict[Key, Feed] = {}
        self._events: list[tuple[str, Json]] = []
        self._pods: Pods | None = None
        self._chosen = ""
        self._has_told_of_more = False
        self._wake = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._slow_seconds = slow_seconds
        self._slow: asyncio.TimerHandle | None = None
        self._begun_at = 0.0
        self.is_closed = False

    # --- beginning and end

    async def start(self) -> None:
        """Raises what the cluster answers when there is nothing to read."""
        self._pods = Pods(self._gateway, self._subject)
        await self._pods.load()
        shown = self._shown()
        first = shown[0] if shown else None
        self._check_names(shown)
        resumes = self._known is not None
        self._begun_at = asyncio.get_running_loop().time()
        self._look(is_first=True)
        if not resumes:
            self._events.insert(0, ("snapshot", self._snapshot(first)))
        elif lost := set(self._known or ()) - set(self._feeds):
            which = "a pod that is" if len(lost) == 1 else "pods that are"
            self._gap({"reason": f"The last lines of {which} gone by now may be missing."})
        if self._options.follow and not self._options.previous:
            self._watching = asyncio.create_task(self._pods.watch(self._look))
        self._rest()

    async def close(self) -> None:
        self.is_closed = True
        if self._slow is not None:
            self._slow.cancel()
        tasks = [task for task in (self._watching, *(feed.task for feed in self._feeds.values())) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._wake.set()

    def _check_names(self, shown: list[Json]) -> None:
        if self._pod and not shown:
            raise InvalidInput(f"There is no pod {self._pod} here.", fields={"pod": ["There is no such pod."]})
        names = sorted({name for pod in shown for name in facts.container_names(pod)})
        if shown and self._container and self._container not in names:
            message = f"There is no container {self._container}; there are: {', '.join(names)}."
            raise InvalidInput(message, fields={"container": [message]})

    def _snapshot(self, pod: Json | None) -> Json:
        names = facts.container_names(pod) if pod else []
        pods = [
            {"name": facts.name_of(each), "phase": facts.phase_of(each), "containers": facts.container_names(each)}
            for each in self._shown()
        ]
        container = self._container or (facts.default_container(pod) if pod else "")
        return {"pod": facts.name_of(pod) if pod else "", "container": container, "containers": names, "pods": pods}

    # --- which pods

    def _shown(self) -> list[Json]:
        """The pods of this stream: all, or the one that was asked for, or the best at the beginning."""
        assert self._pods is not None
        found = self._pods.found
        if self._all_pods:
            ordered = sorted(found.values(), key=_made_at, reverse=True)
            return ordered[:MOST_PODS]
        if self._pod:
            named = self._pods.by_name(self._pod)
            return [named] if named is not None else []
        if not self._chosen or self._chosen not in found:
            resumed = [uid for uid, pod in found.items() if any(k in (self._known or ()) for k in _keys(pod))]
            best = found[resumed[0]] if resumed else facts.best_pod(list(found.values()))
            if not self._chosen and best is not None:
                self._chosen = facts.uid_of(best)
        return [found[self._chosen]] if self._chosen in found else []

    def _look(self, *, is_first: bool = False) -> None:
        """Begin with what is new, tell the pumps what has changed, and end with what is gone."""
        assert self._pods is not None
        shown = self._shown()
        for pod in shown:
            container = self._container_of(pod)
            if container:
                self._feed(pod, container, is_first=is_first)
        if self._all_pods and len(self._pods.found) > MOST_PODS and not self._has_told_of_more:
            self._has_told_of_more = True
            self._gap({"reason": f"Only {MOST_PODS} of {len(self._pods.found)} pods are read at once: the newest."})
        for feed in self._feeds.values():
            there = self._pods.found.get(feed.place.uid)
            state = facts.state_of(there, feed.place.container) if there is not None else facts.GONE
            if feed.pump is not None:
                feed.pump.update(state)
                if feed.task is None:
                    feed.task = asyncio.create_task(feed.pump.run())
        self._wake.set()

    def _container_of(self, pod: Json) -> str:
        if not self._container:
            return facts.default_container(pod)
        return self._container if self._container in facts.container_names(pod) else ""

    def _feed(self, pod: Json, container: str, *, is_first: bool) -> None:
        place = Place(facts.name_of(pod), facts.uid_of(pod), self._subject.namespace, container)
        key = key_of(place.uid, container)
        if key in self._feeds or len(self._feeds) >= MOST:
            return
        if self._known is not None:
            position: Position | None = self._known.get(key, Position())
        else:
            # What comes later is read from its first line.
            position = None if is_first else Position()
        feed = self._feeds[key] = Feed(place, Lane(self._wake.set))
        if position is not None:
            feed.lane.begin(position)

        def tell_gap(reason: str) -> None:
            self._gap({"pod": place.pod, "container": container, "reason": reason})

        feed.pump = Pump(self._gateway, place, feed.lane, options=self._options, position=position, tell_gap=tell_gap)

    def _gap(self, data: Json) -> None:
        self._events.append(("gap", data))
        self._wake.set()

    # --- what the reader gets

    async def next(self, seconds: float) -> bytes | None:
        """The next events; empty after `seconds` without any; None when the stream is over."""
        if self._slow is not None:
            self._slow.cancel()
        try:
            return await self._next(seconds)
        finally:
            self._rest()

    async def _next(self, seconds: float) -> bytes | None:
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while not self.is_closed:
            self._wake.clear()
            wait = self._place(now())
            chunk = ""
            if wait is None:
                chunk, wait = self._chunk(now())
            if chunk:
                return chunk.encode("utf-8", "surrogatepass")
            if wait is None and (end := self._end()) is not None:
                self.is_closed = True
                return self._frame("done", {"reason": end}).encode()
            left = until - now() if wait is None else min(wait, until - now())
            if until <= now():
                return b""
            try:
                async with asyncio.timeout(max(left, 0.001)):
                    await self._wake.wait()
            except TimeoutError:
                continue
        return None

    def _rest(self) -> None:
        """From now on it is the reader's turn; for so long it may take."""
        if not self.is_closed:
            loop = asyncio.get_running_loop()
            self._slow = loop.call_later(self._slow_seconds, self._let_go)

    def _let_go(self) -> None:
        self._closing = asyncio.ensure_future(self.close())

    def _place(self, now: float) -> float | None:
        """Positions of containers of which nothing was sent yet belong into the cursor as well: the first event
        waits for them, else whoever leaves after it would come back without them. How long to wait, if at all."""
        for feed in self._feeds.values():
            if not feed.is_placed and feed.lane.position is not None:
                feed.is_placed = True
                self._cursor.put(feed.key, feed.lane.position)
        left = self._begun_at + _PLACING_SECONDS - now
        if left <= 0 or all(feed.is_placed for feed in self._feeds.values()):
            self._begun_at = 0.0
            return None
        return left

    def _chunk(self, now: float) -> tuple[str, float | None]:
        """Events of about 64 KiB, and how long until a line that is here may be sent."""
        parts = [self._frame(name, data) for name, data in self._events]
        self._events.clear()
        size = sum(map(len, parts))
        feeds = {feed.lane: feed for feed in self._feeds.values()}
        lanes = list(feeds)
        wait: float | None = None
        while size < _CHUNK:
            lane, wait, until = next_lane(lanes, now)
            if lane is None:
                break
            feed = feeds[lane]
            while size < _CHUNK and lane.head is not None and lane.time <= until:
                parts.append(self._line(feed))
                size += len(parts[-1])
        self._forget()
        return "".join(parts), wait

    def _line(self, feed: Feed) -> str:
        line = feed.lane.take()
        assert feed.lane.position is not None
        feed.is_placed = True
        self._cursor.put(feed.key, feed.lane.position)
        text = _encode(line.text).decode()
        return (
            f'id: {self._cursor.word}\n{feed.head}"{whole_second(line.nanos)}","exact_time":"{line.time}",'
            f'"text":{text}}}\n\n'
        )

    def _frame(self, name: str, data: Json) -> str:
        return f"id: {self._cursor.word}\nevent: {name}\ndata: {_encode(data).decode()}\n\n"

    def _forget(self) -> None:
        """What is gone and was read to its end needs no place any more."""
        assert self._pods is not None
        for key, feed in list(self._feeds.items()):
            if feed.lane.is_ended and feed.lane.head is None and feed.place.uid not in self._pods.found:
                del self._feeds[key]
                self._cursor.drop(key)

    def _end(self) -> str | None:
        """Why nothing more can come."""
        assert self._pods is not None
        if self._events or any(not feed.lane.is_ended or feed.lane.head is not None for feed in self._feeds.values()):
            return None
        if not self._options.follow or self._options.previous:
            return "This is all there was."
        if self._all_pods and self._subject.kind != "Pod":
            return f"The {self._subject.kind} is gone." if self._pods.is_subject_gone else None
        if self._shown():
            return "The container has ended." if self._feeds else None
        return "The pod is gone." if self._chosen or self._pod or self._pods.is_subject_gone else None

    @property
    def word(self) -> str:
        return self._cursor.word


def _made_at(pod: Json) -> str:
    return str((pod.get("metadata") or {}).get("creationTimestamp") or "")


def _keys(pod: Json) -> list[Key]:
    return [key_of(facts.uid_of(pod), name) for name in facts.container_names(pod)]
