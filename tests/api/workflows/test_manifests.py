"""The download of Kubernetes objects."""

import io
import json
import zipfile
from typing import Any

import pytest

from plugins.sdk.yaml import load_all
from tests.api.workflows.drawing import Json, node, secret
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(workflow: Json) -> str:
    return f"{workflow['url']}/manifests"


def test_yaml(client: JsonClient, url: str, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):  # the key of digests is made on first use
        answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/yaml"
    assert answer["Content-Disposition"] == 'attachment; filename="shop.yaml"'
    assert answer["Sailcloth-Problems"] == "0"
    documents = load_all(answer.content.decode())
    assert [(item["kind"], item["metadata"]["namespace"]) for item in documents] == [
        ("Service", "default"),
        ("Deployment", "default"),
    ]
    assert client.get(url, {"format": "yaml"}).content == answer.content


def test_json(client: JsonClient, url: str) -> None:
    answer = client.get(url, {"format": "json"})
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="shop.json"'
    body = answer.json()
    assert (body["apiVersion"], body["kind"]) == ("v1", "List")
    assert body["items"] == load_all(client.get(url).content.decode())


def test_kustomize(client: JsonClient, url: str) -> None:
    answer = client.get(url, {"format": "kustomize"})
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="shop-kustomize.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        files = {name: load_all(archive.read(name).decode())[0] for name in names}
    assert names == [f"shop/{name}" for name in ("kustomization.yaml", "service-front.yaml", "deployment-web.yaml")]
    assert files["shop/kustomization.yaml"]["resources"] == ["service-front.yaml", "deployment-web.yaml"]
    assert files["shop/deployment-web.yaml"]["kind"] == "Deployment"
    assert client.get(url, {"format": "kustomize"}).content == answer.content


def test_secret_values_are_placeholders(client: JsonClient, workflow: Json, url: str) -> None:
    client.post(f"{workflow['url']}/save", {"nodes": [secret(KEY="hush-hush")], "edges": []})
    body = json.loads(client.get(url, {"format": "json"}).content)["items"][0]
    assert body["stringData"] == {"KEY": "<secret>"}


def test_an_unfinished_graph_says_so(client: JsonClient, workflow: Json, url: str) -> None:
    nodes = [node("a"), node("b", "configmap", data={})]
    client.post(f"{workflow['url']}/save", {"nodes": nodes, "edges": []})
    answer = client.get(url)
    text = answer.content.decode()
    assert (answer.status_code, answer["Sailcloth-Problems"]) == (200, "1")
    assert text.startswith('# error: Deployment "a": image is missing')
    assert "ConfigMap" in [document["kind"] for document in load_all(text)]


def test_an_empty_one(client: JsonClient, workflow: Json, url: str) -> None:
    client.post(f"{workflow['url']}/save", {"nodes": [], "edges": []})
    assert client.get(url).content == b""
    assert client.get(url, {"format": "json"}).json()["items"] == []
    assert client.get(url, {"format": "kustomize"}).content.startswith(b"PK")


def test_a_version_and_a_namespace(client: JsonClient, workflow: Json, url: str) -> None:
    client.post(f"{workflow['url']}/versions")
    client.post(f"{workflow['url']}/save", {"nodes": [], "edges": []})
    client.put(workflow["url"], {"namespace": "shop"})
    body = client.get(url, {"format": "json", "version": 1}).json()
    assert {item["metadata"]["namespace"] for item in body["items"]} == {"shop"}
    body = client.get(url, {"format": "json", "version": 1, "namespace": "other"}).json()
    assert {item["metadata"]["namespace"] for item in body["items"]} == {"other"}
    assert client.get(url, {"version": 2}).status_code == 404


@pytest.mark.parametrize("params", [{"format": "xml"}, {"namespace": "No_Namespace"}])
def test_bad_parameters(client: JsonClient, url: str, params: dict[str, str]) -> None:
    answer = client.get(url, params)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(params))


def test_not_ones_own(stranger: JsonClient, url: str) -> None:
    assert stranger.get(url).status_code == 404
    assert JsonClient().get(url).status_code == 401
