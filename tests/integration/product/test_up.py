"""`manage.py up` as a person meets it: the first start, the second, a taken port, its end, and a sudden death."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 90.0
# From the signal to the end of the process.
STOPS_WITHIN = 10.0
LOADED = 2.0  # A machine that does other things as well may take that many times as long.
PASSWORD = "correct horse battery"
Json = dict[str, Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """One process of `manage.py up`; everything that it says is in `output`."""

    def __init__(self, folder: Path, port: int, **more: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "SAILCLOTH_"))}
        environment = {
            **{name: value for name, value in kept.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "SAILCLOTH_DATA_DIR": str(folder),
            "SAILCLOTH_PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            **more,
        }
        self.url = f"http://127.0.0.1:{port}/v1/api"
        self.output = ""
        self.token = ""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def wait_for(self, words: str) -> None:
        until(lambda: words in self.output or self.process.poll() is not None)
        assert words in self.output, self.output

    def end(self, *signals: signal.Signals, between: float = 0.3) -> int:
        """Send `signals`; the exit code, once all that it said was read."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(between)
        code = self.process.wait(PATIENCE)
        assert time.monotonic() - began < STOPS_WITHIN * LOADED
        self._reader.join(PATIENCE)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    # --- what a script would do

    def sign_in(self) -> None:
        answer = self.post("auth/login", {"email": "admin@sailcloth.local", "password": PASSWORD})
        self.token = answer["token"]

    def post(self, path: str, sent: Json) -> Json:
        return self._ask("POST", path, sent)

    def get(self, path: str) -> Json:
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, sent: Json | None) -> Json:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if sent is None else json.dumps(sent).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return dict(json.load(answer))


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)
    return value


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """Start the product on one folder and one port, as often as one likes."""
    started: list[Product] = []
    usual = free_port()

    def begin(*, port: int = usual, ready: bool = True, **more: str) -> Product:
        product = Product(tmp_path / "data", port, **more)
        started.append(product)
        if ready:
            product.wait_for("Sailcloth is ready at")
        return product

    yield begin
    for product in started:
        if product.process.poll() is None:
            product.kill()


def test_the_password_is_shown_once(start: Callable[..., Product]) -> None:
    first = start()
    shown = re.findall(r"with the password (\S+)", first.output)
    assert len(shown) == 1
    assert "The password is shown this once only" in first.output
    assert first.end(signal.SIGINT) == 0
    second = start()
    assert "password" not in second.output
    assert shown[0] not in second.output
    assert second.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param((signal.SIGINT,), id="ctrl-c"),
        pytest.param((signal.SIGTERM,), id="sigterm"),
        pytest.param((signal.SIGINT, signal.SIGINT), id="ctrl-c twice"),
        pytest.param((signal.SIGINT, signal.SIGTERM, signal.SIGINT), id="everything"),
    ],
)
def test_it_ends_quietly(start: Callable[..., Product], signals: tuple[signal.Signals, ...]) -> None:
    product = start()
    before = product.output
    assert product.end(*signals) == 0
    assert product.output == f"{before}Stopping ...\n"


def test_it_ends_while_a_stream_is_open(start: Callable[..., Product]) -> None:
    product = start(SAILCLOTH_ADMIN_PASSWORD=PASSWORD)
    product.sign_in()
    (workflow,) = product.get("workflows")["workflows"]
    headers = {"Authorization": f"Bearer {product.token}", "Accept": "text/event-stream"}
    request = urllib.request.Request(f"{product.url}/workflows/{workflow['id']}/status/stream", headers=headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as stream:
        assert stream.readline()
        assert product.end(signal.SIGINT) == 0
    assert "Traceback" not in product.output


def test_a_signal_before_it_is_ready(start: Callable[..., Product]) -> None:
    product = start(ready=False)
    product.wait_for("Preparing the database")
    product.end(signal.SIGINT)
    assert "Traceback" not in product.output
    assert start().end(signal.SIGINT) == 0


def test_a_taken_port(start: Callable[..., Product]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        product = start(port=port, ready=False)
        assert product.end() == 1
    assert product.output.splitlines() == [
        f"Port {port} is taken by another program: stop it, or set SAILCLOTH_PORT to another port."
    ]


SLOW_NODES = [
    {
        "id": "web",
        "type": "deployment",
        "position": {"x": 0, "y": 0},
        "data": {"name": "web", "image": "busybox:1", "replicas": 2, "command": ["sh", "-c", "sleep 86400"]},
    },
    {
        "id": "settings",
        "type": "configmap",
        "position": {"x": 0, "y": 200},
        "data": {"name": "settings", "data": {"COLOUR": "blue"}},
    },
]


def test_a_sudden_death(start: Callable[..., Product]) -> None:
    """A run that was in progress goes on after the restart, and the practice cluster still has what it had."""
    product = start(SAILCLOTH_ADMIN_PASSWORD=PASSWORD)
    product.sign_in()
    workflow = product.post("workflows", {"name": "Shop", "nodes": SLOW_NODES, "edges": [], "namespace": "shop"})
    run = product.post(f"workflows/{workflow['id']}/run", {"cluster": "practice"})

    def reached() -> Json | None:
        found = product.get(f"runs/{run['run_id']}")
        done = [item for item in found["objects"] if item["applied_at"]]
        return found if len(done) == 2 else None

    before = until(reached)
    assert before["status"] == "deploying", "the run was over before it could be interrupted"
    product.kill()

    again = start(SAILCLOTH_ADMIN_PASSWORD=PASSWORD)
    again.sign_in()
    ended = until(lambda: (found := again.get(f"runs/{run['run_id']}"))["status"] != "deploying" and found)
    assert ended["status"] == "succeeded", ended["message"]
    # It did not begin anew: it went on from its journal.
    assert [step["name"] for step in ended["steps"]].count("planning") == 1
    # What was written a while ago outlives a kill.
    time.sleep(2.5)
    again.kill()
    third = start(SAILCLOTH_ADMIN_PASSWORD=PASSWORD)
    third.sign_in()
    plan = third.post(f"workflows/{workflow['id']}/plan", {"cluster": "practice"})["plan"]
    assert {item["action"] for item in plan["objects"]} == {"unchanged"}
    nodes = third.get(f"workflows/{workflow['id']}/status")["nodes"]
    assert {node["node_id"] for node in nodes} == {"web", "settings"}
    assert third.end(signal.SIGINT) == 0
    assert "Traceback" not in third.output
