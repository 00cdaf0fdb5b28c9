"""Adding clusters."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from clusters.models import Cluster, ConnectionLog
from realtime.models import Event
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"
KEYS = {
    "id", "name", "display_name", "description", "labels", "server", "access", "auth_type", "ca_data",
    "fingerprint", "is_default", "status", "reason", "error", "presented_certificate", "version", "node_count",
    "checked_at", "refreshed_at", "created_at", "updated_at", "role", "namespaces", "shared_by",
}  # fmt: skip


class TestSuccess:
    def test_with_a_kubeconfig(self, client: JsonClient, practice: Any) -> None:
        """The contract's own example: connected, with a version."""
        answer = client.post(API, {"name": "home", "auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig()})
        body = answer.json()
        assert answer.status_code == 201
        assert set(body) == KEYS
        assert (body["name"], body["status"], body["reason"], body["error"]) == ("home", "connected", "", "")
        assert body["version"].startswith("v1.36.")
        assert (body["server"], body["access"], body["auth_type"]) == (practice.url, "direct", "kubeconfig")
        assert (body["node_count"], body["is_default"]) == (1, True)
        assert body["checked_at"].endswith("Z")
        assert answer["ETag"] == f'"{body["id"]}.1"'

    def test_with_a_token(self, client: JsonClient, practice: Any) -> None:
        more = {"display_name": "At home", "description": "Under the stairs", "labels": {"env": "dev"}}
        body = client.post(API, practice.by_token(**more)).json()
        assert body["status"] == "connected"
        assert {name: body[name] for name in more} == more
        assert client.get(f"{API}/home").json() == body

    def test_a_given_server_goes_before_that_of_the_kubeconfig(self, client: JsonClient, practice: Any) -> None:
        server = practice.url.replace("127.0.0.1", "localhost")
        body = {"name": "home", "auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig(), "server": server}
        answer = client.post(API, body).json()
        assert (answer["server"], answer["status"]) == (server, "connected")

    def test_the_address_stays_as_it_was_written(self, client: JsonClient, practice: Any) -> None:
        server = "https://Kubernetes.invalid"
        assert client.post(API, practice.by_token(server=f" {server}/ ")).json()["server"] == server

    def test_leaves_a_log_line_an_audit_entry_and_an_event(
        self, client: JsonClient, practice: Any, member: User
    ) -> None:
        ident = client.post(API, practice.by_token()).json()["id"]
        line = ConnectionLog.objects.get()
        assert (line.cluster_id, line.action, line.is_success, line.error) == (ident, "created", True, "")
        entry = AuditEntry.objects.get(action="cluster.created")
        assert (entry.actor_id, entry.object_id, entry.object_name) == (member.pk, ident, "home")
        assert entry.detail == {"server": practice.url, "auth_type": "bearer_token"}
        event = Event.objects.get(type="cluster.created")
        assert event.stream_id == f"workspace:{member.personal_workspace.pk}"
        assert event.payload["status"] == "connected"

    def test_only_the_first_becomes_the_default(self, add: Any) -> None:
        assert add("one")["is_default"]
        assert not add("two")["is_default"]
        assert add("three", is_default=True)["is_default"]
        assert Cluster.objects.get(is_default=True).name == "three"

    def test_names_are_per_tenant(self, add: Any, stranger: JsonClient, practice: Any) -> None:
        add("home")
        assert stranger.post(API, practice.by_token("home")).status_code == 201

    def test_the_same_key_adds_it_once(self, client: JsonClient, practice: Any) -> None:
        first = client.post(API, practice.by_token(), headers={"Idempotency-Key": "k1"})
        again = client.post(API, practice.by_token(), headers={"Idempotency-Key": "k1"})
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert again["ETag"] == first["ETag"]
        other = client.post(API, practice.by_token("other"), headers={"Idempotency-Key": "k1"})
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    def test_queries(self, client: JsonClient, practice: Any, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(20):
            assert client.post(API, practice.by_token()).status_code == 201


class TestUnreachable:
    """201 whenever the input is valid, whatever the probe says."""

    @pytest.mark.parametrize(
        ("server", "reason"),
        [
            ("https://127.0.0.1:1", "refused"),
            ("https://no-such-host.invalid:6443", "dns"),
        ],
    )
    def test_no_answer(self, client: JsonClient, practice: Any, server: str, reason: str) -> None:
        answer = client.post(API, practice.by_token(server=server))
        body = answer.json()
        assert answer.status_code == 201
        assert (body["status"], body["reason"], body["version"]) == ("disconnected", reason, "")
        assert body["error"]
        assert client.get(f"{API}/home/logs").json()["logs"][0]["success"] is False

    def test_a_wrong_token(self, client: JsonClient, practice: Any) -> None:
        body = client.post(API, practice.by_token(token="wrong")).json()
        assert (body["status"], body["reason"]) == ("unauthorized", "unauthorized")

    def test_a_server_that_never_answers_takes_8_seconds_at_most(self, client: JsonClient, practice: Any) -> None:
        import socket
        import time

        with socket.create_server(("127.0.0.1", 0)) as silent:
            started = time.monotonic()
            answer = client.post(API, practice.by_token(server=f"https://127.0.0.1:{silent.getsockname()[1]}"))
            assert time.monotonic() - started < 9
        assert (answer.status_code, answer.json()["reason"]) == (201, "timeout")

    def test_an_unknown_authority_is_shown_and_can_be_pinned(self, client: JsonClient, practice: Any) -> None:
        body = client.post(API, practice.by_token(ca_data="")).json()
        shown = body["presented_certificate"]
        assert (body["status"], body["reason"]) == ("disconnected", "tls")
        assert set(shown) == {"fingerprint", "subject", "issuer", "not_after", "is_ca", "certificate"}
        assert len(shown["fingerprint"]) == 64
        assert shown["certificate"].startswith("-----BEGIN CERTIFICATE-----")
        pinned = client.put(f"{API}/home", {"fingerprint": shown["fingerprint"]}).json()
        assert (pinned["status"], pinned["reason"]) == ("connected", "")
        assert (pinned["fingerprint"], pinned["presented_certificate"]) == (shown["fingerprint"], None)

    def test_it_can_be_pinned_from_the_start_however_it_is_written(self, client: JsonClient, practice: Any) -> None:
        shown = client.post(API, practice.by_token("first", ca_data="")).json()["presented_certificate"]["fingerprint"]
        pairs = "SHA256:" + ":".join(shown[i : i + 2] for i in range(0, 64, 2)).upper()
        body = client.post(API, practice.by_token("second", ca_data="", fingerprint=pairs)).json()
        assert (body["status"], body["fingerprint"]) == ("connected", shown)
        other = client.post(API, practice.by_token("third", ca_data="", fingerprint="0" * 64)).json()
        assert (other["reason"], other["presented_certificate"]["fingerprint"]) == ("tls", shown)


class TestValidation:
    @pytest.mark.parametrize("name", ["", "Home", "-a", "a b", "a" * 64, "über", "a/b", "default", "a\x00b", ".x"])
    def test_names(self, client: JsonClient, practice: Any, name: str) -> None:
        answer = client.post(API, practice.by_token(name))
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["name"])

    def test_the_name_of_the_practice_cluster_is_taken(self, client: JsonClient, practice: Any) -> None:
        answer = client.post(API, practice.by_token("practice"))
        assert (answer.status_code, answer.json()["code"]) == (409, "cluster_name_taken")

    @pytest.mark.parametrize("name", ["a", "0", "a" * 63, "a.b-c_d"])
    def test_good_names(self, client: JsonClient, practice: Any, name: str) -> None:
        assert client.post(API, practice.by_token(name)).status_code == 201

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"server": ""}, "server"),
            ({"server": "http://127.0.0.1:6443"}, "server"),
            ({"server": "127.0.0.1:6443"}, "server"),
            ({"server": "https://me:secret@127.0.0.1:6443"}, "server"),
            ({"server": "https://127.0.0.1:6443/?a=b"}, "server"),
            ({"server": "https://127.0.0.1:99999"}, "server"),
            ({"server": "https://0x7f.1:6443"}, "server"),
            ({"server": "https://"}, "server"),
            ({"server": "file:///etc/passwd"}, "server"),
            ({"server": "https://169.254.169.254"}, "server"),
            ({"server": "https://[fe80::1]:6443"}, "server"),
            ({"server": "https://[::ffff:169.254.169.254]"}, "server"),
            ({"server": "https://0.0.0.0:6443"}, "server"),
            ({"server": "https://10.1.2.3:6443"}, "server"),
            ({"server": 5, "auth_type": "wrong"}, "auth_type"),
            ({"auth_type": "password"}, "auth_type"),
            ({"auth_type": None}, "auth_type"),
            ({"token": ""}, "token"),
            ({"token": "two words"}, "token"),
            ({"token": "a\r\nX-Other: b"}, "token"),
            ({"ca_data": "no certificate"}, "ca_data"),
            ({"ca_data": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, "ca_data"),
            ({"fingerprint": "abc"}, "fingerprint"),
            ({"labels": {"a": {"b": 1}}}, "labels.a"),
            ({"labels": ["a"]}, "labels"),
            ({"labels": {"a\x00": "b"}}, "labels"),
            ({"labels": {" ": "b"}}, "labels"),
            ({"description": "a\x00b"}, "description"),
            ({"labels": {str(n): "" for n in range(65)}}, "labels"),
            ({"display_name": "x" * 201}, "display_name"),
            ({"auth_type": "client_certificate"}, "client_certificate_data"),
            ({"auth_type": "kubeconfig"}, "kubeconfig"),
        ],
    )
    def test_fields(self, client: JsonClient, practice: Any, change: dict[str, Any], field: str) -> None:
        answer = client.post(API, practice.by_token(**change))
        body = answer.json()
        assert answer.status_code == 400, body
        assert field in body["fields"]
        assert field in body["error"]
        assert "\n" not in body["error"]
        assert not Cluster.objects.exists()

    def test_no_body(self, client: JsonClient) -> None:
        answer = client.generic("POST", API, b"", content_type="")
        assert answer.status_code == 400
        assert set(answer.json()["fields"]) == {"name", "auth_type"}

    def test_a_private_key_is_no_authority(self, client: JsonClient, practice: Any) -> None:
        answer = client.post(API, practice.by_token(ca_data="-----BEGIN PRIVATE KEY-----\nAAAA"))
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["ca_data"])

    def test_a_taken_name(self, client: JsonClient, add: Any, practice: Any) -> None:
        add("home")
        answer = client.post(API, practice.by_token("home"))
        assert (answer.status_code, answer.json()["code"]) == (409, "cluster_name_taken")
        assert Cluster.objects.count() == 1

    def test_nobody(self, practice: Any) -> None:
        assert JsonClient().post(API, practice.by_token()).status_code == 401


class TestServiceAccount:
    BODY = {"name": "own", "auth_type": "service_account"}

    def test_members_may_not(self, client: JsonClient) -> None:
        answer = client.post(API, self.BODY)
        assert (answer.status_code, answer.json()["code"]) == (403, "service_account_forbidden")

    def test_outside_of_a_pod_there_is_none(self, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
        answer = make_client(admin).post(API, self.BODY)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["auth_type"])

    def test_in_a_pod(self, admin: User, practice: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
        """The file's token is used and not kept; the API's private address is allowed for it alone."""
        from clusters.services import inputs

        (tmp_path / "token").write_text("wrong-for-now")
        (tmp_path / "ca.crt").write_text(practice.ca)
        own = inputs.own_connection
        monkeypatch.setattr(inputs, "own_connection", lambda server: own(server, tmp_path))
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(practice.server.port))
        client = make_client(admin)
        body = client.post(API, self.BODY).json()
        # There is no tenant at the server's root, but there is a server whose certificate is accepted.
        assert body["server"] == f"https://127.0.0.1:{practice.server.port}"
        assert body["reason"] == "network"
        assert Cluster.objects.get().credentials is None
        assert client.put(f"{API}/own", body).json()["updated_at"] == body["updated_at"]
