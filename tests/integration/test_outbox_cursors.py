"""The outbox under many writers at once: every event once, in order, for a reader that only remembers a
cursor."""

import random
import threading
import time
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from realtime import selectors, services
from realtime.models import Event, Stream
from realtime.types import NewEvent

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
EVENTS = 100
STREAMS = ("workflow:a", "workflow:b", "workflow:c")


class Undo(Exception):
    """Rolls a transaction back."""


def follow(streams, expected, seen, stop):
    """What every reader does: ask for what comes after the last cursor seen."""
    position = dict.fromkeys(streams, 0)
    while not stop.is_set() or any(position[name] < selectors.head(name) for name in streams):
        for name in streams:
            for event in selectors.read(stream=name, after=position[name], limit=17):
                seen[name].append(event)
                position[name] = event.cursor
        if sum(len(events) for events in seen.values()) >= expected and stop.is_set():
            return
        time.sleep(0.001)


def test_readers_see_every_event_once_while_many_write(in_threads):
    """8 writers × 100 transactions on 3 streams, a tenth rolled back, with pauses before and after the cursor
    is allotted, so that transactions end in another order than they began in."""
    written = [defaultdict(list) for _ in range(WRITERS)]
    seen = [defaultdict(list) for _ in range(3)]
    stop = threading.Event()
    running = [WRITERS]
    lock = threading.Lock()

    def write(number):
        dice = random.Random(number)
        try:
            for count in range(EVENTS):
                name = dice.choice(STREAMS)
                try:
                    with transaction.atomic():
                        if connection.vendor != "sqlite":
                            time.sleep(dice.random() * 0.003)
                        cursor = services.publish(
                            stream=name,
                            type="thing.changed",
                            workspace="w",
                            subject=f"{number}",
                            payload={"n": count},
                        )
                        time.sleep(dice.random() * 0.001)
                        if dice.random() < 0.1:
                            raise Undo
                except Undo:
                    continue
                written[number][name].append((cursor, count))
        finally:
            with lock:
                running[0] -= 1
                if running[0] == 0:
                    stop.set()

    readers = [lambda mine=mine: follow(STREAMS, WRITERS * EVENTS, mine, stop) for mine in seen]
    in_threads([*(lambda number=number: write(number) for number in range(WRITERS)), *readers])

    total = 0
    for name in STREAMS:
        committed = sorted(cursor for by_stream in written for cursor, _ in by_stream[name])
        total += len(committed)
        assert committed == list(range(1, len(committed) + 1)), "a cursor is missing or was given out twice"
        assert selectors.head(name) == len(committed)
        for mine in seen:
            assert [event.cursor for event in mine[name]] == committed, "a reader missed or repeated an event"
    assert total > WRITERS * EVENTS * 0.8
    for number in range(WRITERS):
        for name in STREAMS:
            own = [event.payload["n"] for event in seen[0][name] if event.subject == str(number)]
            assert own == [count for _, count in written[number][name]], "one writer's events changed their order"


def test_processes_share_the_sequence(start_process):
    code = (
        "from django.db import transaction\n"
        "from realtime.services import publish\n"
        "sys.stdin.readline()\n"
        "for n in range(50):\n"
        "    with transaction.atomic():\n"
        "        publish(stream='shared', type='a.b', workspace='w', subject=sys.argv[1], payload={'n': n})\n"
    )
    processes = [start_process(code, str(number)) for number in range(3)]
    for process in processes:  # All at once, after the slow start.
        process.stdin.write("go\n")
        process.stdin.flush()
    position, subjects = 0, defaultdict(list)
    deadline = time.monotonic() + 100
    while position < 150 and time.monotonic() < deadline:
        for event in selectors.read(stream="shared", after=position):
            assert event.cursor == position + 1
            position = event.cursor
            subjects[event.subject].append(event.payload["n"])
        time.sleep(0.002)
    assert [process.wait(30) for process in processes] == [0, 0, 0]
    assert position == selectors.head("shared") == 150
    assert subjects == {str(number): list(range(50)) for number in range(3)}


def test_a_later_event_waits_for_an_earlier_one(in_threads):
    """The skip that a serial id allows, step by step: the second writer must not commit before the first."""
    first_has_cursor, second_tried = threading.Event(), threading.Event()
    seen_in_between = []

    def first():
        with transaction.atomic():
            assert services.publish(stream="s", type="a.b", workspace="", subject="first", payload={}) == 1
            first_has_cursor.set()
            second_tried.wait(30)
            time.sleep(0.3)

    def second():
        first_has_cursor.wait(30)
        second_tried.set()
        with transaction.atomic():
            assert services.publish(stream="s", type="a.b", workspace="", subject="second", payload={}) == 2

    def reader():
        second_tried.wait(30)
        time.sleep(0.1)
        seen_in_between.extend(selectors.read(stream="s", after=0))

    in_threads([first, second, reader])
    assert seen_in_between == []
    assert [event.subject for event in selectors.read(stream="s", after=0)] == ["first", "second"]


@pytest.mark.postgres
def test_a_serial_id_would_skip(in_threads):
    """The control: with ids from a sequence, a reader that follows by id loses an event. So the proof above
    is one."""
    inserted, committed = threading.Event(), threading.Event()
    seen = []
    Stream.objects.create(name="control", cursor=2)

    def insert(cursor):
        Event.objects.create(stream_id="control", cursor=cursor, type="a.b", created_at=timezone.now())

    def early():
        with transaction.atomic():
            insert(1)
            inserted.set()
            committed.wait(30)

    def late():
        inserted.wait(30)
        insert(2)
        seen.extend(Event.objects.order_by("id").values_list("id", "cursor"))
        committed.set()

    in_threads([early, late])
    position = max(ident for ident, _ in seen)
    seen.extend(Event.objects.filter(id__gt=position).values_list("id", "cursor"))
    assert [cursor for _, cursor in seen] == [2]


def test_two_streams_at_once_do_not_deadlock(in_threads):
    def write(names):
        for _ in range(40):
            with transaction.atomic():
                services.publish_many([NewEvent(name, "a.b", "", "", {}) for name in names])

    in_threads([lambda: write(["x", "y", "z"]), lambda: write(["z", "y", "x"]), lambda: write(["y", "x", "z"])])
    assert selectors.heads(["x", "y", "z", "none"]) == {"x": 120, "y": 120, "z": 120}


def test_publish_many_keeps_the_order_given():
    with transaction.atomic():
        cursors = services.publish_many(
            [
                NewEvent("b", "t.a", "w", "s", {"i": 0}),
                NewEvent("a", "t.b", "w", "s", {}),
                NewEvent("b", "t.c", "w", "s", {"i": 1}),
            ]
        )
    assert cursors == [1, 1, 2]
    assert [event.payload for event in selectors.read(stream="b", after=0)] == [{"i": 0}, {"i": 1}]


def test_many_streams_are_read_at_once():
    with transaction.atomic():
        services.publish_many([NewEvent(f"s{n:03}", "a.b", "", "", {}) for n in range(120) for _ in range(3)])
    positions = {f"s{n:03}": 1 for n in range(120)}
    events, cut = selectors.read_many(positions, limit=1000)
    assert [(event.stream, event.cursor) for event in events] == [
        (name, cursor) for name in positions for cursor in (2, 3)
    ]
    assert cut == set()
    # A cut page has no holes, and names all that may have more.
    events, cut = selectors.read_many({"s000": 0, "s001": 0, "s002": 3}, limit=4)
    assert [(event.stream, event.cursor) for event in events] == [
        ("s000", 1),
        ("s000", 2),
        ("s000", 3),
        ("s001", 1),
    ]
    assert cut == {"s000", "s001", "s002"}
    assert selectors.read_many({}, limit=10) == ([], set())


def test_publish_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        services.publish(stream="s", type="a.b", workspace="", subject="", payload={})


def test_pruning_keeps_the_sequence():
    def publish():
        with transaction.atomic():
            return services.publish(stream="s", type="a.b", workspace="", subject="", payload={})

    for _ in range(5):
        publish()
    Event.objects.filter(cursor__lte=3).update(created_at=timezone.now() - timedelta(days=8))
    assert services.prune(older_than=timedelta(days=7)) == 3
    where = selectors.position("s")
    assert (where.pruned_to, where.head, selectors.oldest("s")) == (3, 5, 4)
    assert [where.can_resume(cursor) for cursor in (2, 3, 5, 6)] == [False, True, True, False]
    Event.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert services.prune(older_than=timedelta(days=7)) == 2
    assert selectors.oldest("s") is None
    assert publish() == 6


def test_a_snapshot_fits_its_cursor_while_others_write(in_threads):
    """The state here is the number of committed events: it must equal the cursor that comes with it."""
    stop = threading.Event()
    taken = []

    def write():
        while not stop.is_set():
            with transaction.atomic():
                services.publish(stream="busy", type="a.b", workspace="", subject="", payload={})

    def snapshot():
        try:
            for _ in range(40):
                taken.append(services.snapshot_at("busy", lambda: Event.objects.filter(stream_id="busy").count()))
        finally:
            stop.set()

    with transaction.atomic():
        services.publish(stream="busy", type="a.b", workspace="", subject="", payload={})
    in_threads([write, write, write, snapshot])
    assert len(taken) == 40
    assert [state for state, _ in taken] == [cursor for _, cursor in taken]


def test_a_snapshot_of_a_stream_without_events():
    assert services.snapshot_at("nothing", lambda: "empty") == ("empty", 0)
