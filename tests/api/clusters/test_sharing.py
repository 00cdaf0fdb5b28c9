"""Giving others a cluster, and taking it back."""

from typing import Any

import pytest
from django.db import transaction

from accounts.events import email_verified
from accounts.models import User
from accounts.services import create_user
from audit.models import AuditEntry
from clusters.models import Cluster, ClusterShare
from core.ids import new_id
from realtime.models import Event
from tests.api.clusters.sharing import share_with, somebody_with
from tests.factories import PASSWORD, JsonClient, make_client, make_user

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"


def nowhere(name: str) -> dict[str, str]:
    """The body that adds a cluster that is not there."""
    return {"name": name, "server": "https://127.0.0.1:1", "auth_type": "bearer_token", "token": "x"}


@pytest.fixture(autouse=True)
def _home(add: Any) -> dict[str, Any]:
    return dict(add("home"))


class TestShare:
    def test_by_email(self, client: JsonClient, other_member: User, stranger: JsonClient, member: User) -> None:
        answer = client.post(f"{API}/home/share", {"email": other_member.email.upper(), "role": "viewer"})
        body = answer.json()
        assert answer.status_code == 201
        assert {key: body[key] for key in ("email", "user_id", "role", "namespaces", "status", "shared_by")} == {
            "email": other_member.email,
            "user_id": other_member.pk,
            "role": "viewer",
            "namespaces": [],
            "status": "active",
            "shared_by": member.email,
        }
        theirs = stranger.get(API).json()
        assert theirs["total"] == 1
        shown = theirs["clusters"][0]
        assert (shown["name"], shown["role"], shown["namespaces"], shown["shared_by"]) == (
            "home",
            "viewer",
            [],
            member.email,
        )
        assert stranger.get(f"{API}/home").json() == shown
        assert client.get(f"{API}/home").json()["role"] == "owner"
        entry = AuditEntry.objects.get(action="cluster.shared")
        assert (entry.object_name, entry.detail["email"], entry.detail["role"]) == (
            "home",
            other_member.email,
            "viewer",
        )
        event = Event.objects.get(type="cluster.shared")
        assert (event.workspace_id, event.payload["name"]) == (other_member.personal_workspace.pk, "home")

    def test_by_user_id_and_with_namespaces(self, client: JsonClient, other_member: User, stranger: JsonClient) -> None:
        body = {"user_id": other_member.pk, "role": "editor", "namespaces": ["shop", "blog", "shop"]}
        assert client.post(f"{API}/home/share", body).json()["namespaces"] == ["blog", "shop"]
        shown = stranger.get(f"{API}/home").json()
        assert (shown["role"], shown["namespaces"]) == ("editor", ["blog", "shop"])

    def test_again_is_another_role(self, client: JsonClient, other_member: User, stranger: JsonClient) -> None:
        first = share_with(client, other_member, "viewer")
        again = client.post(f"{API}/home/share", {"email": other_member.email, "role": "admin", "namespaces": ["a"]})
        assert (again.status_code, again.json()["id"], again.json()["role"]) == (200, first["id"], "admin")
        assert stranger.get(f"{API}/home").json()["namespaces"] == ["a"]
        same = client.post(f"{API}/home/share", {"user_id": other_member.pk, "role": "admin", "namespaces": ["a"]})
        assert (same.status_code, same.json()["id"]) == (200, first["id"])
        assert AuditEntry.objects.filter(action="cluster.share_changed").count() == 1

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"role": "viewer"}, "email"),
            ({"email": "a@example.com", "user_id": "x", "role": "viewer"}, "email"),
            ({"email": "nonsense", "role": "viewer"}, "email"),
            ({"email": "a@example.com"}, "role"),
            ({"email": "a@example.com", "role": "owner"}, "role"),
            ({"user_id": "nobody", "role": "viewer"}, "user_id"),
            ({"email": "a@example.com", "role": "viewer", "namespaces": ["UPPER"]}, "namespaces"),
            ({"email": "a@example.com", "role": "viewer", "namespaces": "a"}, "namespaces"),
            ({"email": "a@example.com", "role": "viewer", "namespaces": [f"n{n}" for n in range(201)]}, "namespaces"),
            ({"email": "member@example.com", "role": "viewer"}, "email"),
        ],
    )
    def test_what_makes_no_sense(self, client: JsonClient, body: dict[str, Any], field: str, member: User) -> None:
        if body.get("email") == "member@example.com":
            body = {**body, "email": member.email}
        answer = client.post(f"{API}/home/share", body)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])

    def test_the_practice_cluster_stays(self, client: JsonClient, other_member: User) -> None:
        Cluster.objects.update(access="practice")
        answer = client.post(f"{API}/home/share", {"email": other_member.email, "role": "viewer"})
        assert (answer.status_code, answer.json()["code"]) == (409, "practice_cluster")

    def test_nobody(self) -> None:
        for method, path in (("post", "share"), ("get", "shares"), ("delete", "shares/x")):
            assert getattr(JsonClient(), method)(f"{API}/home/{path}").status_code == 401

    def test_queries(self, client: JsonClient, other_member: User, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(20):
            share_with(client, other_member, "viewer")


class TestNames:
    def test_a_taken_name_gets_a_suffix(self, client: JsonClient, other_member: User, stranger: JsonClient) -> None:
        own = stranger.post(API, nowhere("home"))
        assert own.status_code == 201
        share_with(client, other_member, "viewer")
        names = {row["name"]: row["role"] for row in stranger.get(API).json()["clusters"]}
        assert names == {"home": "owner", "home-2": "viewer"}
        assert stranger.get(f"{API}/home").json()["id"] == own.json()["id"]
        shared = stranger.get(f"{API}/home-2").json()
        assert stranger.get(f"{API}/{shared['id']}").json() == shared
        assert stranger.get(f"{API}?search=home-2").json()["total"] == 1
        assert [row["name"] for row in stranger.get(f"{API}?sort=name&order=desc").json()["clusters"]] == [
            "home-2",
            "home",
        ]
        # And theirs cannot take the name that it has in their list.
        taken = stranger.post(API, nowhere("home-2"))
        assert (taken.status_code, taken.json()["code"]) == (409, "cluster_name_taken")

    def test_two_of_the_same_name(self, client: JsonClient) -> None:
        third = make_user()
        other = make_user()
        body = nowhere("home")
        assert make_client(other).post(API, body).status_code == 201
        share_with(client, third, "viewer")
        share_with(make_client(other), third, "viewer")
        assert sorted(row["name"] for row in make_client(third).get(API).json()["clusters"]) == ["home", "home-2"]

    def test_their_name_stays_when_the_owner_renames_it(self, client: JsonClient) -> None:
        someone = somebody_with(client, "viewer")
        assert client.put(f"{API}/home", {"name": "house"}).status_code == 200
        assert someone.client.get(f"{API}/home").status_code == 200

    def test_long_names(self, client: JsonClient, member: User, other_member: User, stranger: JsonClient) -> None:
        long = "a" * 63
        client.put(f"{API}/home", {"name": long})
        Cluster.objects.create(
            workspace=other_member.personal_workspace,
            owner=other_member,
            name=long,
            server="https://127.0.0.1:1",
            auth_type="bearer_token",
            created_at=member.created_at,
            updated_at=member.created_at,
        )
        share_with(client, other_member, "viewer", name=long)
        assert stranger.get(f"{API}/{'a' * 61}-2").status_code == 200


class TestPending:
    def test_until_somebody_registers(self, client: JsonClient) -> None:
        answer = client.post(f"{API}/home/share", {"email": "new@example.com", "role": "editor"})
        assert (answer.status_code, answer.json()["status"], answer.json()["user_id"]) == (201, "pending", None)
        user = make_user("new@example.com")
        shown = make_client(user).get(f"{API}/home").json()
        assert shown["role"] == "editor"
        share = client.get(f"{API}/home/shares").json()["shares"][0]
        assert (share["status"], share["user_id"], share["name"]) == ("active", user.pk, "Ada")
        assert Event.objects.filter(type="cluster.shared", workspace_id=user.personal_workspace.pk).count() == 1

    def test_until_the_address_is_proven(self, client: JsonClient) -> None:
        user = create_user(email="new@example.com", name="New")
        assert (
            client.post(f"{API}/home/share", {"email": "new@example.com", "role": "viewer"}).json()["status"]
            == "pending"
        )
        # Whoever merely says that the address is theirs has nothing of it.
        assert make_client(user).get(f"{API}/home").status_code == 404
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_email_verified=True)
            user.refresh_from_db()
            email_verified.send(sender=User, user=user)
        assert make_client(user).get(f"{API}/home").status_code == 200

    def test_by_the_id_of_somebody_unproven(self, client: JsonClient) -> None:
        user = create_user(email="new@example.com", name="New")
        body = client.post(f"{API}/home/share", {"user_id": user.pk, "role": "viewer"}).json()
        assert (body["status"], body["email"]) == ("pending", "new@example.com")
        assert make_client(user).get(API).json()["total"] == 0

    def test_taken_back_before_that(self, client: JsonClient) -> None:
        share = client.post(f"{API}/home/share", {"email": "new@example.com", "role": "viewer"}).json()
        assert client.delete(f"{API}/home/shares/{share['id']}").status_code == 200
        assert make_client(make_user("new@example.com")).get(API).json()["total"] == 0

    def test_two_addresses_of_one_person(self, client: JsonClient, other_member: User, stranger: JsonClient) -> None:
        share_with(client, other_member, "viewer")
        client.post(f"{API}/home/share", {"email": "second@example.com", "role": "editor"})
        from clusters.services.sharing import accept_shares

        User.objects.filter(pk=other_member.pk).update(email="second@example.com")
        other_member.refresh_from_db()
        accept_shares(user=other_member)
        assert stranger.get(f"{API}/home").json()["role"] == "editor"
        assert ClusterShare.objects.count() == 1

    def test_an_address_that_became_the_owners(self, client: JsonClient, member: User) -> None:
        from clusters.services.sharing import accept_shares

        client.post(f"{API}/home/share", {"email": "second@example.com", "role": "editor"})
        User.objects.filter(pk=member.pk).update(email="second@example.com")
        member.refresh_from_db()
        assert accept_shares(user=member) == 0
        assert not ClusterShare.objects.exists()
        assert client.get(f"{API}/home").json()["role"] == "owner"


class TestShares:
    def test_list(self, client: JsonClient, django_assert_num_queries: Any) -> None:
        for n in range(30):
            share_with(client, make_user(f"s{n:02}@example.com"), "viewer")
        with django_assert_num_queries(4):
            body = client.get(f"{API}/home/shares?sort=email&order=asc&limit=10&page=2").json()
        assert (body["shares"][0]["email"], body["total"], body["limit"]) == ("s10@example.com", 30, 10)
        assert client.get(f"{API}/home/shares?search=s07").json()["total"] == 1
        assert client.get(f"{API}/home/shares?page=9").json()["shares"] == []
        assert client.get(f"{API}/home/shares?sort=user").status_code == 400

    def test_take_back(self, client: JsonClient, other_member: User, stranger: JsonClient) -> None:
        share = share_with(client, other_member, "admin")
        assert client.delete(f"{API}/home/shares/{share['id']}").json()["message"]
        assert stranger.get(f"{API}/home").status_code == 404
        assert stranger.get(API).json()["total"] == 0
        assert client.delete(f"{API}/home/shares/{share['id']}").status_code == 404
        assert AuditEntry.objects.filter(action="cluster.unshared").count() == 1
        assert Event.objects.get(type="cluster.unshared").workspace_id == other_member.personal_workspace.pk

    def test_give_back(self, client: JsonClient) -> None:
        someone = somebody_with(client, "viewer")
        other = somebody_with(client, "viewer")
        assert someone.client.delete(f"{API}/home/shares/{other.share}").status_code == 403
        assert someone.client.delete(f"{API}/home/shares/{new_id()}").status_code == 403
        assert someone.client.delete(f"{API}/home/shares/{someone.share}").status_code == 200
        assert someone.client.get(f"{API}/home").status_code == 404
        assert other.client.get(f"{API}/home").status_code == 200

    def test_of_another_cluster(self, client: JsonClient, add: Any) -> None:
        add("other")
        someone = somebody_with(client, "viewer")
        assert client.delete(f"{API}/other/shares/{someone.share}").status_code == 404

    def test_the_list_needs_no_query_for_each(
        self, client: JsonClient, other_member: User, stranger: JsonClient, django_assert_num_queries: Any
    ) -> None:
        from tests.api.clusters.test_clusters import make_cluster

        owner = make_user()
        for n in range(30):
            made = make_cluster(owner, f"c{n}")
            ClusterShare.objects.create(
                cluster=made,
                email=other_member.email,
                user=other_member,
                workspace=other_member.personal_workspace,
                role="viewer",
                name=made.name,
            )
        make_cluster(other_member, "own")
        with django_assert_num_queries(3):
            body = stranger.get(f"{API}?limit=100").json()
        assert (len(body["clusters"]), body["total"]) == (31, 31)


class TestDefault:
    def test_a_shared_one(self, client: JsonClient, stranger: JsonClient, other_member: User) -> None:
        share = share_with(client, other_member, "viewer")
        assert stranger.get(f"{API}/default").status_code == 404
        assert stranger.put(f"{API}/home/default").json()["is_default"] is True
        assert stranger.get(f"{API}/default").json()["name"] == "home"
        event = Event.objects.filter(type="cluster.default_changed").order_by("cursor").last()
        assert event is not None
        assert (event.workspace_id, event.payload["is_default"]) == (other_member.personal_workspace.pk, True)
        # Their own afterwards: only one of them is it.
        own = nowhere("own")
        assert stranger.post(API, own).json()["is_default"] is False
        assert stranger.put(f"{API}/own/default").json()["is_default"] is True
        assert stranger.get(f"{API}/home").json()["is_default"] is False
        assert stranger.put(f"{API}/home/default").json()["is_default"] is True
        assert stranger.get(f"{API}/own").json()["is_default"] is False
        # For its owner it is what it was.
        assert client.get(f"{API}/home").json()["is_default"] is True
        client.delete(f"{API}/home/shares/{share['id']}")
        assert stranger.get(f"{API}/default").status_code == 404

    @pytest.mark.parametrize("way", ["unshare", "delete"])
    def test_the_practice_cluster_follows(self, client: JsonClient, way: str, settings: Any) -> None:
        settings.PRACTICE_ENABLED = True
        someone = somebody_with(client, "viewer")
        assert someone.client.put(f"{API}/home/default").status_code == 200
        if way == "unshare":
            client.delete(f"{API}/home/shares/{someone.share}")
        else:
            assert client.delete(f"{API}/home").status_code == 200
        assert someone.client.get(f"{API}/default").json()["name"] == "practice"
        assert (
            Event.objects.filter(type="cluster.unshared", workspace_id=someone.user.personal_workspace.pk).count() == 1
        )


class TestSecrets:
    def test_a_new_address_from_an_admin_needs_credentials(self, client: JsonClient, practice: Any) -> None:
        """Else they could have the owner's token sent to a port, or past an authority, of their own."""
        admin = somebody_with(client, "admin")
        for change in ({"server": "https://127.0.0.1:1"}, {"fingerprint": "a" * 64}, {"ca_data": ""}):
            answer = admin.client.put(f"{API}/home", change)
            assert (answer.status_code, list(answer.json()["fields"])) == (400, ["server"]), change
        changed = admin.client.put(f"{API}/home", {"server": practice.url + "/", "token": practice.token})
        assert changed.status_code == 200
        assert changed.json()["role"] == "admin"

    def test_nothing_of_the_credential_is_seen(self, client: JsonClient, practice: Any) -> None:
        admin = somebody_with(client, "admin")
        for path in ("", "/home", "/home/status", "/home/logs", "/home/shares", "/home/metadata", "/home/metrics"):
            assert practice.token not in admin.client.get(f"{API}{path}").content.decode()
        assert practice.token not in admin.client.post(f"{API}/home/refresh").content.decode()
        assert practice.token not in str(list(Event.objects.values_list("payload", flat=True)))

    def test_only_the_owner_renames(self, client: JsonClient) -> None:
        admin = somebody_with(client, "admin")
        mine = admin.client.get(f"{API}/home").json()
        assert admin.client.put(f"{API}/home", mine).status_code == 200
        assert admin.client.put(f"{API}/home", {"name": "house"}).status_code == 403


class TestAdminOfSomeNamespaces:
    def test_shares_no_more_than_their_own(self, client: JsonClient) -> None:
        admin = somebody_with(client, "admin", "shop", "blog")
        whole = somebody_with(client, "viewer")
        someone = {"email": "new@example.com", "role": "editor"}
        refused = admin.client.post(f"{API}/home/share", someone)
        assert (refused.status_code, refused.json()["code"]) == (403, "namespace_not_shared")
        assert admin.client.post(f"{API}/home/share", {**someone, "namespaces": ["shop", "x"]}).status_code == 403
        assert admin.client.post(f"{API}/home/share", {**someone, "namespaces": ["shop"]}).status_code == 201
        # Nor do they decide over those who have more.
        own = {"email": admin.user.email, "role": "admin"}
        assert admin.client.post(f"{API}/home/share", own).status_code == 403
        lesser = {"email": whole.user.email, "role": "viewer", "namespaces": ["shop"]}
        assert admin.client.post(f"{API}/home/share", lesser).status_code == 403
        assert admin.client.delete(f"{API}/home/shares/{whole.share}").status_code == 403


class TestNewAddress:
    def test_what_waits_for_it(self, client: JsonClient, other_member: User, stranger: JsonClient) -> None:
        """Where there is no mail an address counts as proven once it is given."""
        client.post(f"{API}/home/share", {"email": "another@example.com", "role": "viewer"})
        change = {"email": "another@example.com", "current_password": PASSWORD}
        assert stranger.put("/v1/api/profile", change).status_code == 200
        assert stranger.get(f"{API}/home").json()["role"] == "viewer"
