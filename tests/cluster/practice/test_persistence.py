"""What is on disk: nothing is lost by a restart, a torn file is survived, idle tenants leave memory."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from clusters.practice.server import PracticeServer
from tests.cluster.practice.conftest import SPEED, client_of
from tests.cluster.practice.kube import Kube

Json = Any
MAPS = "/api/v1/namespaces/default/configmaps"


def deployment(name: str) -> Json:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "app:1"}]}}
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": labels}, "template": template}}


async def ready(kube: Kube, name: str) -> None:
    await kube.eventually(
        f"/apis/apps/v1/namespaces/default/deployments/{name}",
        lambda b: (b.get("status") or {}).get("availableReplicas") == 1,
    )


async def test_a_restart_keeps_objects_versions_port_and_token(tmp_path: Path) -> None:
    first = PracticeServer(data_dir=tmp_path, speed=SPEED)
    await first.start()
    async with client_of(first) as kube:
        await kube.post("/apis/apps/v1/namespaces/default/deployments", deployment("web"))
        await ready(kube, "web")
        before = (await kube.get("/api/v1/namespaces/default/pods"))["items"]
        version = int((await kube.get(MAPS))["metadata"]["resourceVersion"])
    await first.stop()
    second = PracticeServer(data_dir=tmp_path, speed=SPEED)
    await second.start()
    assert (second.port, second.tenant_token("demo"), second.ca_pem) == (
        first.port,
        first.tenant_token("demo"),
        first.ca_pem,
    )
    async with client_of(second) as kube:
        after = (await kube.get("/api/v1/namespaces/default/pods"))["items"]
        assert [p["metadata"]["uid"] for p in after] == [p["metadata"]["uid"] for p in before]
        assert after[0]["status"]["podIP"] == before[0]["status"]["podIP"]
        assert int((await kube.get(MAPS))["metadata"]["resourceVersion"]) > version
        # A watch from before the restart must list again: nobody knows what it missed.
        events = [e async for e in kube.watch(MAPS, 5, resourceVersion=str(version))]
        assert events[0]["object"]["code"] == 410
        await kube.post("/apis/apps/v1/namespaces/default/deployments", deployment("more"))
        await ready(kube, "more")
    await second.stop()


async def test_an_unfinished_rollout_goes_on_after_a_restart(tmp_path: Path) -> None:
    first = PracticeServer(data_dir=tmp_path, speed=5)
    await first.start()
    async with client_of(first) as kube:
        await kube.post("/apis/apps/v1/namespaces/default/deployments", deployment("web"))
        await kube.eventually("/api/v1/namespaces/default/pods", lambda b: b["items"])
    await first.stop()
    second = PracticeServer(data_dir=tmp_path, speed=SPEED)
    await second.start()
    async with client_of(second) as kube:
        await ready(kube, "web")
    await second.stop()


async def test_a_torn_file_is_put_aside_and_the_tenant_begins_anew(tmp_path: Path) -> None:
    first = PracticeServer(data_dir=tmp_path, speed=SPEED)
    await first.start()
    async with client_of(first) as kube, client_of(first, "other") as other:
        await kube.post(MAPS, {"metadata": {"name": "a"}})
        await other.post(MAPS, {"metadata": {"name": "a"}})
    await first.stop()
    saved = tmp_path / "tenants" / "demo.json"
    for torn in (saved.read_text()[: saved.stat().st_size // 2], "", '{"version": 1}', "[]"):
        saved.write_text(torn)
        server = PracticeServer(data_dir=tmp_path, speed=SPEED)
        await server.start()
        async with client_of(server) as kube, client_of(server, "other") as other:
            assert (await kube.get("/api/v1/nodes")).status == 200
            assert (await kube.get(f"{MAPS}/a")).status == 404
            assert (await other.get(f"{MAPS}/a")).status == 200
        await server.stop()
        assert saved.with_suffix(".damaged").read_text() == torn


async def test_a_write_that_was_cut_off_leaves_the_file_before_it(tmp_path: Path) -> None:
    server = PracticeServer(data_dir=tmp_path, speed=SPEED)
    await server.start()
    async with client_of(server) as kube:
        await kube.post(MAPS, {"metadata": {"name": "a"}})
        saved = tmp_path / "tenants" / "demo.json"
        for _ in range(100):
            if saved.exists() and '"a"' in saved.read_text():
                break
            await asyncio.sleep(0.05)
        (tmp_path / "tenants" / ".demo.json.half").write_text('{"version": ')
    await server.stop()
    again = PracticeServer(data_dir=tmp_path, speed=SPEED)
    await again.start()
    async with client_of(again) as kube:
        assert (await kube.get(f"{MAPS}/a")).status == 200
    await again.stop()


async def test_an_idle_tenant_is_unloaded_and_comes_back(tmp_path: Path) -> None:
    server = PracticeServer(data_dir=tmp_path, speed=SPEED, idle_seconds=0.3)
    await server.start()
    async with client_of(server) as kube:
        await kube.post(MAPS, {"metadata": {"name": "a"}})
        for _ in range(100):
            if not server._tenants:
                break
            await asyncio.sleep(0.05)
        assert not server._tenants
        assert json.loads((tmp_path / "tenants" / "demo.json").read_text())["objects"]
        assert (await kube.get(f"{MAPS}/a")).status == 200
        # Somebody who watches is not idle.
        task = asyncio.create_task(anext(kube.watch(MAPS, 3, fieldSelector="metadata.name=b")))
        await asyncio.sleep(1)
        await kube.post(MAPS, {"metadata": {"name": "b"}})
        assert (await task)["object"]["metadata"]["name"] == "b"
    await server.stop()


async def test_a_taken_port_is_replaced_by_another(tmp_path: Path) -> None:
    first = PracticeServer(data_dir=tmp_path / "a", speed=SPEED)
    await first.start()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "port").write_text(str(first.port))
    second = PracticeServer(data_dir=tmp_path / "b", speed=SPEED)
    await second.start()
    assert second.port != first.port
    await first.stop()
    await second.stop()
