"""The client against a server that is busy, breaks off, or is none of ours."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cli.client import ATTEMPTS, LONGEST_WAIT, Client
from cli.errors import Exit, Refused, Unreachable
from cli.places import Place

TOKEN = "slc_canary"


class Scripted:
    """A real server that gives prepared answers (status, headers, body), and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                script.asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, answer = script.answers.pop(0)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_PUT = do_GET

            def log_message(self, *args: Any) -> None:
                """Not into the output of the tests."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def will(self, status: int, body: Any = None, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, {"Content-Length": str(len(raw)), **names}, raw))


@pytest.fixture
def server(socket_enabled: None) -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.server.shutdown()
    scripted.server.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(server: Scripted, waits: list[float]) -> Iterator[Client]:
    client = Client(Place(server.url, TOKEN), sleep=waits.append)
    yield client
    client.close()


BUSY = {"error": "Wait a little.", "code": "too_many_requests"}


class TestRetries:
    def test_it_waits_as_long_as_it_is_told(self, server: Scripted, client: Client, waits: list[float]) -> None:
        server.will(429, BUSY, Retry_After="7")
        server.will(503, BUSY, Retry_After="2")
        server.will(200, {"email": "a@example.com"})
        assert client.get("profile") == {"email": "a@example.com"}
        assert waits == [7.0, 2.0]

    def test_but_not_for_ever(self, server: Scripted, client: Client, waits: list[float]) -> None:
        for _ in range(ATTEMPTS):
            server.will(429, BUSY, Retry_After="86400")
        with pytest.raises(Unreachable) as raised:
            client.get("profile")
        assert waits == [LONGEST_WAIT] * (ATTEMPTS - 1)
        assert (raised.value.message, raised.value.code) == ("Wait a little.", "too_many_requests")
        assert raised.value.exit is Exit.UNREACHABLE

    @pytest.mark.parametrize("word", ["", "soon", "-1", "1e9"], ids=["none", "word", "negative", "float"])
    def test_without_a_time_it_backs_off(self, server: Scripted, client: Client, waits: list[float], word: str) -> None:
        for _ in range(3):
            server.will(503, BUSY, **({"Retry_After": word} if word else {}))
        server.will(200, {})
        client.get("profile")
        assert [round(wait * 2) / 2 for wait in waits] == pytest.approx([0.5, 1.0, 2.0], abs=0.5)

    def test_a_second_try_acts_once(self, server: Scripted, client: Client) -> None:
        server.will(503, BUSY, Retry_After="0")
        server.will(200, {"run_id": "run_1"})
        client.post("workflows/1/run", {"cluster": None, "message": "x"})
        keys = [headers["Idempotency-Key"] for _, _, headers, _ in server.asked]
        assert len(keys) == 2 and len(set(keys)) == 1
        assert json.loads(server.asked[0][3]) == {"message": "x"}

    def test_nobody_there(self, client: Client, server: Scripted, waits: list[float]) -> None:
        server.server.shutdown()
        server.server.server_close()
        with pytest.raises(Unreachable, match="cannot be reached"):
            client.post("auth/login", {}, is_safe=True)
        assert waits == [], "a post that may act twice is not sent twice"
        with pytest.raises(Unreachable):
            client.get("profile")
        assert len(waits) == ATTEMPTS - 1


class TestAnswers:
    def test_a_refusal_is_in_the_words_of_the_server(self, server: Scripted, client: Client) -> None:
        server.will(409, {"error": "A run is in progress.", "code": "run_in_progress", "details": {"run_id": "run_1"}})
        with pytest.raises(Refused) as raised:
            client.post("workflows/1/run", {})
        assert raised.value.more == {"status": 409, "details": {"run_id": "run_1"}}
        assert (raised.value.exit, raised.value.code) == (Exit.REFUSED, "run_in_progress")

    @pytest.mark.parametrize(
        ("status", "body"),
        [(200, b"<html>"), (404, b"<html>"), (500, b""), (200, b"[1]"), (404, b'{"error": "x"}')],
        ids=["page", "not-found-page", "empty", "list", "no-code"],
    )
    def test_somebody_else_answers(self, server: Scripted, client: Client, status: int, body: bytes) -> None:
        server.will(status, body)
        with pytest.raises(Unreachable, match="is the address right"):
            client.get("profile")

    def test_a_token_is_not_sent_elsewhere(self, server: Scripted, client: Client) -> None:
        elsewhere = Scripted()
        server.will(302, b"", Location=f"{elsewhere.url}/v1/api/profile")
        with pytest.raises(Unreachable):
            client.get("profile")
        assert elsewhere.asked == []
        elsewhere.server.shutdown()
        elsewhere.server.server_close()

    def test_all_pages(self, server: Scripted, client: Client) -> None:
        server.will(200, {"workflows": [{"id": n} for n in range(100)], "total": 101})
        server.will(200, {"workflows": [{"id": 100}], "total": 101})
        assert len(list(client.pages("workflows", "workflows"))) == 101


class TestStreams:
    def test_it_goes_on_where_it_broke_off(self, server: Scripted, client: Client, waits: list[float]) -> None:
        server.will(200, b'retry: 3000\n\nid: 1\nevent: run\ndata: {"n":1}\n\nid: 2\nevent: run\ndata: {"n"')
        server.will(429, BUSY, Retry_After="3")
        server.will(200, b': keep-alive\n\nid: 2\nevent: run\ndata: {"n":2}\n\nid: 3\nevent: done\ndata: {}\n\n')
        seen = [(event.name, event.data.get("n")) for event in client.stream("runs/stream", target="t")]
        assert seen == [("run", 1), ("run", 2), ("done", None)]
        assert "Last-Event-ID" not in server.asked[0][2]
        assert [headers["Last-Event-ID"] for _, _, headers, _ in server.asked[1:]] == ["1", "1"]
        assert waits[1:] == [3.0] and server.asked[0][1].endswith("?target=t")

    def test_it_gives_up(self, server: Scripted, client: Client, waits: list[float]) -> None:
        for _ in range(ATTEMPTS):
            server.will(200, b": nothing\n\n")
        with pytest.raises(Unreachable, match="broke off"):
            list(client.stream("runs/stream"))
        assert len(waits) == ATTEMPTS - 1

    def test_a_refusal(self, server: Scripted, client: Client) -> None:
        server.will(404, {"error": "There is no such workflow.", "code": "not_found"})
        with pytest.raises(Refused, match="no such workflow"):
            list(client.stream("workflows/1/status/stream"))
