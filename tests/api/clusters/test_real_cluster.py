"""The same routes on a real Kubernetes, as its administrator's kubeconfig reaches it."""

import os
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
