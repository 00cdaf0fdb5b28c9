"""Streams over real servers and sockets: snapshot, changes, resumption, end; also from other processes."""

import asyncio
import os
import random
import time

import pytest
from django.db import transaction
from django.utils import timezone

from realtime import hub, services
from realtime.models import Event
from realtime.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/v1/api/things/one/stream"


def test_a_stream_begins_with_a_snapshot_and_goes_on(port, connect, publish):
    publish({"n": 1}, {"n": 2})
    with connect(port) as client:
        headers = client.response.headers
        assert client.response.status_code == 200
        assert headers["content-type"] == "text/event-stream"
        assert headers["cache-control"] == "no-cache"
        assert headers["x-accel-buffering"] == "no"
        assert headers["content-encoding"] == "identity"
        assert client.next() == {"retry": "3000"}
        assert client.event() == (2, "snapshot", {"events": 2})
        publish({"n": 3})
        publish({}, type="thing.hidden")
        publish({"text": "two\nlines"})
        assert client.events(2) == [(3, "changed", {"n": 3}), (5, "changed", {"text": "two\nlines"})]


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_client_goes_on_where_it_was(port, how, connect, publish):
    publish(*({"n": n} for n in range(1, 8)))
    query = f"{URL}?last_event_id=3"
    with connect(port, last_id=3) if how == "header" else connect(port, query) as client:
        assert [event[0] for event in client.events(4)] == [4, 5, 6, 7]
        publish({"n": 8})
        assert client.event() == (8, "changed", {"n": 8})


def test_from_the_very_beginning(port, connect, publish):
    publish({"n": 1})
    with connect(port, last_id=0) as client:
        assert client.event() == (1, "changed", {"n": 1})


@pytest.mark.parametrize("last_id", ["99", "1", "-1", "abc", "9" * 30, "²"])
def test_what_cannot_be_resumed_gets_a_snapshot(port, last_id, connect, publish):
    publish(*({} for _ in range(4)))
    Event.objects.filter(cursor__lte=2).update(created_at=timezone.now() - timezone.timedelta(days=9))
    services.prune(older_than=timezone.timedelta(days=7))
    with connect(port, f"{URL}?last_event_id={last_id}") as client:
        assert client.event() == (4, "snapshot", {"events": 2})


def test_a_restless_client_sees_all_once_over_two_servers(servers, in_threads, connect, publish):
    """It loses its connection every few events and goes on at the other server, while four write."""
    ports = [servers.start(), servers.start()]
    total = 4 * 60
    seen = []

    def write(number):
        dice = random.Random(number)
        for n in range(60):
            publish({"w": number, "n": n})
            time.sleep(dice.random() * 0.004)

    def read():
        dice = random.Random(1)
        last_id, turn = 0, 0
        while len(seen) < total:
            turn += 1
            with connect(ports[turn % 2], last_id=last_id) as client:
                for _ in range(min(dice.randint(1, 40), total - len(seen))):
                    last_id, name, data = client.event()
                    assert name == "changed"
                    seen.append((last_id, data["w"], data["n"]))

    in_threads([read, *(lambda number=number: write(number) for number in range(4))])
    assert [cursor for cursor, _, _ in seen] == list(range(1, total + 1))
    for number in range(4):
        assert [n for _, writer, n in seen if writer == number] == list(range(60))


def test_done_ends_the_stream(port, connect):
    with connect(port) as client:
        assert client.event()[1] == "snapshot"
        with transaction.atomic():
            for kind, n in (("thing.changed", 1), ("thing.done", 2), ("thing.changed", 3)):
                services.publish(stream="thing:one", type=kind, workspace="w", subject="", payload={"n": n})
        assert client.events(2) == [(1, "changed", {"n": 1}), (2, "done", {"n": 2})]
        assert client.event() is None


def test_who_comes_after_the_end_hears_of_it(port, things, connect, publish):
    publish({"n": 1}, {"n": 2})
    things.over = {"reason": "finished"}
    with connect(port) as client:
        expected = [(2, "snapshot", {"events": 2}), (2, "done", {"reason": "finished"})]
        assert client.events(3) == [*expected, None]
    with connect(port, last_id=1) as client:
        expected = [(2, "changed", {"n": 2}), (2, "done", {"reason": "finished"})]
        assert client.events(3) == [*expected, None]


def test_events_of_another_process_arrive_by_polling(port, start_process, connect):
    code = (
        "from django.db import transaction\n"
        "from realtime.services import publish\n"
        "with transaction.atomic():\n"
        "    publish(stream='thing:one', type='thing.changed', workspace='', subject='', payload={'n': 1})\n"
    )
    with connect(port) as client:
        assert client.event()[1] == "snapshot"
        assert start_process(code).wait(60) == 0
        assert client.event() == (1, "changed", {"n": 1})


@pytest.mark.redis
def test_redis_wakes_other_processes(servers, settings, start_process, monkeypatch, connect):
    settings.REDIS_URL = os.environ["SAILCLOTH_TEST_REDIS_URL"]
    monkeypatch.setattr(hub, "POLL_SECONDS", 3600)
    port = servers.start()
    code = (
        "from django.db import transaction\n"
        "from realtime.services import publish\n"
        "for line in sys.stdin:\n"
        "    with transaction.atomic():\n"
        "        publish(stream='thing:one', type='thing.changed', workspace='w', subject='', payload={})\n"
        "    print('published', flush=True)\n"
    )
    writer = start_process(code, redis_url=settings.REDIS_URL)
    with connect(port) as client:
        assert client.event()[1] == "snapshot"
        time.sleep(1)  # Until the reader listens.
        delays = []
        for n in range(1, 6):
            writer.stdin.write("go\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == "published\n"
            started = time.monotonic()
            assert client.event()[0] == n
            delays.append(time.monotonic() - started)
    assert min(delays) < 0.5


def test_without_redis_writers_go_on(settings, publish):
    """A dead Redis costs a writer one short failure, then nothing for a while."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    started = time.monotonic()
    assert publish(*({} for _ in range(20))) == 20
    assert time.monotonic() - started < 20


async def test_the_subscription_as_an_iterator(publish):
    await in_thread(publish, {"n": 1}, {"n": 2})
    seen = []

    async def follow():
        async with hub.current_hub().subscribe("thing:one", 0) as subscription:
            async for event in subscription:
                seen.append(event.cursor)
                if event.cursor == 3:
                    return

    task = asyncio.create_task(follow())
    while len(seen) < 2:
        await asyncio.sleep(0.01)
    await in_thread(publish, {"n": 3})
    await asyncio.wait_for(task, 60)
    assert seen == [1, 2, 3]
