"""Tenants: tokens, isolation and limits."""

from __future__ import annotations

import gc
import ssl
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from clusters.practice.server import PracticeServer
from clusters.practice.store import Limits
from tests.cluster.practice.conftest import SPEED, client_of
from tests.cluster.practice.kube import Kube

Json = Any
MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic eDp5", "Bearer "])
async def test_without_the_token_nothing_is_answered(server: PracticeServer, header: str) -> None:
    context = ssl.create_default_context(cadata=server.ca_pem)
    headers = {"Authorization": header} if header else {}
    async with Kube(server.tenant_url("demo"), context, headers) as kube:
        for path in ("/api/v1/pods", "/version", "/openapi/v2", "/"):
            answer = await kube.get(path)
            assert (answer.status, answer["reason"]) == (401, "Unauthorized")
    assert not server._tenants


async def test_the_token_of_one_tenant_is_none_of_another(server: PracticeServer) -> None:
    context = ssl.create_default_context(cadata=server.ca_pem)
    headers = {"Authorization": f"Bearer {server.tenant_token('one')}"}
    async with Kube(server.tenant_url("two"), context, headers) as kube:
        assert (await kube.get(MAPS)).status == 401


async def test_tenants_see_nothing_of_each_other(server: PracticeServer) -> None:
    async with client_of(server, "one") as one, client_of(server, "two") as two:
        await one.post(MAPS, {"metadata": {"name": "mine"}})
        assert (await two.get(f"{MAPS}/mine")).status == 404
        names = [o["metadata"]["name"] for o in (await two.get("/api/v1/configmaps"))["items"]]
        assert "mine" not in names


@pytest.mark.parametrize("name", ["..", "a/b", "%2e%2e", "-x", "a b", "x" * 200])
async def test_a_name_that_is_no_tenant_is_refused(server: PracticeServer, name: str, tmp_path: Path) -> None:
    context = ssl.create_default_context(cadata=server.ca_pem)
    headers = {"Authorization": f"Bearer {server.tenant_token(name)}"}
    async with Kube(f"https://127.0.0.1:{server.port}/u/{name}", context, headers) as kube:
        assert (await kube.get(MAPS)).status in (401, 404)
    assert not list(tmp_path.rglob("*.json"))


async def test_a_tenant_cannot_fill_the_machine(tmp_path: Path) -> None:
    limits = Limits(objects=60, total_bytes=40_000)
    server = PracticeServer(data_dir=tmp_path, speed=SPEED, limits=limits)
    await server.start()
    async with client_of(server) as kube:
        big = await kube.post(MAPS, {"metadata": {"name": "big"}, "data": {"a": "x" * 50_000}})
        assert (big.status, big["reason"]) == (403, "Forbidden")
        assert "exceeded quota: practice-cluster" in big.message
        answers = [await kube.post(MAPS, {"metadata": {"name": f"n{i}"}}) for i in range(60)]
        assert answers[0].status == 201
        assert answers[-1].status == 403
        huge = await kube.post(MAPS, {"metadata": {"name": "huge"}, "data": {"a": "x" * 4_000_000}})
        assert (huge.status, huge["reason"]) == (413, "RequestEntityTooLarge")
    await server.stop()


async def test_deep_and_odd_bodies_are_refused(practice: Kube) -> None:
    deep = '{"metadata": ' + '{"a":' * 100_000 + "1" + "}" * 100_001
    assert (await practice.call("POST", MAPS, deep)).status == 400
    assert (await practice.call("POST", MAPS, "nonsense")).status == 400
    assert (await practice.call("POST", MAPS, "[]")).status == 400
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nmetadata: {name: x}\n"
    answer = await practice.call("POST", MAPS, bomb, headers={"Content-Type": "application/yaml"})
    assert answer.status == 400
    assert "aliases are not accepted" in answer.message
    assert (await practice.call("POST", MAPS, '{"metadata": {"name": "x"}, "data": {"a": NaN}}')).status == 400


async def test_an_idle_tenant_is_small(server: PracticeServer) -> None:
    """What a tenant holds that nobody uses, as the allocator counts it."""
    async with client_of(server, "first") as kube:
        await kube.get("/api/v1/nodes")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(10):
            async with client_of(server, f"t{number}") as kube:
                await kube.get("/api/v1/nodes")
        gc.collect()
        each = (tracemalloc.get_traced_memory()[0] - before) / 10
    finally:
        tracemalloc.stop()
    assert each < 250 * 1024
