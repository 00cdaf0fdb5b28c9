"""One cache against a cluster that answers by script: relist on 410, back-off, refusals, kinds that are not served."""

import asyncio
from collections import deque

import msgspec
import pytest

from clusters.kube.gateway import Busy, ListPage, Refused, ResourceExpired, Unreachable, Unsupported, WatchEvent
from clusters.live.cache import CacheState, KindCache
from clusters.live.interests import Interest, Scope, Want, merge
from clusters.live.timing import Timing
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.objects import ObjectKey

SCOPE = Scope("", "ConfigMap", "shop")
SERVED = ServedKind("", "v1", "ConfigMap", "configmaps", True)
QUICK = Timing(
    first_pause=0.01, longest_pause=0.02, poll=0.01, refused_pause=0.01, watch_seconds=1, shortest_watch=0, grace=0.1
)


def thing(name, version="1", **more):
    return {"metadata": {"name": name, "namespace": "shop", "resourceVersion": version, **more}}


class Stream:
    def __init__(self, steps):
        self.steps = deque(steps)
        self.is_closed = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.steps:
            await asyncio.sleep(3600)
        step = self.steps.popleft()
        if isinstance(step, BaseException):
            raise step
        return step

    async def aclose(self):
        self.is_closed = True


class Script:
    """The cluster and the gateway in one: lists and watches in the order given; the last ones again and again."""

    def __init__(self, lists, watches=(), *, kinds=(SERVED,), objects=()):
        self.lists, self.watches = deque(lists), deque(watches)
        self.kinds, self.objects = kinds, {obj["metadata"]["name"]: obj for obj in objects}
        self.listed, self.watched_from, self.streams = 0, [], []
        self.changes, self.failures, self.times_heard = [], [], 0

    # the gateway

    async def capabilities(self, *, refresh=False):
        return Capabilities("v1.36.0", tuple(self.kinds))

    async def list(self, kind, namespace="", *, labels="", fields=""):
        assert (kind, namespace) == (SERVED, "shop")
        self.listed += 1
        step = self.lists.popleft() if len(self.lists) > 1 else self.lists[0]
        if isinstance(step, BaseException):
            raise step
        return ListPage(step, "10")

    async def watch(self, kind, namespace="", *, resource_version, labels="", fields="", timeout_seconds=0):
        self.watched_from.append(resource_version)
        step = self.watches.popleft() if self.watches else []
        if isinstance(step, BaseException):
            raise step
        self.streams.append(Stream(step))
        return self.streams[-1]

    async def get(self, kind, name, namespace=""):
        return self.objects[name]

    # the cluster

    async def gateway(self):
        return self

    def heard(self):
        self.times_heard += 1

    def failed(self, error):
        self.failures.append(error)

    def changed(self, keys):
        self.changes.append({key.name for key in keys})


async def follow(script, until, want=None, timing=QUICK):
    """Run a cache until the condition holds, then a moment longer."""
    cache = KindCache(want or Want(SCOPE), script, timing)
    task = asyncio.create_task(cache.run())
    try:
        async with asyncio.timeout(20):
            while not until(cache):
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return cache


def names(cache):
    return {name for _, name in cache.objects}


async def test_what_is_listed_and_then_changes():
    events = [
        WatchEvent("ADDED", thing("b", "11")),
        WatchEvent("BOOKMARK", {"metadata": {"resourceVersion": "12"}}),
        WatchEvent("DELETED", thing("a", "13")),
        StopAsyncIteration(),
    ]
    script = Script([[thing("a")]], [events])
    cache = await follow(script, lambda cache: len(script.watched_from) == 2)
    assert names(cache) == {"b"}
    assert script.changes == [{"a"}, {"b"}, {"a"}]
    # Goes on from where the last watch ended, without listing again.
    assert script.watched_from == ["10", "13"]
    assert script.listed == 1
    assert script.streams[0].is_closed


async def test_a_bookmark_moves_the_place_to_go_on_from():
    bookmark = WatchEvent("BOOKMARK", {"metadata": {"resourceVersion": "99"}})
    script = Script([[]], [[bookmark, StopAsyncIteration()]])
    await follow(script, lambda cache: len(script.watched_from) == 2)
    assert script.watched_from == ["10", "99"]
    assert script.changes == [{""}], "an empty scope that became known is told of, a bookmark is not"


async def test_a_watch_that_is_silent_for_too_long_is_opened_anew():
    """Its connection may be dead without saying so."""
    script = Script([[thing("a")]], [[WatchEvent("MODIFIED", thing("a", "12"))], []])
    quick = msgspec.structs.replace(QUICK, silence=0.05)
    await follow(script, lambda cache: len(script.watched_from) == 3, timing=quick)
    assert script.watched_from == ["10", "12", "12"]
    assert script.listed == 1
    assert script.streams[0].is_closed


@pytest.mark.parametrize("where", ["when the watch is opened", "in the middle of it"])
async def test_410_lists_again_and_tells_only_what_differs(where):
    expired = ResourceExpired("too old", reason="Expired", status=410)
    lists = [[thing("a"), thing("b"), thing("c")], [thing("a"), thing("b", "2"), thing("d")]]
    script = Script(lists, [expired if where.startswith("when") else [expired]])
    cache = await follow(script, lambda cache: script.listed == 2 and "d" in names(cache))
    assert names(cache) == {"a", "b", "d"}
    assert script.changes == [{"a", "b", "c"}, {"b", "c", "d"}]
    assert script.failures == []


async def test_a_failure_is_reported_and_what_was_known_stays_known():
    gone = Unreachable("gone", reason="refused")
    script = Script([[thing("a")], gone, gone, [thing("a")]], [[gone]])
    cache = await follow(script, lambda cache: script.listed >= 4)
    assert names(cache) == {"a"}
    assert len(script.failures) == 3
    assert script.changes == [{"a"}]


async def test_one_kind_that_cannot_be_read_for_long_does_not_count_as_well():
    script = Script([[thing("a")], Busy("broken", reason="InternalError", status=500)], [[Busy("x", reason="y")]])
    cache = await follow(script, lambda cache: cache.state is CacheState.BLIND)
    assert cache.message == "ConfigMap cannot be read: broken"
    cache.begin_anew()
    assert not cache.is_known


async def test_without_the_right_to_list_what_matters_is_asked_for_by_name():
    refused = Refused("may not list", reason="Forbidden", status=403)
    script = Script([refused], objects=[thing("a"), thing("b")])
    cache = await follow(script, lambda cache: cache.is_known, Want(SCOPE, names=frozenset({"a"})))
    assert (cache.state, names(cache)) == (CacheState.READY, {"a"})


async def test_without_any_right_it_says_so():
    script = Script([Refused("configmaps is forbidden", reason="Forbidden", status=403)])
    cache = await follow(script, lambda cache: cache.is_known)
    assert cache.state is CacheState.BLIND
    assert cache.message == "This connection may not look at ConfigMap: configmaps is forbidden"
    assert script.failures == [], "the cluster answers"


async def test_what_may_be_listed_but_not_watched_is_listed_now_and_then():
    script = Script([[thing("a")], [thing("b")]], [Unsupported("no watch", reason="MethodNotAllowed")] * 50)
    cache = await follow(script, lambda cache: names(cache) == {"b"})
    assert cache.state is CacheState.READY


async def test_lost_credentials_are_the_trouble_of_the_whole_cluster():
    script = Script([Refused("who are you", reason="Unauthorized", status=401)])
    await follow(script, lambda cache: len(script.failures) > 1)
    assert script.failures[0].status == 401


async def test_a_kind_that_is_not_served_has_no_objects():
    script = Script([[]], kinds=())
    cache = await follow(script, lambda cache: cache.is_known)
    assert cache.state is CacheState.UNSERVED
    assert script.listed == 0


async def test_secret_values_are_not_kept():
    secret = ServedKind("", "v1", "Secret", "secrets", True)
    script = Script([[]], kinds=(secret,))
    cache = KindCache(Want(Scope("", "Secret", "shop")), script, QUICK)
    cache._replace([{**thing("a", managedFields=[{}]), "data": {"password": "Y2FuYXJ5"}}], secret)
    kept = cache.objects["shop", "a"]
    assert kept["kind"] == "Secret"
    assert kept["data"] == {"password": None}
    assert "managedFields" not in kept["metadata"]


def test_one_watch_serves_everybody():
    labelled = Want(SCOPE, labels="ours", names=frozenset({"a"}))
    everything = Want(SCOPE, names=frozenset({"b"}))
    other = Want(Scope("", "Pod", "shop"), fields="x=y")
    merged = merge([Interest("c", (labelled, other)), Interest("c", (everything, other)), Interest("d", (labelled,))])
    assert merged["c"][SCOPE] == Want(SCOPE, names=frozenset({"a", "b"}))
    assert merged["c"][other.scope] == other
    assert merged["d"] == {SCOPE: labelled}


def test_pauses_grow_and_are_spread():
    timing = Timing(first_pause=1, longest_pause=8)
    for failures, most in ((1, 1), (2, 2), (3, 4), (4, 8), (50, 8)):
        pauses = {timing.pause(failures) for _ in range(20)}
        assert max(pauses) <= most
        assert min(pauses) >= most / 2
        assert len(pauses) > 1


def test_the_key_of_a_change_is_that_of_the_object():
    assert Scope.of(ObjectKey("apps", "Deployment", "shop", "web")) == Scope("apps", "Deployment", "shop")
