"""The wire format of streams, and what a feed keeps in memory."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from realtime import hub, sse
from realtime.types import StreamEvent, StreamPosition


def event(cursor):
    return StreamEvent("s", cursor, "a.b", "w", "x", {}, datetime.now(UTC))


def test_data_is_one_line_whatever_it_holds():
    frame = sse.encode_frame("line", {"text": "a\r\nb\u2028c", "time": datetime(2026, 3, 24, tzinfo=UTC)}, 7)
    assert frame.startswith(b'id: 7\nevent: line\ndata: {"text":"a\\r\\nb')
    assert frame.endswith(b"\n\n")
    assert frame.count(b"\n") == 4


def test_a_frame_without_an_id_leaves_the_clients_position():
    assert sse.REVOKED.startswith(b"event: revoked\n")


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"Last-Event-ID": "12"}, "", 12),
        ({}, "?last_event_id=3", 3),
        ({"Last-Event-ID": "12"}, "?last_event_id=3", 12),
        ({}, "", None),
        ({"Last-Event-ID": "x"}, "", None),
        ({"Last-Event-ID": "-1"}, "", None),
        ({"Last-Event-ID": "9223372036854775807"}, "", 2**63 - 1),
        ({"Last-Event-ID": "9223372036854775808"}, "", None),
        ({"Last-Event-ID": "1" * 5000}, "", None),
    ],
)
def test_where_a_client_was(headers, query, expected):
    assert sse.last_event_id(RequestFactory().get(f"/{query}", headers=headers)) == expected


@pytest.mark.parametrize(
    ("pruned_to", "head", "after", "can"),
    [(0, 0, 0, True), (0, 5, 0, True), (3, 5, 2, False), (3, 5, 3, True), (3, 5, 5, True), (3, 5, 6, False)],
)
def test_what_can_be_resumed(pruned_to, head, after, can):
    assert StreamPosition(pruned_to, head).can_resume(after) is can


async def test_a_feed_keeps_the_newest(monkeypatch):
    monkeypatch.setattr(hub, "MEMORY", 3)
    feed = hub.Feed("s")
    feed.position = 0
    feed.add([event(1), event(2)])
    feed.add([event(2), event(3), event(4)])  # What was read twice counts once.
    assert feed.position == 4
    assert feed.after(0) is None
    assert [found.cursor for found in feed.after(1)] == [2, 3, 4]
    assert [found.cursor for found in feed.after(3)] == [4]


async def test_a_feed_forgets_what_lies_before_a_hole():
    feed = hub.Feed("s")
    feed.position = 0
    feed.add([event(1)])
    feed.add([event(5)])
    assert feed.after(1) is None
    assert [found.cursor for found in feed.after(4)] == [5]
