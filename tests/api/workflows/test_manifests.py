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


class TestPreview:
    """What a graph becomes before it is saved."""

    def test_of_the_draft_and_of_what_is_sent(self, client: JsonClient, workflow: Json) -> None:
        url = f"{workflow['url']}/preview"
        whole = client.post(url, {}).json()
        assert [item["kind"] for item in whole["objects"]] == ["Service", "Deployment"]
        assert [document["kind"] for document in load_all(whole["yaml"])] == ["Service", "Deployment"]
        nodes = json.loads(json.dumps(workflow["nodes"]))
        changed = next(each for each in nodes if each["type"] == "deployment")
        changed["data"]["replicas"] = 7
        sent = {"nodes": nodes, "edges": workflow["edges"], "node_id": changed["id"]}
        one = client.post(url, sent).json()
        assert [item["node_id"] for item in one["objects"]] == [changed["id"]]
        assert load_all(one["yaml"])[0]["spec"]["replicas"] == 7
        assert client.get(workflow["url"]).json()["nodes"] == workflow["nodes"], "nothing is kept"

    def test_no_secret_is_shown(self, client: JsonClient, workflow: Json) -> None:
        sent = {"nodes": [secret("s", TOKEN="a-canary-of-preview")], "edges": []}
        answer = client.post(f"{workflow['url']}/preview", sent)
        assert answer.json()["objects"][0]["kind"] == "Secret"
        assert "a-canary-of-preview" not in answer.content.decode()
        assert "YS1jYW5hcnktb2YtcHJldmlld" not in answer.content.decode()

    def test_what_is_unfinished_or_wrong(self, client: JsonClient, workflow: Json) -> None:
        url = f"{workflow['url']}/preview"
        body = client.post(url, {"nodes": [node("a", "deployment", name="a")], "edges": []}).json()
        assert body["problems"][0]["node_id"] == "a"
        broken = client.post(url, {"nodes": [{"id": 5}], "edges": []}).json()
        assert (broken["yaml"], broken["objects"], bool(broken["problems"])) == ("", [], True)
