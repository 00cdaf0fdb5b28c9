"""The same routes on a real Kubernetes, as its administrator's kubeconfig reaches it."""

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories import JsonClient

KUBECONFIG = os.environ.get("SAILCLOTH_TEST_KUBECONFIG", "")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.kube,
    pytest.mark.skipif(not KUBECONFIG, reason="needs SAILCLOTH_TEST_KUBECONFIG"),
]

API = "/v1/api/clusters"


@pytest.fixture
def document() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(KUBECONFIG).read_text()))


def test_by_kubeconfig(client: JsonClient) -> None:
    body = client.post(API, {"name": "real", "auth_type": "kubeconfig", "kubeconfig": Path(KUBECONFIG).read_text()})
    assert (body.status_code, body.json()["status"]) == (201, "connected")
    assert body.json()["version"].startswith("v1.")
    test = client.post(f"{API}/real/test").json()
    assert (test["status"], test["version"]) == ("healthy", body.json()["version"])
    assert test["nodes"] >= 1


def test_by_its_parts(client: JsonClient, document: dict[str, Any]) -> None:
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    body = {
        "name": "real",
        "auth_type": "client_certificate",
        "server": cluster["server"],
        "client_certificate_data": user["client-certificate-data"],
        "client_key_data": user["client-key-data"],
        "ca_data": cluster["certificate-authority-data"],
    }
    assert client.post(API, body).json()["status"] == "connected"
    refused = client.put(f"{API}/real/credentials", {"auth_type": "bearer_token", "token": "wrong"})
    assert (refused.status_code, refused.json()["details"]) == (400, {"reason": "unauthorized"})


def test_look_and_pin(client: JsonClient, document: dict[str, Any]) -> None:
    document["clusters"][0]["cluster"].pop("certificate-authority-data")
    body = {"name": "real", "auth_type": "kubeconfig", "kubeconfig": yaml.safe_dump(document)}
    added = client.post(API, body).json()
    assert (added["status"], added["reason"]) == ("disconnected", "tls")
    change = {"fingerprint": added["presented_certificate"]["fingerprint"]}
    assert client.put(f"{API}/real", change).json()["status"] == "connected"


def test_what_it_is_made_of(client: JsonClient) -> None:
    client.post(API, {"name": "real", "auth_type": "kubeconfig", "kubeconfig": Path(KUBECONFIG).read_text()})
    body = client.post(f"{API}/real/refresh").json()
    assert (body["status"], body["notes"] == [] or len(body["namespaces"]) > 8) == ("connected", True)
    assert body["platform"].startswith("linux/")
    assert [node["ready"] for node in body["nodes"]].count(True) >= 1
    assert {"default", "kube-system"} <= set(body["namespaces"])
    assert "Deployment" in {each["kind"] for each in body["api_resources"]}
    assert body["permissions"][0]["namespace"] == "default"
    assert any(rule["resources"] == ["*"] for rule in body["permissions"][0]["rules"])


def test_how_much_is_used(client: JsonClient) -> None:
    """An old cluster without metrics.k8s.io: its kubelets know."""
    client.post(API, {"name": "real", "auth_type": "kubeconfig", "kubeconfig": Path(KUBECONFIG).read_text()})
    body = client.get(f"{API}/real/metrics").json()
    assert (body["source"], body["notes"]) == ("kubelet", [])
    for node in body["nodes"]:
        for name in ("cpu", "memory", "storage"):
            assert 0 < node[name]["used"] <= node[name]["capacity"] * 1.2, (node["name"], name)
        assert 0 <= node["pods"]["used"] <= node["pods"]["capacity"]
    assert body["totals"]["nodes"] == len(body["nodes"])


def test_an_identity_of_one_namespace(client: JsonClient, document: dict[str, Any]) -> None:
    """What it may not list is a note."""
    from clusters import services
    from clusters.models import Cluster

    client.post(API, {"name": "real", "auth_type": "kubeconfig", "kubeconfig": Path(KUBECONFIG).read_text()})
    gateway = services.gateway_for(Cluster.objects.get().pk)
    namespace = "care-" + uuid.uuid4().hex[:8]
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    services.call(gateway.raw("POST", "/api/v1/namespaces", body=made))
    try:
        home = f"/api/v1/namespaces/{namespace}"
        rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
        rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
        subject = {"kind": "ServiceAccount", "name": "small", "namespace": namespace}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "small"}
        for path, body in (
            (f"{home}/serviceaccounts", {"metadata": {"name": "small"}}),
            (f"{rbac}/roles", {"metadata": {"name": "small"}, "rules": [rule]}),
            (f"{rbac}/rolebindings", {"metadata": {"name": "small"}, "subjects": [subject], "roleRef": role}),
        ):
            services.call(gateway.raw("POST", path, body=body))
        request = {"spec": {"expirationSeconds": 3600}}
        answer = services.call(gateway.raw("POST", f"{home}/serviceaccounts/small/token", body=request))
        cluster = document["clusters"][0]["cluster"]
        added = client.post(
            API,
            {
                "name": "small",
                "auth_type": "bearer_token",
                "server": cluster["server"],
                "token": answer["status"]["token"],
                "ca_data": cluster["certificate-authority-data"],
            },
        )
        assert added.json()["status"] == "connected"
        share = {"email": "somebody@example.com", "role": "viewer", "namespaces": [namespace]}
        assert client.post(f"{API}/small/share", share).status_code == 201
        body = client.post(f"{API}/small/refresh").json()
        assert (body["status"], body["nodes"], body["namespaces"]) == ("connected", [], [])
        assert "Nodes: this identity may not see them." in body["notes"]
        rules = {each["namespace"]: each["rules"] for each in body["permissions"]}[namespace]
        assert any("pods" in rule["resources"] and rule["verbs"] == ["get", "list"] for rule in rules)
        metrics = client.get(f"{API}/small/metrics").json()
        assert (metrics["nodes"], metrics["notes"]) == ([], ["Nodes: this identity may not see them."])
    finally:
        services.call(gateway.raw("DELETE", f"/api/v1/namespaces/{namespace}"))
