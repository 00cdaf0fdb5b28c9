"""Generated manifests meet a real API server: server-side apply with dryRun=All takes every one of them.

Needs SAILCLOTH_TEST_KUBECONFIG (a kubeconfig with client certificate data). Works in a namespace of its own
and removes it afterwards. Plain HTTP, so that nothing of our own client can hide a mistake.
"""

import base64
import os
import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from plugins.registry import core_types
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.objects import KubeObject
from plugins.sdk.problems import Severity
from plugins.sdk.secrets import Placeholders
from tests.unit.compile.generate import make_graph
from workflows.compile import CompileOptions, compile_graph
from workflows.graph.parse import parse_graph

KUBECONFIG = os.environ.get("SAILCLOTH_TEST_KUBECONFIG", "")
SAMPLE = 200
DEADLINE = 30.0

pytestmark = [
    pytest.mark.kube,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not KUBECONFIG, reason="SAILCLOTH_TEST_KUBECONFIG is not set"),
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    config = yaml.safe_load(Path(KUBECONFIG).read_text())
    folder = tmp_path_factory.mktemp("kube")

    def file(name: str, entry: dict[str, Any], key: str) -> str:
        if key in entry:
            return str(entry[key])
        path = folder / name
        path.write_bytes(base64.b64decode(entry[f"{key}-data"]))
        return str(path)

    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cafile=file("ca", cluster, "certificate-authority"))
    context.load_cert_chain(file("cert", user, "client-certificate"), file("key", user, "client-key"))
    with httpx.Client(base_url=cluster["server"], verify=context, timeout=DEADLINE, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def namespace(api: httpx.Client) -> Iterator[str]:
    name = f"sailcloth-compile-{uuid.uuid4().hex[:8]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    api.post("/api/v1/namespaces", json=body).raise_for_status()
    yield name
    api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="module")
def capabilities(api: httpx.Client) -> Capabilities:
    groups = api.get("/apis").json()["groups"]
    roots = {"v1": "/api/v1"}
    roots |= {item["groupVersion"]: f"/apis/{item['groupVersion']}" for group in groups for item in group["versions"]}
    kinds = []
    for group_version, path in roots.items():
        group, _, version = group_version.rpartition("/")
        kinds += [
            ServedKind(group, version, item["kind"], item["name"], item["namespaced"], tuple(item["verbs"]))
            for item in api.get(path).json().get("resources", ())
            if "/" not in item["name"]
        ]
    return Capabilities(version=api.get("/version").json()["gitVersion"], kinds=tuple(kinds))


def _objects(capabilities: Capabilities, namespace: str) -> list[KubeObject]:
    objects: list[KubeObject] = []
    seed = 0
    while len(objects) < SAMPLE:
        graph, _ = parse_graph(*make_graph(Random(seed), capabilities.minor))
        result = compile_graph(
            graph,
            types=core_types(),
            capabilities=capabilities,
            options=CompileOptions(namespace, f"sample-{seed}"),
            secrets=Placeholders(),
        )
        assert [problem for problem in result.problems if problem.severity is Severity.ERROR] == []
        objects += result.bundle.objects
        seed += 1
    return objects[:SAMPLE]


def test_a_real_api_server_takes_a_sample_of_manifests(
    api: httpx.Client, capabilities: Capabilities, namespace: str
) -> None:
    refused = []
    for item in _objects(capabilities, namespace):
        served = capabilities.pick(item.kind, [item.api_version])
        assert served is not None
        root = f"/apis/{item.api_version}" if "/" in item.api_version else f"/api/{item.api_version}"
        place = f"/namespaces/{item.namespace}" if served.namespaced else ""
        answer = api.patch(
            f"{root}{place}/{served.resource}/{item.name}",
            params={"fieldManager": "sailcloth-test", "dryRun": "All", "force": "true"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            content=msgspec.json.encode(item.body),
        )
        if answer.status_code not in (200, 201):
            refused.append(f"{item.key}: {answer.status_code} {answer.json().get('message')}")
    assert not refused, "\n".join(refused)


def test_what_an_old_cluster_does_not_know_is_said_on_the_node(capabilities: Capabilities) -> None:
    """The discovery of this very cluster decides: a time zone came with 1.25."""
    data = {"name": "nightly", "image": "busybox:1", "schedule": "@daily", "time_zone": "Europe/Berlin"}
    graph, _ = parse_graph([{"id": "n", "type": "cronjob", "data": data}], [])
    result = compile_graph(
        graph,
        types=core_types(),
        capabilities=capabilities,
        options=CompileOptions("default", "demo"),
        secrets=Placeholders(),
    )
    expected = ["needs_newer_cluster"] if 0 < capabilities.minor < 25 else []
    assert [problem.code for problem in result.problems] == expected
