"""Logs of pods: options, refusals and following."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cluster.practice.kube import Kube

Json = Any
IMAGE = "busybox:1"


def pod(name: str, script: str, **more: Json) -> Json:
    container = {"name": "c", "image": IMAGE, "imagePullPolicy": "IfNotPresent", "command": ["sh", "-c", script]}
    spec = {"terminationGracePeriodSeconds": 0, "restartPolicy": "Never", "containers": [container], **more}
    return {"metadata": {"name": name}, "spec": spec}


def has_ended(body: Json) -> bool:
    return (body.get("status") or {}).get("phase") in ("Succeeded", "Failed")


@pytest.fixture
async def logged(cluster: Kube, space: str) -> AsyncIterator[str]:
    """A finished pod that said three lines."""
    root = f"/api/v1/namespaces/{space}/pods"
    made = await cluster.post(root, pod("lg", "echo one; echo two; echo three"))
    assert made.status == 201
    await cluster.eventually(f"{root}/lg", has_ended, 30)
    yield f"{root}/lg/log"


async def test_options(cluster: Kube, logged: str) -> None:
    assert (await cluster.get(logged)).body == "one\ntwo\nthree\n"
    assert (await cluster.get(logged, tailLines="1")).body == "three\n"
    assert (await cluster.get(logged, tailLines="0")).body is None
    assert (await cluster.get(logged, limitBytes="5")).body == "one\nt"
    assert (await cluster.get(logged, follow="true")).body == "one\ntwo\nthree\n"
    stamped = (await cluster.get(logged, timestamps="true")).body.splitlines()
    moments = [dt.datetime.fromisoformat(line.split(" ")[0]) for line in stamped]
    assert moments == sorted(moments)
    assert [line.split(" ", 1)[1] for line in stamped] == ["one", "two", "three"]
    late = (moments[-1] + dt.timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (await cluster.get(logged, sinceTime=late)).body is None


async def test_refusals(cluster: Kube, space: str, logged: str) -> None:
    root = f"/api/v1/namespaces/{space}/pods"
    assert (await cluster.get(f"{root}/absent/log")).status == 404
    assert (await cluster.get(logged, container="nope")).status == 400
    assert (await cluster.get(logged, previous="true")).status == 400
    assert (await cluster.get(logged, tailLines="-1")).status == 422
    both = await cluster.get(logged, sinceSeconds="1", sinceTime="2020-01-01T00:00:00Z")
    assert both.status == 422
    two = pod("two", "sleep 60")
    two["spec"]["containers"].append({**two["spec"]["containers"][0], "name": "d"})
    await cluster.post(root, two)
    unnamed = await cluster.get(f"{root}/two/log")
    assert (unnamed.status, unnamed["reason"]) == (400, "BadRequest")
    assert "a container name must be specified for pod two, choose one of: [c d]" in unnamed.message


async def test_a_log_is_followed_until_the_container_ends(practice: Kube) -> None:
    root = "/api/v1/namespaces/default/pods"
    await practice.post(root, pod("f", "echo one; sleep 20; echo two"))
    running = lambda b: (b.get("status") or {}).get("phase") == "Running"  # noqa: E731
    await practice.eventually(f"{root}/f", running)
    assert (await practice.get(f"{root}/f/log")).body == "one\n"
    followed = await asyncio.wait_for(practice.get(f"{root}/f/log", follow="true"), 10)
    assert followed.body == "one\ntwo\n"


async def test_a_server_has_believable_lines_that_never_change(practice: Kube) -> None:
    root = "/api/v1/namespaces/default/pods"
    container = {"name": "c", "image": "nginx:1", "ports": [{"containerPort": 80}]}
    await practice.post(root, {"metadata": {"name": "web"}, "spec": {"containers": [container]}})
    await practice.eventually(f"{root}/web/log", lambda b: isinstance(b, str) and "ready" in b)
    first = (await practice.get(f"{root}/web/log", timestamps="true")).body
    assert (await practice.get(f"{root}/web/log", timestamps="true")).body.startswith(first)
    assert all("[simulated]" in line for line in first.splitlines())
    assert "0.0.0.0:80" in first


async def test_the_log_before_the_restart(practice: Kube) -> None:
    root = "/api/v1/namespaces/default/pods"
    body = pod("crash", "echo boom; exit 1", restartPolicy="Always")
    await practice.post(root, body)

    def restarted(body: Json) -> bool:
        return any(c["restartCount"] > 0 for c in (body.get("status") or {}).get("containerStatuses") or [])

    await practice.eventually(f"{root}/crash", restarted)
    assert (await practice.get(f"{root}/crash/log", previous="true")).body == "boom\n"
