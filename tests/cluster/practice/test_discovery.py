"""What the server says it serves, in every form that clients ask for."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.cluster.practice.kube import Kube
from tests.cluster.practice.replay.recordings import ENVIRONMENT, folder

Json = Any
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def test_every_resource_in_discovery_can_be_listed(practice: Kube) -> None:
    lists = [(await practice.get("/api/v1")).body]
    for group in (await practice.get("/apis"))["groups"]:
        lists += [(await practice.get(f"/apis/{v['groupVersion']}")).body for v in group["versions"]]
        assert (await practice.get(f"/apis/{group['name']}"))["preferredVersion"] == group["preferredVersion"]
    seen = 0
    for found in lists:
        version = found["groupVersion"]
        root = f"/api/{version}" if version == "v1" else f"/apis/{version}"
        for resource in found["resources"]:
            if "list" in resource["verbs"]:
                answer = await practice.get(f"{root}/{resource['name']}")
                assert answer.status == 200, resource
                assert answer["kind"] == f"{resource['kind']}List"
                seen += 1
    assert seen >= 35


async def test_aggregated_discovery_says_the_same_as_the_old(practice: Kube) -> None:
    core = await practice.call("GET", "/api", headers={"Accept": AGGREGATED})
    rest = await practice.call("GET", "/apis", headers={"Accept": AGGREGATED})
    assert core.headers["Content-Type"] == AGGREGATED
    for group in core["items"] + rest["items"]:
        name = group["metadata"].get("name", "")
        for version in group["versions"]:
            path = f"/apis/{name}/{version['version']}" if name else f"/api/{version['version']}"
            old = (await practice.get(path))["resources"]
            names = {r["name"] for r in old}
            new = {r["resource"] for r in version["resources"]}
            new |= {
                f"{r['resource']}/{s['subresource']}" for r in version["resources"] for s in r.get("subresources", [])
            }
            assert new == names


async def test_openapi_describes_every_kind_for_its_clients(practice: Kube) -> None:
    v2 = (await practice.get("/openapi/v2")).body
    kinds = {
        (g["group"], g["version"], g["kind"])
        for d in v2["definitions"].values()
        for g in d.get("x-kubernetes-group-version-kind", [])
    }
    assert {("apps", "v1", "Deployment"), ("", "v1", "Pod"), ("batch", "v1", "CronJob")} <= kinds
    assert not [r for r in _references(v2) if r.removeprefix("#/definitions/") not in v2["definitions"]]
    index = (await practice.get("/openapi/v3"))["paths"]
    for name in ("api/v1", "apis/apps/v1", "apis/networking.k8s.io/v1"):
        path, _, query = index[name]["serverRelativeURL"].partition("?")
        answer = await practice.get(path, **dict([query.split("=")]))
        schemas = answer["components"]["schemas"]
        assert not [r for r in _references(answer.body) if r.removeprefix("#/components/schemas/") not in schemas]


def _references(value: Json) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [r for v in value.values() for r in _references(v)]
    return [r for v in value for r in _references(v)] if isinstance(value, list) else []


async def test_the_version_says_that_it_is_a_simulation(practice: Kube) -> None:
    found = (await practice.get("/version")).body
    assert (found["major"], found["minor"]) == ("1", "36")
    assert "practice" in found["gitVersion"]


async def test_what_is_not_simulated_is_refused_by_name(practice: Kube) -> None:
    pods = "/api/v1/namespaces/default/pods"
    container = {"name": "c", "image": "app:1"}
    await practice.post(pods, {"metadata": {"name": "p"}, "spec": {"containers": [container]}})
    for sub in ("attach", "portforward", "proxy", "ephemeralcontainers", "resize", "binding"):
        answer = await practice.post(f"{pods}/p/{sub}", {})
        assert (answer.status, answer["reason"]) == (501, "NotImplemented")
        assert f"does not simulate pods/{sub}" in answer.message
    assert (await practice.get("/apis/metrics.k8s.io/v1beta1/pods")).status == 404
    assert (await practice.get("/apis/batch/v1beta1/cronjobs")).status == 404


@pytest.mark.skipif(folder() is None, reason=f"needs the folder of recordings in {ENVIRONMENT}")
async def test_resources_are_described_as_a_real_1_36_describes_them(practice: Kube) -> None:
    """Names, kinds, scopes, verbs, short names and categories of all that both serve."""
    root = folder()
    assert root is not None
    recorded = json.loads(gzip.decompress((root / "discovery.json.gz").read_bytes()))
    for path in (
        "/api/v1",
        "/apis/apps/v1",
        "/apis/batch/v1",
        "/apis/networking.k8s.io/v1",
        "/apis/policy/v1",
        "/apis/rbac.authorization.k8s.io/v1",
        "/apis/autoscaling/v2",
        "/apis/storage.k8s.io/v1",
        "/apis/apiextensions.k8s.io/v1",
        "/apis/events.k8s.io/v1",
        "/apis/discovery.k8s.io/v1",
    ):
        theirs = {r["name"]: r for r in recorded[path]["resources"]}
        for resource in (await practice.get(path))["resources"]:
            known = theirs[resource["name"]]
            assert {k: _sorted(v) for k, v in resource.items()} == {k: _sorted(v) for k, v in known.items()}


def _sorted(value: Json) -> Json:
    return sorted(value) if isinstance(value, list) else value


async def test_a_node_says_what_it_uses(practice: Kube) -> None:
    """Not advertised, as no proxy is, but answered: where there is no metrics server a kubelet is asked this way."""
    (node,) = (await practice.get("/api/v1/nodes")).body["items"]
    name = node["metadata"]["name"]
    await practice.post("/api/v1/namespaces", {"metadata": {"name": "used"}})
    container = {"name": "app", "image": "busybox:1", "resources": {"requests": {"cpu": "500m", "memory": "64Mi"}}}
    await practice.post(
        "/api/v1/namespaces/used/pods", {"metadata": {"name": "one"}, "spec": {"containers": [container]}}
    )
    await practice.eventually("/api/v1/namespaces/used/pods/one", lambda pod: pod["status"]["phase"] == "Running")
    summary = (await practice.get(f"/api/v1/nodes/{name}/proxy/stats/summary")).body
    (pod,) = (each for each in summary["pods"] if each["podRef"]["namespace"] == "used")
    assert pod["cpu"]["usageNanoCores"] == 100_000_000
    assert pod["containers"][0]["memory"]["workingSetBytes"] == 32 * 2**20
    assert summary["node"]["cpu"]["usageNanoCores"] >= 100_000_000
    assert 0 < summary["node"]["fs"]["usedBytes"] < summary["node"]["fs"]["capacityBytes"]
    assert (await practice.get(f"/api/v1/nodes/{name}/proxy/pods")).status == 501
    assert (await practice.get("/api/v1/nodes/absent/proxy/stats/summary")).status == 404
    await practice.delete("/api/v1/namespaces/used")
