"""Each person's practice cluster: a row from the moment of sign-up, reached through the server of this process."""

from typing import Any

import pytest

from accounts.models import User
from accounts.services import principal_of
from audit.models import AuditEntry
from clusters import practice_link, selectors, services
from clusters.kube.gateway import NotFound, Unreachable
from clusters.models import Cluster
from realtime.models import Event
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"


@pytest.fixture
def served(practice: Any, settings: Any) -> Any:
    """The practice server as `make run` has it."""
    settings.PRACTICE_ENABLED = True
    practice_link.register_practice(practice.server)
    return practice.server


def test_off_means_no_row(member: User) -> None:
    assert not Cluster.objects.exists()


def test_everyone_gets_one_at_sign_up(served: Any) -> None:
    user = make_user()
    workspace = user.personal_workspace.pk
    body = make_client(user).get(f"{API}/default").json()
    assert (body["name"], body["access"], body["status"], body["is_default"]) == (
        "practice", "practice", "connected", True,
    )  # fmt: skip
    assert body["server"] == served.tenant_url(workspace)
    assert "practice" in body["version"]
    cluster = Cluster.objects.get(workspace_id=workspace)
    assert cluster.credentials is None
    assert AuditEntry.objects.get(action="cluster.created").actor_kind == "system"
    assert Event.objects.get(type="cluster.created").stream_id == f"workspace:{workspace}"


def test_it_can_be_used(served: Any) -> None:
    user = make_user()
    body = make_client(user).post(f"{API}/practice/test").json()
    found = Cluster.objects.get(workspace_id=user.personal_workspace.pk)
    assert body == {"status": "healthy", "version": found.version, "nodes": found.node_count}
    assert make_client(user).get(f"{API}/practice/status").json()["is_stale"] is False
    assert make_client(user).get(f"{API}/practice/logs").json()["total"] == 1
    gateway = services.gateway_for(found.pk)
    assert services.call(gateway.version(), timeout=10) == found.version
    assert services.gateway_for(found.pk) is gateway


def test_each_has_a_cluster_of_its_own(served: Any) -> None:
    one, two = (Cluster.objects.get(workspace_id=make_user().personal_workspace.pk) for _ in range(2))
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}}
    services.call(services.gateway_for(one.pk).raw("POST", "/api/v1/namespaces", body=space), timeout=10)
    services.call(services.gateway_for(one.pk).raw("GET", "/api/v1/namespaces/mine"), timeout=10)
    with pytest.raises(NotFound):
        services.call(services.gateway_for(two.pk).raw("GET", "/api/v1/namespaces/mine"), timeout=10)


def test_it_is_not_for_people_to_change(served: Any) -> None:
    client = make_client(make_user())
    for answer, word in (
        (client.delete(f"{API}/practice"), "deleted"),
        (client.delete(f"{API}/practice?force=true"), "deleted"),
        (client.put(f"{API}/practice", {"display_name": "Mine"}), "changed"),
        (client.put(f"{API}/practice/credentials", {"token": "x"}), "other credentials"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "practice_cluster")
        assert word in answer.json()["error"]
    assert client.get(f"{API}/practice").json()["display_name"] == "Practice cluster"


def test_it_stays_the_default_until_another_is_chosen(served: Any, practice: Any) -> None:
    client = make_client(make_user())
    client.post(API, practice.by_token("home"))
    assert client.get(f"{API}/default").json()["name"] == "practice"
    client.put(f"{API}/home/default")
    assert client.get(f"{API}/default").json()["name"] == "home"
    client.delete(f"{API}/home")
    assert client.get(f"{API}/default").json()["name"] == "practice"


def test_who_was_there_before_gets_one_at_the_start(member: User, practice: Any) -> None:
    practice_link.register_practice(practice.server)
    practice_link.register_practice(practice.server)
    cluster = Cluster.objects.get()
    assert (cluster.workspace_id, cluster.is_default, cluster.status) == (
        member.personal_workspace.pk, True, "connected",
    )  # fmt: skip


def test_an_own_default_stays(member: User, practice: Any) -> None:
    client = make_client(member)
    client.post(API, practice.by_token("home"))
    practice_link.register_practice(practice.server)
    assert client.get(f"{API}/default").json()["name"] == "home"
    assert client.get(API).json()["total"] == 2


def test_the_port_may_change_between_starts(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    before = Cluster.objects.get()
    gateway = services.gateway_for(before.pk)
    monkeypatch.setattr(served, "port", 1)
    practice_link.register_practice(served)
    after = Cluster.objects.get()
    assert after.server == f"https://127.0.0.1:1/u/{user.personal_workspace.pk}"
    assert services.gateway_for(after.pk) is not gateway
    assert after.updated_at == before.updated_at


def test_made_before_the_server_runs(settings: Any, practice: Any) -> None:
    """`manage.py setup` makes the first administrator before anything is served."""
    settings.PRACTICE_ENABLED = True
    actor = principal_of(make_user())
    cluster = selectors.get_default_cluster(actor=actor)
    assert cluster is not None
    assert (cluster.status, cluster.server) == ("pending", "")
    with pytest.raises(Unreachable):
        services.gateway_for(cluster.pk)
    finding = services.test_cluster(name_or_id="practice", actor=actor)
    assert (finding.is_healthy, finding.reason) == (False, "refused")
    practice_link.register_practice(practice.server)
    assert services.test_cluster(name_or_id="practice", actor=actor).is_healthy


def test_others_do_not_reach_it(served: Any) -> None:
    make_user("one@example.com")
    ident = Cluster.objects.get().pk
    other = make_client(make_user("two@example.com"))
    assert other.get(f"{API}/{ident}").status_code == 404
    assert other.post(f"{API}/{ident}/test").status_code == 404
    assert other.put(f"{API}/{ident}/default").status_code == 404
    assert other.get(f"{API}/practice").json()["id"] != ident
