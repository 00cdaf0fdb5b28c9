"""Imports over HTTP: from a Compose file to a workflow, and again."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from imports.models import ImportOrigin, ImportSession
from imports.services import prune_imports, sessions
from tests.factories import JsonClient, make_client
from workflows.models import Version, Workflow

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
API = "/v1/api"
URL = f"{API}/import"
CANARY = "canary-of-an-import"
COMPOSE = f"""\
name: shop
services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
    depends_on: [db]
    environment:
      MODE: fast
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: {CANARY}
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data: {{}}
"""


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    return make_client(other_member)


def analyze(client: JsonClient, text: str = COMPOSE, **more: Any) -> Json:
    answer = client.post(f"{URL}/analyze", {"source": {"content": text, "filename": "compose.yaml"}, **more})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def create(client: JsonClient, import_id: str, **more: Any) -> Json:
    answer = client.post(f"{URL}/create-workflow", {"import_id": import_id, "name": "Shop", **more})
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def apply(client: JsonClient, text: str, workflow: Json) -> Json:
    import_id = analyze(client, text)["id"]
    answer = client.post(f"{URL}/apply", {"import_id": import_id, "workflow_id": workflow["id"]})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def named(workflow: Json, type_: str, name: str) -> Json:
    return next(n for n in workflow["nodes"] if n["type"] == type_ and n["data"]["name"] == name)


class TestAnalyze:
    def test_a_report_with_its_places(self, client: JsonClient) -> None:
        body = analyze(client)
        assert (body["status"], body["id"]) == ("ready", body["import_id"])
        analysis = body["analysis"]
        assert (analysis["kind"], analysis["name"], analysis["files"]) == ("compose", "shop", ["compose.yaml"])
        assert {node["type"] for node in analysis["graph"]["nodes"]} >= {
            "deployment",
            "statefulset",
            "service",
            "secret",
        }
        places = {row["path"]: (row["file"], row["line"]) for row in analysis["report"]}
        assert places["services.web.image"] == ("compose.yaml", 4)
        assert places["services.db.environment.POSTGRES_PASSWORD"] == ("compose.yaml", 12)
        assert sum(analysis["counts"].values()) == len(analysis["report"])

    def test_no_secret_leaves_it(self, client: JsonClient) -> None:
        body = analyze(client)
        assert CANARY not in json.dumps(body)
        row = ImportSession.objects.get()
        assert CANARY.encode() not in bytes(row.sealed)
        assert CANARY not in json.dumps(row.analysis)
        # The file itself is its owner's, to be read beside the report.
        files = client.get(f"{URL}/{body['id']}/files").json()["files"]
        assert files == [{"name": "compose.yaml", "text": COMPOSE.replace(CANARY, "••••••••")}]

    def test_the_same_input_gives_the_same(self, client: JsonClient) -> None:
        assert analyze(client)["analysis"] == analyze(client)["analysis"]

    def test_decisions_and_back(self, client: JsonClient) -> None:
        body = analyze(client)
        choice = next(c for row in body["analysis"]["report"] for c in row["choices"] if c["kind"] == "option")
        other = next(option["value"] for option in choice["options"] if option["value"] != choice["value"])
        url = f"{URL}/{body['id']}/choices"
        changed = client.put(url, {"choices": {choice["id"]: other}}).json()
        found = next(c for row in changed["analysis"]["report"] for c in row["choices"] if c["id"] == choice["id"])
        assert found["value"] == other
        assert client.put(url, {"choices": {choice["id"]: ""}}).json()["analysis"] == body["analysis"]

    def test_variables_and_profiles(self, client: JsonClient) -> None:
        text = "services:\n  a: {image: 'x:${TAG:?give a tag}'}\n  b: {image: 'y:1', profiles: [more]}\n"
        refused = client.post(f"{URL}/analyze", {"source": {"content": text}})
        assert (refused.status_code, "give a tag" in refused.json()["error"]) == (400, True)
        body = analyze(client, text, env={"TAG": "7"}, profiles=["more"])
        images = {n["data"]["image"] for n in body["analysis"]["graph"]["nodes"] if n["type"] == "deployment"}
        assert images == {"x:7", "y:1"}

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ({"content": "services: ["}, "the YAML cannot be read"),
            ({"content": "services: {web: {imag: x}}"}, "imag"),
            ({"content": "hello"}, "must be a mapping"),
            ({"content": "a: &a [x]\nb: [*a, *a]\n", "filename": "x.json"}, "Compose file"),
            ({"content": "apiVersion: v1\nkind: ConfigMap\n", "filename": "x.yaml"}, "has no metadata"),
            ({"content": "x", "git_url": "https://example.com/x"}, "Send a text in content, or"),
            ({"content": ""}, "content"),
            ({}, "Send a text in content, or"),
        ],
        ids=["yaml", "key", "text", "json", "kubernetes", "two sources", "empty", "nothing"],
    )
    def test_what_cannot_be_read(self, source: Json, words: str, client: JsonClient) -> None:
        answer = client.post(f"{URL}/analyze", {"source": source})
        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert not ImportSession.objects.exists()


class TestUpload:
    def test_files_with_their_paths(self, client: JsonClient) -> None:
        service = b"services:\n  web:\n    image: nginx:1.27\n    configs: [{source: site, target: /etc/x}]\n"
        compose = service + b"configs: {site: {file: conf/site.conf}}\n"
        sent = {
            "file": [SimpleUploadedFile("compose.yaml", compose), SimpleUploadedFile("site.conf", b"listen 80;")],
            "path": ["compose.yaml", "conf/site.conf"],
        }
        body = client.post(f"{URL}/upload", sent, format="multipart").json()
        assert body["source"] == {"type": "upload", "name": "compose.yaml, site.conf"}
        assert "listen 80;" in json.dumps(body["analysis"]["graph"])

    def test_an_archive(self, client: JsonClient) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("shop/docker-compose.yml", COMPOSE)
        sent = {"file": SimpleUploadedFile("shop.zip", buffer.getvalue()), "env": "A=b", "profiles": "x, y"}
        body = client.post(f"{URL}/upload", sent, format="multipart").json()
        assert body["analysis"]["files"] == ["docker-compose.yml"]

    def test_one_of_several_projects(self, client: JsonClient) -> None:
        texts = {"a/compose.yaml": "services: {a: {image: 'a:1'}}", "b/compose.yaml": "services: {b: {image: 'b:1'}}"}
        texts["k8s/web.yaml"] = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        sent = {"file": [SimpleUploadedFile("x", text.encode()) for text in texts.values()], "path": list(texts)}
        body = client.post(f"{URL}/upload", sent, format="multipart").json()
        asked = body["analysis"]["questions"][0]
        assert (asked["id"], asked["value"]) == ("source.project", "compose:a/compose.yaml")
        assert [option["label"] for option in asked["options"]] == ["a/compose.yaml", "b/compose.yaml", "k8s/web.yaml"]
        assert "k8s/web.yaml" in body["analysis"]["warnings"][0]
        url = f"{URL}/{body['id']}/choices"
        other = client.put(url, {"choices": {"source.project": "compose:b/compose.yaml"}}).json()
        assert [node["data"]["name"] for node in other["analysis"]["graph"]["nodes"]] == ["b"]
        assert other["analysis"]["files"] == ["b/compose.yaml"]
        wrong = client.put(url, {"choices": {"source.project": "compose:c"}})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown_project")
        assert "'compose:c' is none" in wrong.json()["error"]

    def test_what_is_refused(self, client: JsonClient) -> None:
        evil = io.BytesIO()
        with zipfile.ZipFile(evil, "w") as archive:
            archive.writestr("../compose.yaml", COMPOSE)
        file = SimpleUploadedFile("x.zip", evil.getvalue())
        answer = client.post(f"{URL}/upload", {"file": file}, format="multipart")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_archive")
        wrong = {"file": [SimpleUploadedFile("a.yaml", b"x")], "path": ["a", "b"]}
        assert client.post(f"{URL}/upload", wrong, format="multipart").status_code == 400
        assert client.post(f"{URL}/upload", {}, format="multipart").status_code == 400
        env = {"file": SimpleUploadedFile("compose.yaml", COMPOSE.encode()), "env": "A=${B"}
        assert client.post(f"{URL}/upload", env, format="multipart").json()["code"] == "unreadable_input"


class TestWorkflow:
    def test_it_becomes_one_that_could_run(self, client: JsonClient) -> None:
        made = create(client, analyze(client)["id"], namespace="shop")
        workflow = made["workflow"]
        assert (workflow["name"], workflow["namespace"]) == ("Shop", "shop")
        checked = client.post(f"{API}/workflows/{workflow['id']}/validate").json()
        assert [each for each in checked["problems"] if each["severity"] == "error"] == []
        assert CANARY not in json.dumps(made) + Workflow.objects.get().graph
        assert made["report"]
        assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"import.analyzed", "import.applied"}

    def test_again_with_nothing_new(self, client: JsonClient) -> None:
        workflow = create(client, analyze(client)["id"])["workflow"]
        again = apply(client, COMPOSE, workflow)
        assert again["notes"] == []
        assert again["workflow"]["nodes"] == workflow["nodes"]
        assert ImportOrigin.objects.count() == 1

    def test_what_a_person_changed_stays_and_the_rest_follows(self, client: JsonClient) -> None:
        workflow = create(client, analyze(client)["id"])["workflow"]
        named(workflow, "deployment", "web")["data"]["replicas"] = 4
        workflow["nodes"].append({"id": "mine", "type": "configmap", "data": {"name": "mine"}})
        graph = {"nodes": workflow["nodes"], "edges": workflow["edges"]}
        assert client.post(f"{API}/workflows/{workflow['id']}/save", graph).status_code == 200
        text = COMPOSE.replace("nginx:1.27", "nginx:1.28") + "  # grown\n"
        text = text.replace("volumes:\n  data", "  cache:\n    image: redis:7.4\nvolumes:\n  data", 1)
        after = apply(client, text, workflow)["workflow"]
        web = named(after, "deployment", "web")["data"]
        assert (web["replicas"], web["image"]) == (4, "nginx:1.28")
        assert named(after, "configmap", "mine")
        assert named(after, "deployment", "cache")
        assert Version.objects.get().name == "Before an import"

    def test_secrets_follow_or_stay(self, client: JsonClient, reveal: Any) -> None:
        workflow = create(client, analyze(client)["id"])["workflow"]
        assert reveal(workflow["id"])["POSTGRES_PASSWORD"] == CANARY
        apply(client, COMPOSE.replace(CANARY, "second"), workflow)
        assert reveal(workflow["id"])["POSTGRES_PASSWORD"] == "second"
        current = client.get(f"{API}/workflows/{workflow['id']}").json()
        secret = next(node for node in current["nodes"] if node["type"] == "secret")
        secret["data"]["values"] = dict.fromkeys(secret["data"]["values"], "a person's")
        client.post(f"{API}/workflows/{workflow['id']}/save", {"nodes": current["nodes"], "edges": current["edges"]})
        notes = apply(client, COMPOSE.replace(CANARY, "third"), workflow)["notes"]
        assert reveal(workflow["id"])["POSTGRES_PASSWORD"] == "a person's"
        assert any("You changed values" in note["message"] for note in notes)

    def test_two_imports_in_one_workflow(self, client: JsonClient) -> None:
        workflow = create(client, analyze(client)["id"])["workflow"]
        other = "name: other\nservices:\n  web:\n    image: busybox:1\n"
        after = apply(client, other, workflow)["workflow"]
        assert len([node for node in after["nodes"] if node["data"]["name"].startswith("web")]) >= 2
        assert ImportOrigin.objects.count() == 2
        assert len({node["id"] for node in after["nodes"]}) == len(after["nodes"])

    def test_once_per_key(self, client: JsonClient) -> None:
        sent = {"import_id": analyze(client)["id"], "name": "Shop"}
        first = client.post(f"{URL}/create-workflow", sent, HTTP_IDEMPOTENCY_KEY="k")
        again = client.post(f"{URL}/create-workflow", sent, HTTP_IDEMPOTENCY_KEY="k")
        assert first.json()["workflow"]["id"] == again.json()["workflow"]["id"]
        assert Workflow.objects.count() == 1

    def test_nothing_half_written(self, client: JsonClient) -> None:
        answer = client.post(f"{URL}/create-workflow", {"import_id": analyze(client)["id"], "name": " "})
        assert answer.status_code == 400
        assert not Workflow.objects.exists()
        assert not ImportOrigin.objects.exists()


class TestAccess:
    def test_somebody_elses_is_not_there(self, client: JsonClient, stranger: JsonClient) -> None:
        body = analyze(client)
        url = f"{URL}/{body['id']}"
        answers = [
            stranger.get(url),
            stranger.delete(url),
            stranger.put(f"{url}/choices", {}),
            stranger.get(f"{url}/files"),
            stranger.post(f"{URL}/create-workflow", {"import_id": body["id"], "name": "x"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        assert stranger.get(URL).json()["imports"] == []

    def test_into_somebody_elses_workflow(self, client: JsonClient, stranger: JsonClient) -> None:
        workflow = create(client, analyze(client)["id"])["workflow"]
        sent = {"import_id": analyze(stranger)["id"], "workflow_id": workflow["id"]}
        assert stranger.post(f"{URL}/apply", sent).status_code == 404

    def test_nobody(self) -> None:
        nobody = JsonClient()
        assert nobody.get(URL).status_code == 401
        assert nobody.post(f"{URL}/analyze", {}).status_code == 401

    @pytest.mark.parametrize("wrong", ["x", "01920000-0000-7000-8000-000000000000"])
    def test_no_such(self, wrong: str, client: JsonClient) -> None:
        assert client.get(f"{URL}/{wrong}").status_code == 404

    def test_it_expires(self, client: JsonClient) -> None:
        body = analyze(client)
        ImportSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert client.get(f"{URL}/{body['id']}").status_code == 404
        assert prune_imports() == 1

    def test_listed_and_forgotten(self, client: JsonClient, django_assert_max_num_queries: Any) -> None:
        for _ in range(3):
            analyze(client)
        with django_assert_max_num_queries(4):
            body = client.get(f"{URL}?limit=2&sort=created_at").json()
        assert (body["total"], len(body["imports"])) == (3, 2)
        assert "analysis" not in body["imports"][0]
        assert client.delete(f"{URL}/{body['imports'][0]['id']}").status_code == 200
        assert client.get(URL).json()["total"] == 2
        assert client.get(f"{URL}?search=nothing").json()["imports"] == []
        assert client.get(f"{URL}?sort=sealed").status_code == 400


class TestMany:
    def test_only_so_many_are_kept(self, client: JsonClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("imports.services.sessions.MOST_KEPT", 3)
        ids = [analyze(client)["id"] for _ in range(5)]
        assert {row["id"] for row in client.get(URL).json()["imports"]} == set(ids[2:])

    def test_two_who_decide_at_once(self, client: JsonClient, monkeypatch: pytest.MonkeyPatch) -> None:
        """The other decision comes while this one is thought through."""
        body = analyze(client)
        before = sessions.conversion_of

        def meanwhile(sent: Any) -> Any:
            ImportSession.objects.update(revision=F("revision") + 1)
            return before(sent)

        monkeypatch.setattr(sessions, "conversion_of", meanwhile)
        answer = client.put(f"{URL}/{body['id']}/choices", {"choices": {}})
        assert (answer.status_code, answer.json()["code"]) == (409, "import_changed")
        monkeypatch.undo()
        assert client.put(f"{URL}/{body['id']}/choices", {"choices": {}}).status_code == 200

    def test_profiles_that_are_on(self, client: JsonClient) -> None:
        text = "services:\n  a: {image: 'x:1'}\n  b: {image: 'y:1', profiles: [more]}\n"
        body = analyze(client, text)
        assert body["analysis"]["active_profiles"] == []
        body = client.put(f"{URL}/{body['id']}/choices", {"profiles": ["more", "absent"]}).json()
        assert (body["analysis"]["profiles"], body["analysis"]["active_profiles"]) == (["more"], ["more"])

    @pytest.mark.parametrize(
        ("service", "is_said"), [("image: 'x:1'", True), ("build: .", False)], ids=["image", "build"]
    )
    def test_a_dockerfile_is_not_left_out_in_silence(self, service: str, is_said: bool, client: JsonClient) -> None:
        sent = {
            "file": [
                SimpleUploadedFile("compose.yaml", f"services:\n  a:\n    {service}\n".encode()),
                SimpleUploadedFile("Dockerfile", b"FROM scratch\n"),
            ]
        }
        warnings = client.post(f"{URL}/upload", sent, format="multipart").json()["analysis"]["warnings"]
        assert any("Dockerfile" in text for text in warnings) is is_said
