"""News by a call to an address of one's own: signed, tried again, given up, and nobody else's."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from core.work.models import Work, WorkState
from core.work.runner import run_one
from notifications.models import Webhook
from notifications.webhooks import MOST_FAILURES, WORK_KIND
from tests.api.notifications.conftest import API, tell
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db(transaction=True)

HOOKS = f"{API}/webhooks"


@dataclass
class Listener:
    """A server of the person's own; `status` is what it answers."""

    url: str = ""
    status: int = 200
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.PUBLIC_URL = "https://sails.example.com"
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append((dict(self.headers), body))
            self.send_response(found.status)
            if found.status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook/canary-path"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


def add(client: JsonClient, url: str, **more: Any) -> dict[str, Any]:
    answer = client.post(HOOKS, {"url": url, **more})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def deliver() -> Work:
    row = Work.objects.filter(kind=WORK_KIND).latest("created_at")
    run_one(row.pk)
    row.refresh_from_db()
    return row


def exhaust() -> None:
    """All tries of the last delivery."""
    row = Work.objects.filter(kind=WORK_KIND).latest("created_at")
    Work.objects.filter(pk=row.pk).update(max_attempts=1)
    run_one(row.pk)


def test_it_is_told_signed(client: JsonClient, member: User, listener: Listener) -> None:
    made = add(client, listener.url, kinds=["run.failed"])
    tell(member, status="succeeded")
    assert not Work.objects.filter(kind=WORK_KIND).exists(), "not of this kind"
    tell(member)
    deliver()
    ((headers, body),) = listener.heard
    assert json.loads(body) | {"id": "", "created_at": ""} == {
        "id": "",
        "kind": "run.failed",
        "is_bad": True,
        "title": "Shop could not be deployed on home",
        "message": "web: no such image",
        "url": "https://sails.example.com/workflows/w1?run=run_1",
        "subject": {"type": "run", "id": "run_1"},
        "created_at": "",
    }
    stamp = headers["Sailcloth-Timestamp"]
    expected = hmac.new(made["secret"].encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Sailcloth-Signature"] == expected
    assert headers["Sailcloth-Delivery"] == json.loads(body)["id"]
    shown = client.get(f"{HOOKS}/{made['id']}").json()
    assert (shown["problem"], shown["failures"], shown["is_enabled"]) == ("", 0, True)
    assert shown["tried_at"]


@pytest.mark.parametrize(("status", "problem"), [(500, "It answered 500."), (302, "It answered 302.")])
def test_what_is_not_taken_is_sent_again(
    client: JsonClient, member: User, listener: Listener, status: int, problem: str
) -> None:
    made = add(client, listener.url)
    listener.status = status
    tell(member)
    row = deliver()
    assert row.state == WorkState.QUEUED and row.attempt == 1
    assert client.get(f"{HOOKS}/{made['id']}").json()["problem"] == problem
    listener.status = 204
    Work.objects.filter(pk=row.pk).update(not_before=row.created_at)
    run_one(row.pk)
    (_, first), (_, second) = listener.heard
    assert first == second, "the same news"
    assert client.get(f"{HOOKS}/{made['id']}").json()["problem"] == ""


def test_it_is_off_after_failures_in_a_row(client: JsonClient, member: User, listener: Listener) -> None:
    made = add(client, listener.url)
    listener.status = 503
    for number in range(1, MOST_FAILURES + 1):
        tell(member)
        exhaust()
        shown = client.get(f"{HOOKS}/{made['id']}").json()
        assert (shown["failures"], shown["is_enabled"]) == (number, number < MOST_FAILURES)
    before = Work.objects.filter(kind=WORK_KIND).count()
    tell(member)
    assert Work.objects.filter(kind=WORK_KIND).count() == before
    assert client.patch(f"{HOOKS}/{made['id']}", {"is_enabled": True}).json()["failures"] == 0


def test_trying_it_out(client: JsonClient, listener: Listener) -> None:
    made = add(client, listener.url)
    assert client.post(f"{HOOKS}/{made['id']}/test").json()["problem"] == ""
    assert json.loads(listener.heard[0][1])["kind"] == "test"
    listener.status = 404
    assert client.post(f"{HOOKS}/{made['id']}/test").json()["problem"] == "It answered 404."


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/hook",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:80/",
        "https://nowhere.invalid/",
    ],
    ids=["loopback", "metadata", "loopback 6", "no such name"],
)
def test_it_may_not_lead_into_our_network(client: JsonClient, settings: Any, url: str) -> None:
    settings.ALLOWED_NETWORKS = []
    made = add(client, url)
    assert "cannot be reached" in client.post(f"{HOOKS}/{made['id']}/test").json()["problem"]


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.com/", "example.com", "https://", "https://a b/", "https://u:p@example.com/", "http://[1"],
)
def test_what_is_no_address(client: JsonClient, url: str) -> None:
    answer = client.post(HOOKS, {"url": url})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["url"])
    assert not Webhook.objects.exists()


def test_other_refusals(client: JsonClient) -> None:
    answer = client.post(HOOKS, {"url": "https://example.com/", "kinds": ["nothing"]})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["kinds.0"])
    for _ in range(5):
        add(client, "https://example.com/")
    answer = client.post(HOOKS, {"url": "https://example.com/"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


def test_each_sees_their_own(client: JsonClient, other_member: User) -> None:
    made = add(client, "https://example.com/")
    other = make_client(other_member)
    assert other.get(HOOKS).json()["webhooks"] == []
    for answer in (
        other.get(f"{HOOKS}/{made['id']}"),
        other.patch(f"{HOOKS}/{made['id']}", {"is_enabled": False}),
        other.post(f"{HOOKS}/{made['id']}/test"),
        other.delete(f"{HOOKS}/{made['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found")
    assert client.get(HOOKS).json()["total"] == 1
    assert client.delete(f"{HOOKS}/{made['id']}").status_code == 200
    assert client.get(HOOKS).json()["total"] == 0


def test_the_secret_is_seen_once(client: JsonClient, member: User, listener: Listener) -> None:
    made = add(client, listener.url)
    tell(member)
    deliver()
    seen = [client.get(HOOKS).json(), list(AuditEntry.objects.values()), list(Work.objects.values())]
    text = str(seen)
    assert made["secret"] not in text and made["secret"] not in str(list(Webhook.objects.values()))
    assert "canary-path" not in str(list(AuditEntry.objects.values())), "a path may be what lets one in there"


def test_only_for_people_who_signed_in() -> None:
    assert make_client().get(HOOKS).status_code == 401
