"""Every hard case of deploying, on both clusters. Most of their time they wait for a cluster, so all cases of a
module run at the same time, each in a namespace of its own; pytest then asks each for how it went."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import Gateway
from clusters.kube.kubeconfig import read_kubeconfig
from clusters.kube.throttle import TokenBucket
from clusters.practice.server import PracticeServer
from tests.cluster.conftest import KUBECONFIG, LOOPBACK, PRACTICE, REAL
from tests.cluster.runs.conftest import look, rest
from tests.cluster.trust.world import OwnLoop, World
from tests.integration.runs.support import practice_server

__all__ = ["look", "practice_server", "rest"]

AT_ONCE = 12
ON_REAL = pytest.param(REAL, marks=pytest.mark.kube)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On both clusters, where a test does not say that only one can have its case."""
    is_said = any(mark.args[0] == "world" for mark in metafunc.definition.iter_markers("parametrize"))
    if "world" in metafunc.fixturenames and not is_said:
        metafunc.parametrize("world", [PRACTICE, ON_REAL], indirect=True)


class Cases:
    """The cases of one module: all started with the first one that is asked for."""

    def __init__(self, items: list[pytest.Function], connections: dict[str, Connection]) -> None:
        self.loop = OwnLoop()
        self.gateways: dict[str, Gateway] = {name: _roomy(made) for name, made in connections.items()}
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="case")
        self.worlds: dict[str, World] = {}
        self.results: dict[str, Future[Any]] = {}
        for item in items:
            name = item.originalname.removeprefix("test_").replace("_", "-")
            world = World(self.gateways[item.callspec.params["world"]], self.loop, name.strip("-"))
            self.worlds[item.nodeid] = world
            arguments = {key: value for key, value in item.callspec.params.items() if key != "world"}
            self.results[item.nodeid] = self.pool.submit(_carry_out, item, world, arguments)

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)
        for gateway in self.gateways.values():
            self.loop.call(gateway.close())  # type: ignore[attr-defined]
        self.loop.stop()


def _roomy(connection: Connection) -> DirectGateway:
    """Many targets share it here, so it may ask as often as many would."""
    return DirectGateway(connection, bucket=TokenBucket(400.0, 400))


def _carry_out(item: pytest.Function, world: World, arguments: dict[str, Any]) -> None:
    try:
        item.obj(world=world, **arguments)
    finally:
        world.close()


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest, practice_server: PracticeServer) -> Iterator[Cases]:
    module = request.node
    items = [
        item
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.getparent(pytest.Module) is module
        and "world" in item.fixturenames
        and not any(mark.name == "skip" for mark in item.iter_markers())
    ]
    made = Cases(items, _connections(practice_server))
    yield made
    made.close()


def _connections(server: PracticeServer) -> dict[str, Connection]:
    found = {
        PRACTICE: Connection(
            server=server.tenant_url("trust"),
            ca_data=server.ca_pem,
            token=server.tenant_token("trust"),
            allowed_networks=LOOPBACK,
        )
    }
    path = os.environ.get(KUBECONFIG)
    if path:
        found[REAL] = replace(read_kubeconfig(Path(path).read_text()), allowed_networks=LOOPBACK)
    return found


@pytest.fixture
def world(request: pytest.FixtureRequest, cases: Cases) -> World:
    """A target in a namespace of its own, not made yet."""
    return cases.worlds[request.node.nodeid]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """The case runs, or has run, in the pool; here is only how it went."""
    if "world" not in pyfuncitem.fixturenames:
        return None
    pyfuncitem.funcargs["cases"].results[pyfuncitem.nodeid].result(180)
    return True
