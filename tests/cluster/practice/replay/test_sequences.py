"""What happens to an object over time, in the order in which a real 1.36 was seen to do it.

A sequence is reduced to the order in which things were first seen: phases and states of pods, conditions and numbers of
their owners, reasons of events. How long it takes and how often it repeats is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from clusters.practice.server import PracticeServer
from tests.cluster.practice.conftest import client_of
from tests.cluster.practice.kube import STRATEGIC, Kube
from tests.cluster.practice.replay.recordings import ENVIRONMENT, exchanges
from tests.cluster.practice.replay.setups import LIFE, deployment, make, recorded

Json = Any
pytestmark = pytest.mark.skipif(not exchanges(), reason=f"needs the folder of recordings in {ENVIRONMENT}")
SECONDS = 20.0
# Which numbers are seen on the way depends on how close together pods become ready.
COUNTERS = ("Job active", "Job succeeded", "Deployment readyReplicas", "ReplicaSet readyReplicas")


def facts(event: Json) -> list[tuple[str, str]]:
    """(what is watched, what it showed)"""
    obj = event["object"]
    kind, status = obj["kind"], obj.get("status") or {}
    if kind == "Event":
        about = obj.get("object") or "{kind}/".format(**obj["involvedObject"])
        return [(f"events of {about.partition('/')[0]}", f"{obj['type']} {obj['reason']}")]
    if kind == "Pod":
        return [("phase", status.get("phase", "")), *(("state", w) for w in _states(status))]
    conditions = status.get("conditions") or []
    out = [(f"{kind} conditions", c["type"]) for c in conditions if c["status"] == "True"]
    for field in ("readyReplicas", "updatedReplicas", "active", "succeeded", "failed"):
        if status.get(field):
            out.append((f"{kind} {field}", str(status[field])))
    return out


def _states(status: Json) -> list[str]:
    items = (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or [])
    states = [i["state"] for i in items] or ([status["state"]] if status.get("state") else [])
    words = []
    for state in states:
        if "running" in state:
            words.append("running")
        else:
            words += [v["reason"] for k, v in state.items() if k in ("waiting", "terminated") and v.get("reason")]
    return words


def order(events: list[Json]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for event in events:
        for name, value in facts(event):
            seen = out.setdefault(name, [])
            if value not in seen:
                seen.append(value)
    return out


@pytest.fixture
async def kube(tmp_path: Path) -> AsyncIterator[Kube]:
    server = PracticeServer(data_dir=tmp_path / "practice", speed=0.15)
    await server.start()
    async with client_of(server) as client:
        await make(client, "/api/v1/namespaces", {"metadata": {"name": "seq"}})
        await client.eventually("/api/v1/namespaces/seq/serviceaccounts", lambda b: b["items"])
        yield client
    await server.stop()


async def watched(kube: Kube, paths: list[str], wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    """The order of what is seen at some paths, until all that was recorded has been seen."""
    events: list[Json] = []
    done = asyncio.Event()

    async def follow(path: str) -> None:
        async for event in kube.watch(path, SECONDS):
            events.append(event)
            found = order(events)
            if all(set(values) <= set(found.get(name, ())) for name, values in wanted.items()):
                done.set()

    tasks = [asyncio.create_task(follow(p)) for p in paths]
    try:
        await asyncio.wait_for(done.wait(), SECONDS)
    except TimeoutError:
        pass
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return order(events)


def expected(name: str, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    found = order(exchanges()[name]["response"]["stream"])
    return {k: [v for v in values if v not in without] for k, values in found.items() if k not in without}


PODS, EVENTS = "/api/v1/namespaces/seq/pods", "/api/v1/namespaces/seq/events"


@pytest.mark.parametrize(
    ("name", "source", "life", "image", "without"),
    [
        ("pod-running-sequence", "pod-running-ready", "", "", ()),
        ("pod-completed-sequence", "pod-completed-succeeded", "", "", ()),
        ("pod-crash-loop-sequence", "pod-crash-loop-terminated-first", "", "", ()),
        ("pod-image-pull-sequence", "pod-image-pull-errimagepull", "", "missing:1", ()),
        ("pod-oomkilled-sequence", "pod-oomkilled", "oom", "", ()),
        ("pod-init-fail-sequence", "pod-init-fail-crashloop", "", "", ()),
        ("pod-readiness-sequence", "pod-readiness-failing", "probe", "", ()),
        ("pod-unschedulable-sequence", "pod-unschedulable", "", "", ()),
    ],
)
async def test_of_a_pod(kube: Kube, name: str, source: str, life: str, image: str, without: tuple[str, ...]) -> None:
    body = recorded(source)
    body["metadata"]["namespace"] = "seq"
    if life:
        body["metadata"]["annotations"] = {LIFE: life}
    if image:
        body["spec"]["containers"][0]["image"] = image
    await make(kube, PODS, body)
    wanted = expected(name, without=without)
    assert await watched(kube, [PODS, EVENTS], wanted) == wanted


@pytest.mark.parametrize("name", ["complete", "failed", "failed-backoff-1", "parallel", "indexed"])
async def test_of_a_job(kube: Kube, name: str) -> None:
    body = exchanges()[f"job-{name}-create"]["request"]["body"]
    await make(kube, "/apis/batch/v1/namespaces/seq/jobs", body)
    wanted = expected(f"job-{name}-sequence", without=("state", "events of Pod", *COUNTERS))
    found = await watched(kube, ["/apis/batch/v1/namespaces/seq/jobs", PODS, EVENTS], wanted)
    assert {k: v for k, v in found.items() if k in wanted} == wanted


async def test_of_a_statefulset(kube: Kube) -> None:
    sets = "/apis/apps/v1/namespaces/seq/statefulsets"
    await make(kube, sets, exchanges()["statefulset-create"]["request"]["body"])
    wanted = expected("statefulset-start-sequence")
    found = await watched(kube, [sets, PODS, EVENTS], wanted)
    assert {k: v for k, v in found.items() if k in wanted} == wanted


async def test_of_a_rollout(kube: Kube) -> None:
    sets = "/apis/apps/v1/namespaces/seq/deployments"
    await make(kube, sets, exchanges()["rollout-create"]["request"]["body"])
    wanted = expected("rollout-create-sequence", without=("state", *COUNTERS))
    found = await watched(kube, [sets, PODS, EVENTS], wanted)
    assert {k: v for k, v in found.items() if k in wanted} == wanted


async def test_of_an_update_that_cannot_work(kube: Kube) -> None:
    """The old pod keeps serving, and the deployment says in the end that it got stuck."""
    sets = "/apis/apps/v1/namespaces/seq/deployments"
    body = deployment("web")
    body["spec"]["progressDeadlineSeconds"] = 2
    await make(kube, sets, body)
    await kube.eventually(f"{sets}/web", lambda b: (b.get("status") or {}).get("availableReplicas") == 1)
    template = {"spec": {"containers": [{"name": "c", "image": "missing:1"}]}}
    await kube.patch(f"{sets}/web", {"spec": {"template": template}}, STRATEGIC)

    def is_stuck(body: Json) -> bool:
        return any(c["reason"] == "ProgressDeadlineExceeded" for c in body["status"]["conditions"])

    found = await kube.eventually(f"{sets}/web", is_stuck)
    assert found["status"]["availableReplicas"] == 1
    assert found["status"]["unavailableReplicas"] == 1
