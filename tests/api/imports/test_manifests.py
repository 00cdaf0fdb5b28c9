"""Kubernetes manifests over HTTP: from files to a workflow, and from an export to the same workflow."""

import io
import json
import tarfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from audit.models import AuditEntry
from imports.models import ImportOrigin, ImportSession
from plugins.sdk.yaml import load_all
from tests.factories import JsonClient, make_client
from workflows.models import Workflow

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
API = "/v1/api"
URL = f"{API}/import"
CANARY = "canary-of-a-manifest"
APP = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: web, namespace: shop}}
stringData: {{TOKEN: {CANARY}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - {{name: web, image: "nginx:1.27", envFrom: [{{secretRef: {{name: web}}}}], ports: [{{containerPort: 80}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
"""


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


def analyze(client: JsonClient, text: str = APP) -> Json:
    answer = client.post(f"{URL}/analyze", {"source": {"content": text, "filename": "app.yaml"}})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def create(client: JsonClient, import_id: str, name: str = "Shop") -> Json:
    answer = client.post(f"{URL}/create-workflow", {"import_id": import_id, "name": name, "namespace": "shop"})
    assert answer.status_code == 201, answer.content
    return dict(answer.json()["workflow"])


def exported(client: JsonClient, workflow: Json, format: str = "yaml") -> bytes:
    answer = client.get(f"{API}/workflows/{workflow['id']}/manifests?format={format}")
    assert answer.status_code == 200
    return bytes(answer.content)


def by_key(text: bytes) -> dict[str, Any]:
    """Without the name of the workflow, which is another one."""
    found = {}
    for body in load_all(text.decode()):
        labels = body["metadata"]["labels"]
        found[f"{body['kind']} {body['metadata']['name']}"] = body
        assert labels["app.kubernetes.io/managed-by"] == "sailcloth"
    return found


def test_an_analysis_tells_each_key_with_its_line(client: JsonClient) -> None:
    analysis = analyze(client)["analysis"]
    assert analysis["kind"] == "kubernetes"
    rows = {row["path"]: row for row in analysis["report"]}
    image = rows["deployment/web.spec.template.spec.containers.0.image"]
    assert (image["verdict"], image["target"], image["file"], image["line"]) == (
        "mapped",
        "deployment/web.image",
        "app.yaml",
        15,
    )
    assert {(edge["source"], edge["target"]) for edge in analysis["graph"]["edges"]} == {
        (["deployment-web", "00", "secret-web"][2], "deployment-web"),
        ("service-web", "deployment-web"),
    }
    assert [choice["id"] for choice in analysis["questions"]] == ["namespace"]


def test_values_of_secrets_stay_in_the_vault(client: JsonClient) -> None:
    body = analyze(client)
    shown = client.get(f"{URL}/{body['id']}/files").content.decode()
    workflow = create(client, body["id"])
    row = ImportSession.objects.get()
    places = [json.dumps(body), shown, json.dumps(row.analysis), json.dumps(workflow), str(bytes(row.sealed))]
    places += [
        Workflow.objects.get().graph,
        str(list(ImportOrigin.objects.values())),
        str(list(AuditEntry.objects.values())),
    ]
    assert [place for place in places if CANARY in place] == []
    assert "••" in shown


def test_a_decision_keeps_the_namespace(client: JsonClient) -> None:
    body = analyze(client)
    changed = client.put(f"{URL}/{body['id']}/choices", {"choices": {"namespace": "keep"}}).json()
    assert {node["data"]["namespace"] for node in changed["analysis"]["graph"]["nodes"]} == {"shop"}


def test_an_archive_of_manifests(client: JsonClient) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for index, text in enumerate(APP.split("---\n")):
            entry = tarfile.TarInfo(f"k8s/{index}.yaml")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    sent = {"file": SimpleUploadedFile("k8s.tar.gz", buffer.getvalue())}
    body = client.post(f"{URL}/upload", sent, format="multipart").json()
    assert body["analysis"]["files"] == ["0.yaml", "1.yaml", "2.yaml"]
    assert len(body["analysis"]["graph"]["nodes"]) == 3


@pytest.mark.parametrize("format", ["yaml", "json", "kustomize"])
def test_an_export_becomes_the_same_workflow(format: str, client: JsonClient) -> None:
    first = create(client, analyze(client)["id"])
    name = {"yaml": "a.yaml", "json": "a.json", "kustomize": "a.zip"}[format]
    sent = {"file": SimpleUploadedFile(name, exported(client, first, format))}
    body = client.post(f"{URL}/upload", sent, format="multipart").json()
    asked = {choice["id"]: CANARY for choice in body["analysis"]["questions"] if choice["kind"] == "secret"}
    assert list(asked) == ["secret.web.TOKEN"]
    client.put(f"{URL}/{body['id']}/choices", {"choices": asked})
    second = create(client, body["id"], "Shop again")
    assert by_key(exported(client, second)) == by_key(exported(client, first))


def test_the_same_input_again_changes_nothing(client: JsonClient) -> None:
    workflow = create(client, analyze(client)["id"])
    again = client.post(f"{URL}/apply", {"import_id": analyze(client)["id"], "workflow_id": workflow["id"]})
    assert (again.status_code, again.json()["notes"]) == (200, [])


def test_an_export_into_the_workflow_it_came_from(client: JsonClient) -> None:
    """It is there already: nothing is made a second time."""
    first = create(client, analyze(client)["id"])
    graph = client.get(f"{API}/workflows/{first['id']}").json()
    nodes = [node for node in graph["nodes"] if node["type"] != "secret"]
    edges = [edge for edge in graph["edges"] if not edge["source"].startswith("secret")]
    copied = client.post(f"{API}/workflows", {"name": "Drawn", "nodes": nodes, "edges": edges}).json()
    sent = {"file": SimpleUploadedFile("a.yaml", exported(client, copied))}
    body = client.post(f"{URL}/upload", sent, format="multipart").json()
    answer = client.post(f"{URL}/apply", {"import_id": body["id"], "workflow_id": copied["id"]})
    assert (answer.status_code, answer.json()["notes"]) == (200, [])
    after = client.get(f"{API}/workflows/{copied['id']}").json()
    assert (after["nodes"], after["edges"]) == (copied["nodes"], copied["edges"])


def test_a_folder_of_a_chart_is_told_what_to_do(client: JsonClient) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
    answer = client.post(f"{URL}/analyze", {"source": {"content": text, "filename": "templates/a.yaml"}})
    assert (answer.status_code, "helm template" in answer.json()["error"]) == (400, True)
