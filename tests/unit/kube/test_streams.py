"""Watches: whole events from pieces, the end, the errors inside of it, and silence."""

import asyncio
import gc
import json
import time
from contextlib import aclosing

import pytest
from aiohttp import web

from clusters.kube.gateway import Refused, ResourceExpired, Unreachable, Unsupported
from plugins.sdk.capabilities import ServedKind

from .conftest import CONFIG_MAP, status


def event(kind, name="a", **more):
    return json.dumps({"type": kind, "object": {"metadata": {"name": name}, **more}}).encode() + b"\n"


def sends(*parts, then=None):
    async def answer(request):
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for part in parts:
            await response.write(part)
            await asyncio.sleep(0.01)
        if then is not None:
            await then(request)
        return response

    return answer


async def hang(request):
    await asyncio.sleep(30)


async def drop(request):
    request.transport.abort()


async def watched(gateway, **more):
    options = {"resource_version": "5", "timeout_seconds": 5, **more}
    return [event.type async for event in await gateway.watch(CONFIG_MAP, "default", **options)]


async def test_asks_for_bookmarks_from_a_version(server, gateway):
    server.answer = sends(event("BOOKMARK"))
    assert await watched(gateway, labels="a=b", fields="metadata.name=x") == ["BOOKMARK"]
    assert server.seen == [
        "GET /api/v1/namespaces/default/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=5"
        "&timeoutSeconds=5&labelSelector=a%3Db&fieldSelector=metadata.name%3Dx"
    ]


async def test_puts_events_together_from_any_pieces(server, gateway):
    whole = event("ADDED") + b"\n" + event("MODIFIED", text="ü" * 1000) + event("DELETED")
    server.answer = sends(*(whole[at : at + 700] for at in range(0, len(whole), 700)))
    assert await watched(gateway) == ["ADDED", "MODIFIED", "DELETED"]


async def test_an_event_of_megabytes(server, gateway):
    server.answer = sends(event("ADDED", text="x" * 3_000_000), event("DELETED"))
    assert await watched(gateway) == ["ADDED", "DELETED"]


async def test_an_expired_version_inside_or_at_once(server, gateway):
    gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 5 (9)"}
    server.answer = sends(event("ADDED"), json.dumps({"type": "ERROR", "object": gone}).encode() + b"\n")
    with pytest.raises(ResourceExpired) as caught:
        await watched(gateway)
    assert (caught.value.status, caught.value.message) == (410, "too old resource version: 5 (9)")

    async def at_once(request):
        return status(410, "Expired", "too old")

    server.answer = at_once
    with pytest.raises(ResourceExpired):
        await gateway.watch(CONFIG_MAP, "default", resource_version="5")


async def test_another_error_inside(server, gateway):
    denied = {"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no longer"}
    server.answer = sends(json.dumps({"type": "ERROR", "object": denied}).encode() + b"\n")
    with pytest.raises(Refused, match="no longer"):
        await watched(gateway)


@pytest.mark.parametrize(
    "content", [b"hello\n", b"[1]\n", b'{"type": 5, "object": {}}\n', b'{"type": "ADDED"}\n', b"\xff\n"]
)
async def test_garbage(server, gateway, content):
    server.answer = sends(event("ADDED"), content)
    with pytest.raises(Unreachable, match="no event"):
        await watched(gateway)


async def test_half_an_event(server, gateway):
    server.answer = sends(event("ADDED"), event("MODIFIED")[:-9])
    with pytest.raises(Unreachable, match="in the middle"):
        await watched(gateway)


async def test_an_event_without_end(server, gateway, monkeypatch):
    monkeypatch.setattr("clusters.kube.stream.MAX_LINE", 100_000)
    server.answer = sends(*[b"x" * 60_000] * 4)
    with pytest.raises(Unreachable, match="too large"):
        await watched(gateway)


async def test_a_broken_connection(server, gateway):
    server.answer = sends(event("ADDED"), then=drop)
    with pytest.raises(Unreachable) as caught:
        await watched(gateway)
    assert caught.value.reason == "network"


async def test_silence_for_too_long(server, gateway, monkeypatch):
    monkeypatch.setattr("clusters.kube.direct._WATCH_GRACE", 0.3)
    server.answer = sends(event("ADDED"), then=hang)
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        await watched(gateway, timeout_seconds=0)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - begun < 2


async def test_silence_before_the_first_word(server, gateway):
    server.answer = hang
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        await gateway.watch(CONFIG_MAP, "default", resource_version="5")
    assert caught.value.reason == "timeout"
    assert time.monotonic() - begun < 4


async def test_leaving_early_closes_the_connection(server, gateway):
    ended = asyncio.Event()

    async def answer(request):
        try:
            return await sends(event("ADDED"), then=hang)(request)
        finally:
            ended.set()

    server.answer = answer
    watch = await gateway.watch(CONFIG_MAP, "default", resource_version="5")
    async with aclosing(watch):
        async for found in watch:
            assert found.type == "ADDED"
            break
    connector = gateway._transport._on_loop.session.connector
    assert not connector._acquired
    with pytest.raises(StopAsyncIteration):
        await anext(watch)


async def test_a_cancelled_consumer_closes_the_connection(server, gateway):
    server.answer = sends(event("ADDED"), then=hang)
    task = asyncio.ensure_future(watched(gateway))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gc.collect()
    assert not gateway._transport._on_loop.session.connector._acquired


async def test_a_kind_that_cannot_be_watched_or_listed(gateway):
    review = ServedKind(group="", version="v1", kind="Binding", resource="bindings", namespaced=True, verbs=("create",))
    with pytest.raises(Unsupported):
        await gateway.watch(review, "default", resource_version="5")
    with pytest.raises(Unsupported):
        await gateway.list(review, "default")
