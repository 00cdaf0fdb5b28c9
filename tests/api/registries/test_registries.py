"""Registries by REST: adding, showing, changing, choosing, removing."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from clusters.models import Registry
from realtime.models import Event
from tests.api.registries.conftest import ADMIN_API, body
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

API = "/v1/api/registries"


def events(type: str) -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(type=type).order_by("cursor")]


class TestCreate:
    def test_success(self, root: JsonClient, admin: User) -> None:
        answer = root.post(ADMIN_API, body(url="https://Registry.Example.com:8443/team/", description="Ours"))
        made = answer.json()
        assert answer.status_code == 201
        assert made.pop("id") and made.pop("created_at") == made.pop("updated_at")
        assert made == {
            "name": "home",
            "type": "generic",
            "url": "https://registry.example.com:8443/team",
            "host": "registry.example.com:8443",
            "path": "team",
            "description": "Ours",
            "ca_data": "",
            "has_credentials": True,
            "available_to": "everyone",
            "users": [],
            "is_default": True,
            "status": "unknown",
            "reason": "",
            "error": "",
            "checked_at": None,
        }
        entry = AuditEntry.objects.get(action="registry.created")
        assert (entry.actor_id, entry.object_name, entry.object_type) == (admin.pk, "home", "registry")
        assert events("registry.created")[0]["host"] == "registry.example.com:8443"
        assert answer["ETag"].endswith('.1"')

    @pytest.mark.parametrize(
        ("kind", "more", "host"),
        [
            ("dockerhub", {"url": ""}, "docker.io"),
            ("dockerhub", {"url": "https://index.docker.io/v1/"}, "docker.io"),
            ("ghcr", {"url": ""}, "ghcr.io"),
            ("gitlab", {"url": ""}, "registry.gitlab.com"),
            ("ecr", {"url": "123456789012.dkr.ecr.eu-central-1.amazonaws.com"}, None),
            ("gcr", {"url": "europe-docker.pkg.dev/project/repository", "username": "oauth2accesstoken"}, None),
            ("acr", {"url": "team.azurecr.io"}, "team.azurecr.io"),
            ("harbor", {"url": "harbor.example.com/team", "username": "robot$team+ci"}, "harbor.example.com"),
            ("generic", {"url": "", "host": "127.0.0.1:5000", "path": "x"}, "127.0.0.1:5000"),
        ],
    )
    def test_types(self, root: JsonClient, kind: str, more: dict[str, str], host: str | None) -> None:
        sent = body(type=kind, **more)
        if "host" in more:
            del sent["url"]
        answer = root.post(ADMIN_API, sent)
        assert answer.status_code == 201, answer.json()
        assert answer.json()["host"] == (host or more["url"].partition("/")[0])

    def test_open_ones_need_no_credentials(self, root: JsonClient) -> None:
        made = root.post(ADMIN_API, {"name": "open", "type": "generic", "url": "http://registry.example.com"}).json()
        assert (made["has_credentials"], made["url"]) == (False, "http://registry.example.com")

    def test_a_key_of_a_service_account(self, root: JsonClient) -> None:
        key = '{\n "client_email": "a@b",\n "private_key": "-----BEGIN"\n}'
        answer = root.post(ADMIN_API, body(type="gcr", url="gcr.io", username="", password=key))
        assert answer.status_code == 201, answer.json()
        bad = root.post(ADMIN_API, body("other", type="gcr", url="eu.gcr.io", username="_json_key", password="{}"))
        assert (bad.status_code, list(bad.json()["fields"])) == (400, ["password"])

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 64}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": None}, "name"),
            ({"type": "quay"}, "type"),
            ({"type": ""}, "type"),
            ({"url": ""}, "url"),
            ({"url": "https://u:canary@x.example"}, "url"),
            ({"url": "169.254.169.254"}, "url"),
            ({"url": "ftp://x"}, "url"),
            ({"type": "dockerhub", "url": "quay.io"}, "url"),
            ({"username": ""}, "username"),
            ({"username": "a:b"}, "username"),
            ({"username": "a\nb"}, "username"),
            ({"password": ""}, "password"),
            ({"password": "a\nb"}, "password"),
            ({"password": "x" * 20_000}, "password"),
            ({"ca_data": "rubbish!"}, "ca_data"),
            ({"available_to": "nobody"}, "available_to"),
            ({"users": "a@b.c"}, "users"),
            ({"users": ["x"]}, "users.0"),
            ({"users": ["who@example.com"], "available_to": "selected"}, "users"),
        ],
    )
    def test_bad_input(self, root: JsonClient, more: dict[str, Any], field: str) -> None:
        answer = root.post(ADMIN_API, body(**more))
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field]), answer.json()
        assert "canary" not in answer.content.decode()
        assert not Registry.objects.exists()

    def test_taken_names_and_places(self, root: JsonClient, add: Any) -> None:
        add("home")
        answer = root.post(ADMIN_API, body("home", url="other.example.com"))
        assert (answer.status_code, answer.json()["code"]) == (409, "registry_name_taken")
        answer = root.post(ADMIN_API, body("other"))
        assert (answer.status_code, answer.json()["code"]) == (409, "registry_exists")
        assert root.post(ADMIN_API, body("team", url="registry.example.com/team")).status_code == 201
        assert root.post(ADMIN_API, body("few", available_to="selected")).status_code == 201

    def test_queries(self, root: JsonClient, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(16):
            assert root.post(ADMIN_API, body()).status_code == 201


class TestShow:
    def test_list(self, root: JsonClient, client: JsonClient, add: Any) -> None:
        assert client.get(API).json() == {"registries": [], "total": 0, "page": 1, "limit": 20}
        made = add("home")
        assert root.get(API).json()["registries"] == [made]
        del made["users"]
        assert client.get(API).json()["registries"] == [made]
        answer = client.get(f"{API}/{made['id']}/")
        assert (answer.json(), answer["ETag"]) == (made, f'"{made["id"]}.1"')

    def test_pages_sort_and_search(self, client: JsonClient, add: Any) -> None:
        for n in range(5):
            add(f"r{n}", url=f"h{n}.example.com", description="100%" if n == 3 else "")
        found = client.get(f"{API}?page=2&limit=2&sort=name&order=asc").json()
        assert ([row["name"] for row in found["registries"]], found["total"]) == (["r2", "r3"], 5)
        assert [row["name"] for row in client.get(f"{API}?search=100%25").json()["registries"]] == ["r3"]
        assert client.get(f"{API}?search=h1.ex").json()["total"] == 1
        assert client.get(f"{API}?search=%00").status_code == 200
        assert client.get(f"{API}?page=9").json()["registries"] == []
        assert client.get(f"{API}?limit=1000").json()["limit"] == 100
        for bad in ("page=0", "order=up", "sort=credentials", "sort=workspace"):
            assert client.get(f"{API}?{bad}").status_code == 400

    @pytest.mark.parametrize(("who", "queries"), [("client", 3), ("root", 4)])
    def test_queries_do_not_grow(
        self, request: Any, add: Any, django_assert_num_queries: Any, who: str, queries: int
    ) -> None:
        somebody = request.getfixturevalue(who)
        for n in range(25):
            add(f"r{n}", url=f"h{n}.example.com")
        with django_assert_num_queries(queries):
            assert len(somebody.get(API).json()["registries"]) == 20

    @pytest.mark.parametrize(
        "ident", ["nothing", "01a215f3-9a1d-757b-8e9c-e431d977d458", "a%00b", "x" * 300, "%F0%9F%98%80", "default"]
    )
    def test_what_is_not_there(self, client: JsonClient, root: JsonClient, ident: str) -> None:
        for answer in (
            client.get(f"{API}/{ident}"),
            root.put(f"{ADMIN_API}/{ident}", {}),
            root.delete(f"{ADMIN_API}/{ident}"),
            root.post(f"{ADMIN_API}/{ident}/test"),
            root.put(f"{ADMIN_API}/{ident}/default"),
        ):
            assert answer.status_code == 404
            assert answer.json()["code"] == ("not_found" if "%00" in ident else "registry_not_found")


class TestUpdate:
    def test_what_is_sent_changes(self, root: JsonClient, add: Any) -> None:
        made = add()
        answer = root.put(f"{ADMIN_API}/{made['id']}", {"name": "house", "description": "New"})
        assert answer.json() == {
            **made,
            "name": "house",
            "description": "New",
            "updated_at": answer.json()["updated_at"],
        }
        assert answer["ETag"] == f'"{made["id"]}.2"'
        assert AuditEntry.objects.get(action="registry.updated").detail == {"changed": ["name", "description"]}
        assert events("registry.updated")[0]["revision"] == 2

    def test_back_what_one_got(self, root: JsonClient, add: Any) -> None:
        made = add()
        answer = root.put(f"{ADMIN_API}/{made['id']}", made)
        assert (answer.status_code, answer.json(), answer["ETag"]) == (200, made, f'"{made["id"]}.1"')
        answer = root.generic("PUT", f"{ADMIN_API}/{made['id']}", "", content_type="")
        assert (answer.status_code, answer.json()) == (200, made)

    def test_another_host_needs_the_credentials(self, root: JsonClient, add: Any) -> None:
        """Else a stolen session could have the stored password sent to a host of its own."""
        path = f"{ADMIN_API}/{add()['id']}"
        for url in ("evil.example.com", "http://registry.example.com", "registry.example.com:444"):
            answer = root.put(path, {"url": url})
            assert (answer.status_code, list(answer.json()["fields"])) == (400, ["password"])
        assert root.put(path, {"url": "registry.example.com/team"}).json()["path"] == "team"
        moved = root.put(path, {"url": "new.example.com", "password": "other"}).json()
        assert (moved["host"], moved["has_credentials"]) == ("new.example.com", True)

    def test_credentials(self, root: JsonClient, add: Any) -> None:
        path = f"{ADMIN_API}/{add()['id']}"
        before = bytes(Registry.objects.get().credentials or b"")
        assert root.put(path, {"password": None}).json()["has_credentials"]
        assert bytes(Registry.objects.get().credentials or b"") == before
        assert root.put(path, {"password": "new"}).json()["has_credentials"]
        row = Registry.objects.get()
        assert bytes(row.credentials or b"") != before and row.credentials_revision == 2
        assert root.put(path, {"username": ""}).status_code == 400
        assert root.put(path, {"username": "", "password": ""}).json()["has_credentials"] is False
        assert AuditEntry.objects.filter(action="registry.updated").count() == 2

    def test_what_was_found_is_forgotten(self, root: JsonClient, add: Any) -> None:
        made = add()
        Registry.objects.update(status="healthy", checked_at="2026-01-01T00:00:00Z")
        path = f"{ADMIN_API}/{made['id']}"
        assert root.put(path, {"description": "x"}).json()["status"] == "healthy"
        changed = root.put(path, {"password": "new"}).json()
        assert (changed["status"], changed["checked_at"]) == ("unknown", None)

    def test_conflicts(self, root: JsonClient, add: Any) -> None:
        made = add("home")
        add("other", url="other.example.com")
        few = add("few", available_to="selected")
        path = f"{ADMIN_API}/{made['id']}"
        assert root.put(path, {"name": "other"}).json()["code"] == "registry_name_taken"
        answer = root.put(path, {"url": "other.example.com", "password": "x"})
        assert (answer.status_code, answer.json()["code"]) == (409, "registry_exists")
        answer = root.put(f"{ADMIN_API}/{few['id']}", {"available_to": "everyone"})
        assert (answer.status_code, answer.json()["code"]) == (409, "registry_exists")

    def test_if_match(self, root: JsonClient, add: Any) -> None:
        path = f"{ADMIN_API}/{add()['id']}"
        etag = root.put(path, {"description": "x"})["ETag"]
        stale = etag.replace('.2"', '.1"')
        assert root.put(path, {"description": "y"}, HTTP_IF_MATCH=stale).status_code == 412
        assert root.delete(path, HTTP_IF_MATCH=stale).status_code == 412
        assert root.put(path, {"description": "y"}, HTTP_IF_MATCH=etag).status_code == 200


class TestDefaultAndDelete:
    def test_one_default(self, root: JsonClient, add: Any) -> None:
        first, second = add("a", url="a.example.com"), add("b", url="b.example.com")
        assert (first["is_default"], second["is_default"]) == (True, False)
        answer = root.generic("PUT", f"{ADMIN_API}/{second['id']}/default", "", content_type="")
        assert (answer.status_code, answer.json()["is_default"]) == (200, True)
        assert answer["ETag"] == f'"{second["id"]}.1"'
        assert root.get(f"{API}/{first['id']}").json()["is_default"] is False
        assert add("c", url="c.example.com", is_default=True)["is_default"]
        assert Registry.objects.filter(is_default=True).count() == 1
        root.put(f"{ADMIN_API}/{second['id']}/default")
        root.put(f"{ADMIN_API}/{second['id']}/default")
        assert AuditEntry.objects.filter(action="registry.default_changed").count() == 2

    def test_delete(self, root: JsonClient, add: Any) -> None:
        made = add()
        answer = root.delete(f"{ADMIN_API}/{made['id']}")
        assert (answer.status_code, answer.json()) == (200, {"message": "The registry home is removed."})
        assert root.get(f"{API}/{made['id']}").status_code == 404
        assert root.delete(f"{ADMIN_API}/{made['id']}").status_code == 404
        assert AuditEntry.objects.get(action="registry.deleted").object_id == made["id"]
        assert events("registry.deleted")[0]["id"] == made["id"]
