"""Streams over real servers and sockets: who may, for how long, and what many or slow clients cost."""

import json
import socket
import threading
import time

import pytest
from django.db import connection

from core.principal import Principal, PrincipalKind
from realtime import hub, sse, tickets

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/v1/api/things/one/stream"


ALICE = Principal(PrincipalKind.USER, "alice", "w")


def test_many_clients_cost_one_encoding(port, things, connect, publish):
    publish({})
    clients = [connect(port) for _ in range(5)]
    for client in clients:
        assert client.event()[1] == "snapshot"
    publish(*({"n": n} for n in range(10)))
    for client in clients:
        assert [event[0] for event in client.events(10)] == list(range(2, 12))
        client.__exit__()
    assert things.rendered == list(range(2, 12))


@pytest.mark.parametrize("lost", ["right", "session"])
def test_a_lost_right_ends_the_stream(port, things, monkeypatch, lost, connect, publish):
    monkeypatch.setattr(sse, "RECHECK_SECONDS", 0.2)
    with connect(port) as client:
        assert client.event()[1] == "snapshot"
        time.sleep(0.5)
        publish({"n": 1})
        assert client.event() == (1, "changed", {"n": 1})
        if lost == "right":
            things.may_see = False
        else:
            things.is_live = False
        time.sleep(0.3)
        publish({"n": "secret"})
        ident, name, _ = client.event()
        assert (ident, name) == (None, "revoked")
        assert client.event() is None


def test_rechecks_are_often_enough():
    assert sse.RECHECK_SECONDS < 30
    assert sse.KEEPALIVE_SECONDS == 15


def test_silence_is_filled_with_comments(port, monkeypatch, connect, publish):
    monkeypatch.setattr(sse, "KEEPALIVE_SECONDS", 0.1)
    with connect(port) as client:
        assert [client.next().get("event") for _ in range(4)] == [None, "snapshot", "comment", "comment"]
        publish({"n": 1})
        assert client.event() == (1, "changed", {"n": 1})


def test_a_slow_client_is_sent_away_and_misses_nothing(port, monkeypatch, connect, publish):
    """It opens a stream and does not read. When it does at last, it finds the end; coming again it gets the
    rest."""
    monkeypatch.setattr(hub, "MEMORY", 20)
    monkeypatch.setattr(hub, "PAGE", 5)
    total, big = 400, "x" * 40_000
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    slow.settimeout(60)
    slow.connect(("127.0.0.1", port))
    slow.sendall(f"GET {URL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n\r\n".encode())
    received = b""
    while b"event: snapshot" not in received:
        received += slow.recv(1000)
    with connect(port) as fast:
        assert fast.event()[1] == "snapshot"
        for start in range(0, total, 5):
            publish(*({"n": n, "text": big} for n in range(start, start + 5)))
            # The fast one is not disturbed by the slow one.
            assert [event[0] for event in fast.events(5)] == list(range(start + 1, start + 6))
    while not received.endswith(b"0\r\n\r\n"):
        block = slow.recv(1_000_000)
        if not block:
            break
        received += block
    slow.close()
    ids = [int(line[4:]) for line in received.split(b"\n") if line.startswith(b"id: ")][1:]
    assert ids == list(range(1, len(ids) + 1))
    assert 0 < len(ids) < total, "it was not too slow"
    with connect(port, last_id=ids[-1]) as again:
        assert [event[0] for event in again.events(total - len(ids))] == list(range(len(ids) + 1, total + 1))


def test_open_streams_hold_no_thread(port, publish, connect, eventually):
    before = threading.active_count()  # Other tests of this process may have left some.
    clients = [connect(port) for _ in range(40)]
    for client in clients:
        assert client.event()[1] == "snapshot"
    # What may be added: the pools of at most 8 and 6 that all streams share.
    eventually(lambda: threading.active_count() - before <= 14)
    publish({})
    for client in clients:
        assert client.event()[0] == 1
        client.__exit__()


@pytest.mark.postgres
def test_open_streams_hold_no_database_connection(port, connect, publish):
    publish({})
    clients = [connect(port) for _ in range(40)]
    for client in clients:
        assert client.event()[1] == "snapshot"
    publish({"n": 1})
    for client in clients:
        assert client.event()[0] == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        number = cursor.fetchone()[0]
    for client in clients:
        client.__exit__()
    # This test's own, and what the one reader has open at this moment.
    assert number <= 3


@pytest.mark.parametrize(
    ("token", "url", "status"),
    [
        (None, URL, 401),
        ("expired", URL, 401),
        ("mallory", URL, 404),
        ("alice", "/v1/api/admin/stream", 403),
        (None, f"{URL}?token=alice", 401),
        (None, f"{URL}?ticket=invented", 401),
    ],
)
def test_who_may_not_gets_an_error_of_the_api(port, token, url, status, connect):
    with connect(port, url, token=token) as client:
        assert client.response.status_code == status
        body = json.loads(client.response.read())
        assert set(body) == {"error", "code"}


def test_a_ticket_opens_its_stream_once(port, connect):
    ticket = tickets.create_ticket(path="/things/one/stream", actor=ALICE)
    with connect(port, f"{URL}?ticket={ticket}", token=None) as client:
        assert client.event()[1] == "snapshot"
    with connect(port, f"{URL}?ticket={ticket}", token=None) as client:
        assert client.response.status_code == 401


def test_a_reader_ends_with_its_last_client(port, eventually, connect):
    with connect(port) as client:
        assert client.event()[1] == "snapshot"
        eventually(lambda: hub.count_clients() == 1)
        assert hub.lag() == 0
    eventually(lambda: hub.count_clients() == 0)
