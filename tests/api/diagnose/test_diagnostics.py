"""Diagnostics of a node by REST: what is wrong, who may ask, what is not shown, and what it costs."""

import asyncio
import time
from typing import Any

import pytest

from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from tests.api.clusters.sharing import share_with
from tests.api.diagnose.conftest import LOUD, Ill
from tests.api.runs.conftest import API, workflow
from tests.factories import JsonClient, make_client, make_user
from tests.integration.runs.support import deployment, edge, node, shop, work_off
from workflows.models import Run, Target
from workflows.runs.diagnosing import selectors
from workflows.runs.diagnosing.gathering import Gathered, Wish, gather

Json = dict[str, Any]
__all__ = ["workflow"]
NOWHERE = "00000000-0000-0000-0000-000000000000"


def test_what_is_wrong_is_said_in_words(ill: Ill) -> None:
    document = ill.diagnostics("front")
    assert {key: document[key] for key in ("node_id", "status")} == {"node_id": "front", "status": "error"}
    assert document["target_id"] == Target.objects.get().pk
    assert document["checked_at"].endswith("Z")
    (wrong,) = [check for check in document["checks"] if check["cause"] == "port_mismatch"]
    assert wrong == {
        "name": "It leads to pods that answer",
        "check": "service",
        "cause": "port_mismatch",
        "status": "error",
        "message": "Its port 80 leads to port 9090 of its pods, but they say they listen on 8080 (http).",
        "suggestion": "Lead it to the port that the program listens on.",
        "log": [],
        "fix_type": "change_target_port",
        "fix_values": {"port": 80, "target_port": "8080"},
    }
    passed = [check for check in document["checks"] if check["status"] == "pass"]
    assert passed and all("fix_type" not in check for check in passed)
    assert ill.cause("later", "suspended")["fix_type"] == "resume"
    assert ill.diagnostics("token")["status"] == "healthy"


def test_the_last_lines_are_shown_without_secret_values(ill: Ill) -> None:
    check = ill.cause("web", "crash_loop")
    assert "exited with code 7" in check["message"]
    assert any("connecting with •••" in line for line in check["log"]), check
    assert LOUD not in str(ill.diagnostics("web"))


def test_every_kind_of_node_can_be_asked(drawn: Ill) -> None:
    # That nothing listens where `front` leads is seen before anything runs.
    known = {"web": [], "front": ["drawing_problem"], "token": [], "later": []}
    for node_id, causes in known.items():
        document = drawn.diagnostics(node_id)
        assert (document["status"], document["target_id"]) == ("warning", None)
        assert [check["cause"] for check in document["checks"] if check["cause"]] == [*causes, "not_deployed"]
    assert drawn.diagnostics("about")["status"] == "healthy"


def test_of_one_target(ill: Ill) -> None:
    target = Target.objects.get()
    assert ill.diagnostics("front", target=target.pk)["target_id"] == target.pk
    for wrong in (NOWHERE, "nonsense"):
        answer = ill.client.get(f"{ill.node('front')}/diagnostics", {"target": wrong})
        assert (answer.status_code, answer.json()["code"]) == (404, "target_not_found")


def test_an_unknown_node(drawn: Ill) -> None:
    answer = drawn.client.get(f"{drawn.node('nobody')}/diagnostics")
    assert (answer.status_code, answer.json()["code"]) == (404, "node_not_found")


def test_others_are_told_nothing(drawn: Ill, stranger: JsonClient) -> None:
    for path in ("diagnostics", "fix-template/resume"):
        answer = stranger.get(f"{drawn.node('later')}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "workflow_not_found")
        assert make_client().get(f"{drawn.node('later')}/{path}").status_code == 401
    answer = stranger.post(f"{drawn.node('later')}/fix", {"fix_type": "resume"})
    assert (answer.status_code, answer.json()["code"]) == (404, "workflow_not_found")
    assert make_client().post(f"{drawn.node('later')}/fix", {"fix_type": "resume"}).status_code == 401


def test_a_viewer_sees_causes_but_no_log_of_a_cluster_that_is_not_shared(ill: Ill) -> None:
    viewer = make_user()
    assert ill.client.post(f"{ill.url}/share", {"email": viewer.email, "role": "viewer"}).status_code == 201
    assert ill.cause("web", "crash_loop")["log"]
    answer = make_client(viewer).get(f"{ill.node('web')}/diagnostics")
    (check,) = [each for each in answer.json()["checks"] if each["check"] == "containers"]
    assert ("exited with code 7" in check["message"], check["log"]) == (True, [])
    refused = make_client(viewer).post(f"{ill.node('later')}/fix", {"fix_type": "resume"})
    assert (refused.status_code, refused.json()["code"]) == (403, "workflow_role")


def test_nothing_is_seen_on_a_cluster_that_is_no_longer_shared(
    transactional_db: None, client: JsonClient, practice_server: PracticeServer
) -> None:
    body = {
        "name": "home",
        "auth_type": "bearer_token",
        "server": practice_server.tenant_url("lent"),
        "token": practice_server.tenant_token("lent"),
        "ca_data": practice_server.ca_pem,
    }
    assert client.post(f"{API}/clusters", body).status_code == 201
    user = make_user()
    share = share_with(client, user, "editor", "ill")["id"]
    ill = Ill(make_client(user))
    assert ill.client.put(ill.url, {"cluster": "home"}).status_code == 200
    ill.run()
    assert ill.cause("front", "port_mismatch")
    assert client.delete(f"{API}/clusters/home/shares/{share}").status_code == 200
    assert "no longer shared" in ill.cause("front", "cluster_unreachable")["message"]


def test_a_cluster_that_was_removed(ill: Ill) -> None:
    Cluster.objects.all().delete()
    assert "was removed" in ill.cause("web", "cluster_unreachable")["message"]


def test_a_cluster_that_hangs_holds_nobody(ill: Ill, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(*_args: Any, **_more: Any) -> None:
        await asyncio.sleep(60)

    async def soon(gateway: Any, wish: Wish) -> Gathered:
        return await gather(gateway, wish, seconds=0.3)

    monkeypatch.setattr("clusters.kube.direct.DirectGateway.get", hangs)
    monkeypatch.setattr(selectors, "gather", soon)
    began = time.monotonic()
    message = ill.cause("web", "cluster_unreachable")["message"]
    assert (message, time.monotonic() - began < 5) == ("The cluster does not answer in time.", True)


def test_a_cluster_that_cannot_be_reached(ill: Ill, monkeypatch: pytest.MonkeyPatch) -> None:
    from clusters.kube.gateway import Unreachable

    async def refuses(*_args: Any, **_more: Any) -> None:
        raise Unreachable("Connection refused.", reason="refused")

    monkeypatch.setattr("clusters.kube.direct.DirectGateway.get", refuses)
    message = ill.cause("web", "cluster_unreachable")["message"]
    assert message == "The cluster cannot be reached: Connection refused."


def test_it_costs_the_same_however_many_nodes(ill: Ill, django_assert_max_num_queries: Any) -> None:
    # The session, the workflow, the last run, rights (2), the gateway, the release's secrets, their values.
    for node_id in ("web", "front", "later"):
        with django_assert_max_num_queries(9):
            ill.diagnostics(node_id)


@pytest.mark.django_db(transaction=True)
def test_what_is_well_is_not_called_ill(client: JsonClient, workflow: Json) -> None:
    door = node("door", "ingress", ingress_class="practice")
    more = [door, node("disk", "persistentvolumeclaim", size="1Gi"), node("guard", "poddisruptionbudget")]
    ways = [edge("door", "front"), edge("disk", "web", path="/data"), edge("guard", "web"), edge("asks", "front")]
    graph = shop(replicas=1)
    graph.nodes.extend([*more, deployment("asks")])
    graph.edges.extend(ways)
    sent = {"nodes": graph.nodes, "edges": graph.edges}
    assert client.post(f"{workflow['url']}/save", sent).status_code == 200
    run_id = client.post(f"{workflow['url']}/run", {}).json()["run_id"]
    assert work_off(Run.objects.get(pk=run_id)).status == "succeeded"
    for each in graph.nodes:
        document = client.get(f"{workflow['url']}/nodes/{each['id']}/diagnostics").json()
        found = [check for check in document["checks"] if check["status"] != "pass"]
        assert (document["status"], found) == ("healthy", []), each["id"]
