"""Secret values: written, never read back, kept as revisions, and found nowhere else."""

import io
import json
import logging
import sqlite3
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from tests.api.workflows.drawing import API, Json, edge, node, secret
from tests.factories import JsonClient
from vault.models import SecretRevision
from workflows.models import Workflow
from workflows.services import reveal_secrets
from workflows.stored import references

pytestmark = pytest.mark.django_db

URL = f"{API}/workflows"


def save(client: JsonClient, url: str, *nodes: Json) -> Any:
    return client.post(f"{url}/save", {"nodes": list(nodes), "edges": []})


def values(url: str) -> dict[str, str]:
    """What a run would get, by key."""
    workflow = Workflow.objects.get(pk=url.rpartition("/")[2])
    held = {key: reference for (_, key), reference in references(workflow.graph).items() if reference is not None}
    clear = reveal_secrets(revisions=[item.revision for item in held.values()], workspace=workflow.workspace_id)
    return {key: clear[reference.revision] for key, reference in held.items()}


class TestRules:
    def test_a_text_sets_null_keeps_an_absent_key_removes(self, client: JsonClient, workflow: Json) -> None:
        url = workflow["url"]
        body = save(client, url, secret(A="one", B="two", C="three")).json()
        assert body["nodes"][0]["data"]["values"] == {"A": None, "B": None, "C": None}
        assert values(url) == {"A": "one", "B": "two", "C": "three"}
        body = save(client, url, secret(A=None, B="zwei")).json()
        assert body["nodes"][0]["data"]["values"] == {"A": None, "B": None}
        assert values(url) == {"A": "one", "B": "zwei"}
        assert client.get(url).json()["nodes"] == body["nodes"]

    def test_null_without_a_value(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow["url"], secret(A="one"))
        for nodes in ([secret(B=None)], [secret("other", A=None)]):
            answer = save(client, workflow["url"], *nodes)
            problem = answer.json()["details"]["problems"][0]
            assert answer.status_code == 400
            assert (problem["code"], problem["node_id"]) == ("secret_value_missing", nodes[0]["id"])
        assert client.post(URL, {"name": "x", "nodes": [secret(A=None)]}).status_code == 400
        assert values(workflow["url"]) == {"A": "one"}

    def test_a_removed_value_does_not_come_back_by_null(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow["url"], secret(A="one"))
        save(client, workflow["url"], secret())
        assert save(client, workflow["url"], secret(A=None)).status_code == 400

    def test_empty_odd_and_long_values(self, client: JsonClient, workflow: Json) -> None:
        odd = {"EMPTY": "", "odd.key-1": "ü\n\t🚢 ", "LONG": "x" * 100_000, "NULL": "null"}
        assert save(client, workflow["url"], secret(**odd)).status_code == 200
        assert values(workflow["url"]) == odd

    @pytest.mark.parametrize(
        "value", [7, True, ["x"], {"revision": "r", "digest": "d"}, {"revision": "r"}, {"$revision": "r"}]
    )
    def test_nothing_else_is_a_value(self, client: JsonClient, workflow: Json, value: Any) -> None:
        """A reference least of all: with it one could take over another's secret."""
        answer = save(client, workflow["url"], node("pw", "secret", values={"KEY": value}))
        problem = answer.json()["details"]["problems"][0]
        assert answer.status_code == 400
        assert (problem["code"], problem["field"]) == ("wrong_type", "values.KEY")

    def test_each_change_is_a_revision(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow["url"], secret(A="one", B="two"))
        assert SecretRevision.objects.count() == 2
        etag = client.get(workflow["url"])["ETag"]
        assert save(client, workflow["url"], secret(A="one", B=None))["ETag"] == etag
        assert SecretRevision.objects.count() == 2
        assert save(client, workflow["url"], secret(A="ONE", B=None))["ETag"] != etag
        assert SecretRevision.objects.count() == 3

    def test_put_back_what_one_got(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow["url"], secret(A="one"))
        got = client.get(workflow["url"])
        for answer in (client.put(workflow["url"], got.json()), save(client, workflow["url"], *got.json()["nodes"])):
            assert (answer.status_code, answer["ETag"]) == (200, got["ETag"])
        assert client.put(workflow["url"], {"edges": []})["ETag"] == got["ETag"]
        assert values(workflow["url"]) == {"A": "one"}

    def test_restore_brings_it_back(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow["url"], secret(A="one", B="two"))
        client.post(f"{workflow['url']}/versions", {})
        save(client, workflow["url"], secret(A="other"))
        body = client.post(f"{workflow['url']}/versions/1/restore").json()
        assert body["workflow"]["nodes"][0]["data"]["values"] == {"A": None, "B": None}
        assert values(workflow["url"]) == {"A": "one", "B": "two"}

    def test_a_clone_keeps_it(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow["url"], secret(A="one"))
        clone = client.post(f"{workflow['url']}/clone").json()
        assert values(f"{URL}/{clone['id']}") == {"A": "one"}
        save(client, f"{URL}/{clone['id']}", secret(A="two"))
        assert values(workflow["url"]) == {"A": "one"}

    def test_a_key_that_waits_for_its_value(self, client: JsonClient, workflow: Json) -> None:
        """A copied template holds null: it can be drawn on, but not published."""
        row = Workflow.objects.get()
        row.graph = json.dumps({"nodes": [secret(A=None)], "edges": []}, separators=(",", ":"))
        row.save()
        answer = save(client, workflow["url"], secret(A=None), node("c", "configmap"))
        assert answer.status_code == 200
        assert [problem["code"] for problem in answer.json()["problems"]] == ["secret_value_missing"]
        assert client.put(f"{workflow['url']}/status", {"status": "published"}).status_code == 400
        save(client, workflow["url"], secret(A="now"))
        assert client.put(f"{workflow['url']}/status", {"status": "published"}).status_code == 200

    def test_another_workspace_cannot_open_it(self, client: JsonClient, workflow: Json, other_member: User) -> None:
        save(client, workflow["url"], secret(A="one"))
        revision = SecretRevision.objects.get().pk
        with pytest.raises(Exception, match="1 of 1 secret revisions"):
            reveal_secrets(revisions=[revision], workspace=other_member.personal_workspace.pk)


CANARIES = ("canary-Zk3v9QpX", "canary-second-W7", "canary-Üñï-🐤")


class TestCanaries:
    """Values that are planted, changed, copied, restored, refused; then everything is searched for them."""

    def wander(self, client: JsonClient) -> list[bytes]:
        """The bodies of every answer on the way."""
        answers: list[Any] = []

        def call(method: str, path: str, body: Json | None = None) -> Any:
            answers.append(getattr(client, method)(f"{URL}{path}", body))
            return answers[-1]

        reader = node("app", image="x")
        wire = [edge("e", "pw", "app")]
        made = call("post", "", {"name": "Birds", "nodes": [secret(A=CANARIES[0]), reader], "edges": wire}).json()
        path = f"/{made['id']}"
        call("post", f"{path}/versions", {"name": "first"})
        call("post", f"{path}/save", {"nodes": [secret(A=CANARIES[1], B=CANARIES[2]), reader], "edges": wire})
        call("put", path, {"nodes": [secret(A=None, B=CANARIES[2]), reader]})
        call("post", f"{path}/validate", {})
        call("post", f"{path}/validate", {"nodes": [secret(A=CANARIES[0], X=None), node("bad", "what")], "edges": []})
        refused = {"nodes": [secret(A=CANARIES[0], X=None), secret("pw", A=CANARIES[1])], "edges": [{}]}
        assert call("post", f"{path}/save", refused).status_code == 400
        odd = node("odd", "secret", values={"K": [CANARIES[0]]}, base64_keys=[7])
        assert call("post", f"{path}/save", {"nodes": [odd], "edges": []}).status_code == 400
        assert call("post", f"{path}/save", {"nodes": [odd | {"data": {"values": CANARIES[0]}}], "edges": []}).json()
        call("put", f"{path}/status", {"status": "published"})
        call("get", path)
        call("get", "")
        call("get", f"{path}/versions")
        call("get", f"{path}/versions/1")
        call("get", f"{path}/versions/compare?v1=1&v2=draft")
        for form in ("yaml", "json", "kustomize"):
            call("get", f"{path}/manifests?format={form}")
            call("get", f"{path}/manifests?format={form}&version=1")
        call("post", f"{path}/versions/1/restore")
        call("post", f"{path}/clone", {})
        call("delete", path)
        call("get", "?deleted=true")
        call("post", f"{path}/undelete")
        return [answer.content + unpacked(answer.content) + str(dict(answer.headers)).encode() for answer in answers]

    def test_they_are_nowhere(self, client: JsonClient, caplog: Any, capfd: Any) -> None:
        with caplog.at_level(logging.DEBUG):
            bodies = self.wander(client)
        out, err = capfd.readouterr()
        seen = {
            "answers": "".join(body.decode(errors="replace") for body in bodies),
            "log": caplog.text + out + err,
            "database": dump(),
        }
        assert SecretRevision.objects.count() == 3
        for where, text in seen.items():
            for canary in CANARIES:
                for form in (canary, json.dumps(canary)[1:-1]):
                    assert form not in text, f"{form} in {where}"
        assert len(seen["database"]) > 10_000

    def test_the_search_would_find_them(self, client: JsonClient, workflow: Json) -> None:
        client.put(workflow["url"], {"description": CANARIES[0]})
        assert CANARIES[0] in dump()


def unpacked(body: bytes) -> bytes:
    if not body.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def dump() -> str:
    """Every row of every table, as the database has it."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    parts = []
    with connection.cursor() as cursor:
        for table in sorted(tables & set(connection.introspection.table_names())):
            cursor.execute(f'SELECT * FROM "{table}"')
            parts += [readable(value) for row in cursor.fetchall() for value in row]
    return "\n".join(parts)


def readable(value: Any) -> str:
    if isinstance(value, bytes | memoryview | sqlite3.Binary):
        return bytes(value).decode("utf-8", errors="replace")
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
