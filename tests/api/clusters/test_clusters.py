"""Listing, showing, changing, choosing and removing clusters."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from clusters import services
from clusters.models import Cluster, ConnectionLog
from clusters.services import live_targets
from realtime.models import Event
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"


def make_cluster(user: User, name: str, **more: Any) -> Cluster:
    """A row without a cluster behind it, for what never asks one."""
    from django.utils import timezone

    now = timezone.now()
    values = {"server": "https://127.0.0.1:1", "auth_type": "bearer_token", "created_at": now, "updated_at": now}
    return Cluster.objects.create(
        workspace_id=user.personal_workspace.pk, owner_id=user.pk, name=name, **{**values, **more}
    )


def events(type: str) -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(type=type).order_by("cursor")]


class TestList:
    def test_empty(self, client: JsonClient) -> None:
        assert client.get(API).json() == {"clusters": [], "total": 0, "page": 1, "limit": 20}

    def test_own_ones_only(self, client: JsonClient, add: Any, other_member: User) -> None:
        made = add("home")
        make_cluster(other_member, "theirs")
        body = client.get(API).json()
        assert (body["clusters"], body["total"]) == ([made], 1)

    def test_pages_sort_and_search(self, client: JsonClient, member: User) -> None:
        for n in range(5):
            make_cluster(member, f"c{n}", description="Für 100%" if n == 3 else "")
        body = client.get(f"{API}?page=2&limit=2&sort=name&order=asc").json()
        assert ([row["name"] for row in body["clusters"]], body["total"], body["page"]) == (["c2", "c3"], 5, 2)
        assert [row["name"] for row in client.get(f"{API}?search=100%25").json()["clusters"]] == ["c3"]
        assert client.get(f"{API}?search=c%25").json()["total"] == 0
        assert client.get(f"{API}?search=%00").status_code < 500
        assert client.get(f"{API}?page=9").json()["clusters"] == []
        assert client.get(f"{API}?limit=1000").json()["limit"] == 100

    @pytest.mark.parametrize("query", ["page=0", "page=x", "order=up", "sort=credentials", "sort=workspace", "limit=0"])
    def test_bad_parameters(self, client: JsonClient, query: str) -> None:
        assert client.get(f"{API}?{query}").status_code == 400

    def test_queries_do_not_grow(self, client: JsonClient, member: User, django_assert_num_queries: Any) -> None:
        for n in range(30):
            make_cluster(member, f"c{n}")
        with django_assert_num_queries(3):
            assert len(client.get(API).json()["clusters"]) == 20

    def test_nobody(self) -> None:
        assert JsonClient().get(API).status_code == 401


class TestShow:
    def test_by_name_and_by_id(self, client: JsonClient, add: Any, django_assert_num_queries: Any) -> None:
        made = add("home")
        with django_assert_num_queries(2):
            by_name = client.get(f"{API}/home")
        by_id = client.get(f"{API}/{made['id']}/")
        assert by_name.json() == by_id.json() == made
        assert by_name["ETag"] == by_id["ETag"] == f'"{made["id"]}.1"'

    def test_an_id_goes_before_a_name(self, client: JsonClient, member: User) -> None:
        first = make_cluster(member, "first")
        make_cluster(member, first.pk)
        assert client.get(f"{API}/{first.pk}").json()["name"] == "first"

    @pytest.mark.parametrize(
        "name", ["nothing", "01a215f3-9a1d-757b-8e9c-e431d977d458", "UPPER", "a%00b", "x" * 300, "..", "%F0%9F%98%80"]
    )
    def test_what_is_not_there(self, client: JsonClient, name: str) -> None:
        answer = client.get(f"{API}/{name}")
        assert answer.status_code == 404
        assert answer.json()["error"]

    def test_the_default(self, client: JsonClient, add: Any, django_assert_num_queries: Any) -> None:
        answer = client.get(f"{API}/default")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_default_cluster")
        made = add("home")
        with django_assert_num_queries(2):
            assert client.get(f"{API}/default").json() == made


class TestUpdate:
    def test_what_is_sent_changes(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        answer = client.put(f"{API}/home", {"display_name": "Home", "labels": {"env": "dev"}})
        body = answer.json()
        assert answer.status_code == 200
        assert (body["display_name"], body["labels"]) == ("Home", {"env": "dev"})
        assert answer["ETag"] == f'"{made["id"]}.2"'
        assert client.get(f"{API}/home").json() == body
        entry = AuditEntry.objects.get(action="cluster.updated")
        assert entry.detail == {"changed": ["display_name", "labels"]}
        assert events("cluster.updated")[0]["revision"] == 2
        # Nobody was asked: the cluster is reached as before.
        assert ConnectionLog.objects.count() == 1

    def test_back_what_one_got(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        answer = client.put(f"{API}/home", made)
        assert (answer.status_code, answer.json(), answer["ETag"]) == (200, made, f'"{made["id"]}.1"')
        assert not AuditEntry.objects.filter(action="cluster.updated").exists()

    def test_an_empty_body_changes_nothing(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        assert client.generic("PUT", f"{API}/home", b"", content_type="").json() == made

    def test_another_name(self, client: JsonClient, add: Any) -> None:
        add("home")
        add("other")
        assert client.put(f"{API}/home", {"name": "house"}).json()["name"] == "house"
        assert client.get(f"{API}/home").status_code == 404
        taken = client.put(f"{API}/house", {"name": "other"})
        assert (taken.status_code, taken.json()["code"]) == (409, "cluster_name_taken")
        assert client.put(f"{API}/house", {"name": "practice"}).json()["code"] == "cluster_name_taken"
        for bad in ("default", "Big", ""):
            assert client.put(f"{API}/house", {"name": bad}).status_code == 400

    def test_another_port_is_asked_at_once(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        body = client.put(f"{API}/home", {"server": "https://127.0.0.1:1"}).json()
        assert (body["server"], body["status"], body["reason"]) == ("https://127.0.0.1:1", "disconnected", "refused")
        assert body["version"] == made["version"]
        assert ConnectionLog.objects.filter(action="updated", is_success=False).count() == 1
        assert client.put(f"{API}/home", {"server": made["server"]}).json()["status"] == "connected"

    def test_another_host_needs_the_credentials(self, client: JsonClient, add: Any, practice: Any) -> None:
        """Else a stolen session could have the stored token sent to a host of its own."""
        add("home")
        server = practice.url.replace("127.0.0.1", "localhost")
        answer = client.put(f"{API}/home", {"server": server})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["server"])
        body = client.put(f"{API}/home", {"server": server, "token": practice.token}).json()
        assert (body["server"], body["status"], body["auth_type"]) == (server, "connected", "bearer_token")
        assert Cluster.objects.get().credentials_revision == 2

    def test_another_kind_of_credential(self, client: JsonClient, add: Any, practice: Any) -> None:
        add("home")
        change = {"auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig()}
        body = client.put(f"{API}/home", change).json()
        assert (body["auth_type"], body["status"]) == ("kubeconfig", "connected")
        answer = client.put(f"{API}/home", {"auth_type": "client_certificate"})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["client_certificate_data"])

    def test_members_do_not_get_the_service_account(self, client: JsonClient, add: Any) -> None:
        add("home")
        assert client.put(f"{API}/home", {"auth_type": "service_account"}).status_code == 403

    def test_if_match(self, client: JsonClient, add: Any) -> None:
        add("home")
        etag = client.get(f"{API}/home")["ETag"]
        assert client.put(f"{API}/home", {"display_name": "One"}, headers={"If-Match": etag}).status_code == 200
        late = client.put(f"{API}/home", {"display_name": "Two"}, headers={"If-Match": etag})
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        assert client.get(f"{API}/home").json()["display_name"] == "One"

    def test_a_test_does_not_change_the_etag(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        client.post(f"{API}/home/test")
        client.put(f"{API}/home/default")
        answer = client.get(f"{API}/home")
        assert (answer["ETag"], answer.json()["updated_at"]) == (f'"{made["id"]}.1"', made["updated_at"])

    def test_others(self, client: JsonClient, stranger: JsonClient, add: Any) -> None:
        made = add("home")
        for name in ("home", made["id"]):
            assert stranger.put(f"{API}/{name}", {"display_name": "Mine"}).status_code == 404
        assert JsonClient().put(f"{API}/home", {}).status_code == 401
        assert client.get(f"{API}/home").json() == made

    def test_queries(self, client: JsonClient, add: Any, django_assert_max_num_queries: Any) -> None:
        add("home")
        with django_assert_max_num_queries(14):
            client.put(f"{API}/home", {"display_name": "One"})


class TestDefault:
    def test_choose(self, client: JsonClient, add: Any) -> None:
        add("one")
        two = add("two")
        answer = client.generic("PUT", f"{API}/two/default", b"", content_type="")
        assert (answer.status_code, answer.json()) == (200, {**two, "is_default": True})
        assert client.get(f"{API}/default").json()["name"] == "two"
        assert client.get(f"{API}/one").json()["is_default"] is False
        assert AuditEntry.objects.filter(action="cluster.default_changed").count() == 1
        client.put(f"{API}/two/default")
        assert AuditEntry.objects.filter(action="cluster.default_changed").count() == 1

    def test_is_per_tenant(self, client: JsonClient, add: Any, stranger: JsonClient, practice: Any) -> None:
        add("one")
        assert stranger.post(API, practice.by_token("two")).json()["is_default"]
        assert client.get(f"{API}/default").json()["name"] == "one"
        assert stranger.put(f"{API}/one/default").status_code == 404
        assert JsonClient().put(f"{API}/one/default").status_code == 401

    def test_if_match(self, client: JsonClient, add: Any) -> None:
        add("one")
        assert client.put(f"{API}/one/default", headers={"If-Match": '"x.1"'}).status_code == 412


class TestDelete:
    def test_it_goes_with_its_log(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        answer = client.delete(f"{API}/home")
        assert (answer.status_code, set(answer.json())) == (200, {"message"})
        assert client.get(f"{API}/{made['id']}").status_code == 404
        assert not ConnectionLog.objects.exists()
        assert AuditEntry.objects.get(action="cluster.deleted").object_name == "home"
        assert events("cluster.deleted")[0]["id"] == made["id"]
        # The name is free again.
        add("home")

    def test_after_the_default_nothing_is(self, client: JsonClient, add: Any) -> None:
        add("one")
        add("two")
        client.delete(f"{API}/one")
        assert client.get(f"{API}/default").status_code == 404

    def test_with_live_targets(self, client: JsonClient, add: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        made = add("home")
        asked: list[str] = []

        def check(cluster_id: str) -> list[str]:
            asked.append(cluster_id)
            return ["shop in prod", "blog in prod", "a", "b"]

        monkeypatch.setattr(live_targets, "_checks", [])
        services.register_live_target_check(lambda _: False)
        services.register_live_target_check(check)
        answer = client.delete(f"{API}/home")
        assert (answer.status_code, answer.json()["code"]) == (409, "cluster_in_use")
        assert "shop in prod, blog in prod, a and 1 more" in answer.json()["error"]
        assert asked == [made["id"]]
        assert client.delete(f"{API}/home?force=false").status_code == 409
        assert client.delete(f"{API}/home?force=perhaps").status_code == 400
        assert client.delete(f"{API}/home?force=true").status_code == 200
        assert AuditEntry.objects.get(action="cluster.deleted").detail["is_forced"] is True

    def test_others(self, stranger: JsonClient, add: Any) -> None:
        made = add("home")
        for name in ("home", made["id"], "nothing"):
            assert stranger.delete(f"{API}/{name}").status_code == 404
        assert JsonClient().delete(f"{API}/home").status_code == 401
        assert Cluster.objects.count() == 1

    def test_administrators_are_strangers_too(self, admin: User, add: Any) -> None:
        add("home")
        client = make_client(admin)
        assert client.get(f"{API}/home").status_code == 404
        assert client.delete(f"{API}/home").status_code == 404
