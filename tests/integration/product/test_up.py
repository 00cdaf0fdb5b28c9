"""`manage.py up` as a person meets it: the first start, the second, a taken port, its end, and a sudden death."""

import re
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.product.support import PASSWORD, PATIENCE, Json, Product, free_port, until


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


def test_the_password_is_shown_once_and_nothing_that_a_newcomer_does_not_need(start: Callable[..., Product]) -> None:
    first = start()
    origin = first.url.removesuffix("/v1/api")
    page = urllib.request.urlopen(origin, timeout=PATIENCE).read().decode()
    for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
        wish = urllib.request.Request(origin + asset, headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(wish, timeout=PATIENCE) as answer:
            assert answer.read()
            assert answer.headers["Content-Encoding"] == "br"
            assert "immutable" in answer.headers["Cache-Control"]
    assert urllib.request.urlopen(f"{origin}/v1/docs", timeout=PATIENCE).read()
    assert re.fullmatch(
        r"Preparing the database ...\n"
        r"The first admin is \S+ with the password \S+\n"
        r"The password is shown this once only; change it under Settings.\n"
        r"Sailcloth is ready at \S+\n",
        first.output,
    )
    shown = re.findall(r"with the password (\S+)", first.output)
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
