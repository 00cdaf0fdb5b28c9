"""Watches: order, selectors, resuming, and what happens when a version is too old."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.cluster.practice.kube import Kube

Json = Any


def config(name: str, data: Json = None, **metadata: Json) -> Json:
    return {"metadata": {"name": name, **metadata}, "data": data or {"a": "1"}}


async def collect(kube: Kube, path: str, count: int, seconds: float = 10, **query: str) -> list[tuple[str, str]]:
    found = []
    async for event in kube.watch(path, seconds, **query):
        found.append((event["type"], event["object"]["metadata"].get("name", "")))
        if len(found) == count:
            break
    return found


async def test_changes_arrive_in_order_after_the_version_of_a_list(cluster: Kube, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/configmaps"
    version = (await cluster.get(path))["metadata"]["resourceVersion"]
    await cluster.post(path, config("a", labels={"w": "1"}))
    await cluster.patch(f"{path}/a", {"data": {"a": "2"}})
    await cluster.patch(f"{path}/a", {"metadata": {"labels": {"w": "2"}}})
    await cluster.patch(f"{path}/a", {"metadata": {"labels": {"w": "1"}}})
    await cluster.delete(f"{path}/a")
    every = await collect(cluster, path, 5, resourceVersion=version, fieldSelector="metadata.name=a")
    assert [kind for kind, _ in every] == ["ADDED", "MODIFIED", "MODIFIED", "MODIFIED", "DELETED"]
    chosen = await collect(cluster, path, 5, resourceVersion=version, labelSelector="w=1")
    assert [kind for kind, _ in chosen] == ["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"]


async def test_without_a_version_what_exists_comes_first(cluster: Kube, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/configmaps"
    await cluster.post(path, config("b", labels={"w": "1"}))
    task = asyncio.create_task(collect(cluster, path, 2, labelSelector="w=1"))
    await asyncio.sleep(0.3)
    await cluster.post(path, config("c", labels={"w": "1"}))
    assert await task == [("ADDED", "b"), ("ADDED", "c")]


async def test_the_server_ends_a_watch_when_asked(cluster: Kube, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/configmaps"
    loop = asyncio.get_running_loop()
    start = loop.time()
    await collect(cluster, path, 99, timeoutSeconds="1", labelSelector="none")
    assert 0.8 < loop.time() - start < 5


async def test_a_version_that_is_too_old_is_gone(practice: Kube) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    events = [e async for e in practice.watch(path, 5, resourceVersion="1")]
    assert [(e["type"], e["object"]["code"], e["object"]["reason"]) for e in events] == [("ERROR", 410, "Expired")]


async def test_the_history_is_bounded_and_says_so(practice: Kube) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    await practice.post(path, config("busy"))
    version = (await practice.get(path))["metadata"]["resourceVersion"]
    for number in range(1050):
        await practice.patch(f"{path}/busy", {"data": {"n": str(number)}})
    events = [e async for e in practice.watch(path, 5, resourceVersion=version)]
    assert events[0]["object"]["code"] == 410
    old = await practice.get(path, resourceVersion=version, resourceVersionMatch="Exact")
    assert (old.status, old["reason"]) == (410, "Expired")


async def test_bookmarks_carry_the_latest_version(practice: Kube) -> None:
    path = "/api/v1/namespaces/default/secrets"
    await practice.post("/api/v1/namespaces/default/configmaps", config("elsewhere"))
    found = [e async for e in practice.watch(path, 5, allowWatchBookmarks="true", timeoutSeconds="3")]
    assert found
    assert {e["type"] for e in found} == {"BOOKMARK"}
    now = (await practice.get("/api/v1/namespaces/default/configmaps"))["metadata"]["resourceVersion"]
    assert int(found[-1]["object"]["metadata"]["resourceVersion"]) <= int(now)


async def test_a_list_can_be_streamed(practice: Kube) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    await practice.post(path, config("a"))
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    kinds = []
    async for event in practice.watch(path, 5, **query):
        kinds.append(event["type"])
        if "k8s.io/initial-events-end" in (event["object"]["metadata"].get("annotations") or {}):
            break
    assert kinds == ["ADDED", "ADDED", "BOOKMARK"]


async def test_watches_of_an_unloaded_tenant_end_at_stop(server: Any, practice: Kube) -> None:
    task = asyncio.create_task(collect(practice, "/api/v1/namespaces/default/pods", 99, seconds=20))
    await asyncio.sleep(0.3)
    await asyncio.wait_for(server.stop(), 5)
    assert await asyncio.wait_for(task, 5) == []
