"""One suite, two clusters: the practice cluster that comes with the product, and a real one.

The real one is that of SAILCLOTH_TEST_KUBECONFIG; its tests carry the mark `kube`. Everything goes through the
product's own gateway and cluster loop.
"""

import asyncio
import contextlib
import os
import random
import string
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusters.kube import loop
from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import NotFound
from clusters.kube.kubeconfig import read_kubeconfig
from clusters.practice.server import PracticeServer
from plugins.sdk.capabilities import Capabilities, ServedKind

PRACTICE = "practice"
REAL = "real"
KUBECONFIG = "SAILCLOTH_TEST_KUBECONFIG"
LOOPBACK = ("127.0.0.0/8", "::1/128")
PATIENCE = 60.0  # Seconds; only what is broken takes that long.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a real cluster are left out where there is none."""
    if os.environ.get(KUBECONFIG):
        return
    for item in items:
        if "kube" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"needs {KUBECONFIG}"))


@pytest.fixture(scope="session")
def practice_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """The practice cluster, in this process, ten times as fast as life. It has a loop of its own: other tests
    stop the cluster loop."""
    own = asyncio.new_event_loop()
    thread = threading.Thread(target=own.run_forever, name="practice", daemon=True)
    thread.start()

    def run(coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, own).result(PATIENCE)

    server = PracticeServer(data_dir=tmp_path_factory.mktemp("practice"), speed=0.1)
    run(server.start())
    yield server
    run(server.stop())
    own.call_soon_threadsafe(own.stop)
    thread.join(PATIENCE)
    own.close()


@pytest.fixture(scope="session", params=[PRACTICE, pytest.param(REAL, marks=pytest.mark.kube)])
def cluster(request: pytest.FixtureRequest) -> str:
    """Which cluster the test runs against: PRACTICE or REAL."""
    return str(request.param)


@pytest.fixture(scope="session")
def connection(cluster: str, request: pytest.FixtureRequest) -> Connection:
    """How the product reaches the cluster."""
    if cluster == REAL:
        text = Path(os.environ[KUBECONFIG]).read_text()
        return replace(read_kubeconfig(text), allowed_networks=LOOPBACK)
    server: PracticeServer = request.getfixturevalue("practice_server")
    return Connection(
        server=server.tenant_url("tests"),
        ca_data=server.ca_pem,
        token=server.tenant_token("tests"),
        allowed_networks=LOOPBACK,
    )


@pytest.fixture(scope="session")
def gateway(connection: Connection) -> Iterator[DirectGateway]:
    """The product's own gateway. Its coroutines are run with `call`."""
    made = DirectGateway(connection)
    yield made
    loop.run(made.close())


@pytest.fixture(scope="session")
def call() -> Callable[..., Any]:
    """`call(coroutine)`: run it on the cluster loop and wait."""

    def run(coroutine: Any, timeout: float = PATIENCE) -> Any:
        return loop.run(coroutine, timeout)

    return run


@pytest.fixture(scope="session")
def kinds(gateway: DirectGateway, call: Callable[..., Any]) -> Callable[[str], ServedKind]:
    """`kinds("ConfigMap")`: the served kind of that name, core and apps first."""
    capabilities: Capabilities = call(gateway.capabilities())

    def find(kind: str) -> ServedKind:
        return next(served for served in capabilities.kinds if served.kind == kind)

    return find


@pytest.fixture
def namespace(gateway: DirectGateway, call: Callable[..., Any], kinds: Callable[[str], ServedKind]) -> Iterator[str]:
    """A namespace for this test alone; it is told to go afterwards."""
    name = "sailcloth-test-" + "".join(random.choices(string.ascii_lowercase + string.digits, k=10))
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    call(gateway.create(kinds("Namespace"), body))
    yield name
    with contextlib.suppress(NotFound):
        call(gateway.delete(kinds("Namespace"), name))


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """Poll until `condition()` is true, and give what it returned; for what has no event to wait for."""

    def wait(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            assert time.monotonic() < deadline, "it did not come true"
            time.sleep(0.05)

    return wait
