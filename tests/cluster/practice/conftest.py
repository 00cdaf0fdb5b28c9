"""A practice cluster per test, and the real one where there is one."""

from __future__ import annotations

import os
import ssl
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from clusters.practice.server import PracticeServer
from tests.cluster.practice.kube import Kube, from_kubeconfig

SPEED = 0.05  # Simulated seconds pass twenty times faster.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests against a real cluster are left out where there is none."""
    if os.environ.get("SAILCLOTH_TEST_KUBECONFIG"):
        return
    for item in items:
        if item.get_closest_marker("kube"):
            item.add_marker(pytest.mark.skip(reason="needs SAILCLOTH_TEST_KUBECONFIG"))


def client_of(server: PracticeServer, tenant: str = "demo") -> Kube:
    context = ssl.create_default_context(cadata=server.ca_pem)
    headers = {"Authorization": f"Bearer {server.tenant_token(tenant)}"}
    return Kube(server.tenant_url(tenant), context, headers)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[PracticeServer]:
    found = PracticeServer(data_dir=tmp_path / "practice", speed=SPEED)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def practice(server: PracticeServer) -> AsyncIterator[Kube]:
    async with client_of(server) as client:
        yield client


@pytest.fixture(params=["practice", pytest.param("real", marks=pytest.mark.kube)])
async def cluster(request: pytest.FixtureRequest) -> AsyncIterator[Kube]:
    """The same test runs on the practice cluster and on a real one."""
    if request.param == "real":
        async with from_kubeconfig(Path(os.environ["SAILCLOTH_TEST_KUBECONFIG"])) as client:
            yield client
    else:
        server = PracticeServer(data_dir=request.getfixturevalue("tmp_path") / "practice", speed=SPEED)
        await server.start()
        async with client_of(server) as client:
            yield client
        await server.stop()


@pytest.fixture
async def space(cluster: Kube) -> AsyncIterator[str]:
    """A namespace of this test's own."""
    name = f"practice-{uuid.uuid4().hex[:8]}"
    made = await cluster.post("/api/v1/namespaces", {"metadata": {"name": name}})
    assert made.status == 201
    # Older clusters refuse pods until the account has its token.
    await cluster.eventually(
        f"/api/v1/namespaces/{name}/serviceaccounts/default",
        lambda o: o["kind"] != "Status" and (o.get("secrets") or not cluster.is_real),
    )
    yield name
    await cluster.delete(f"/api/v1/namespaces/{name}")
