"""Runs, targets and the status of nodes, as clients read them; cancelling, going back, taking away."""

from typing import Any

import pytest

from audit.models import AuditEntry
from tests.api.runs.conftest import API
from tests.factories import JsonClient, make_client
from tests.integration.runs.support import deployment, work_off
from workflows.models import Run, RunStatus, Target, Workflow

Json = dict[str, Any]
NOBODY = "run_" + "0" * 32
NOWHERE = "00000000-0000-0000-0000-000000000000"


def start(client: JsonClient, workflow: Json, **sent: Any) -> str:
    answer = client.post(f"{workflow['url']}/run", sent)
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["run_id"])


def finish(run_id: str, status: str = RunStatus.SUCCEEDED) -> None:
    """As if a worker had done it, where what it does is of no matter."""
    Run.objects.filter(pk=run_id).update(status=status)


@pytest.fixture
def many(client: JsonClient, workflow: Json) -> list[str]:
    """Five runs, the oldest first."""
    found = []
    for _ in range(5):
        found.append(start(client, workflow))
        finish(found[-1])
    return found


class TestRuns:
    def test_the_newest_first(
        self, client: JsonClient, workflow: Json, many: list[str], django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(4):  # the session, the workflow, the number of rows, the page
            answer = client.get(f"{workflow['url']}/runs")
        body = answer.json()
        assert [each["run_id"] for each in body["runs"]] == many[::-1]
        assert (body["total"], body["page"], body["limit"]) == (5, 1, 20)
        assert body["runs"][0] | {"id": "", "run_id": "", "target": {}, "created_at": "", "started_by": ""} == {
            "id": "", "run_id": "", "workflow_id": workflow["id"], "target": {}, "cluster": "practice",
            "namespace": "shop", "operation": "deploy", "status": "succeeded", "phase": "queued", "version": 5,
            "release": None, "rolls_back": None, "message": "", "error": None, "started_by": "", "created_at": "",
            "started_at": None, "finished_at": None, "duration_seconds": None, "changes": None,
        }  # fmt: skip
        assert body["runs"][0]["created_at"].endswith("Z")

    def test_pages_and_sorting(self, client: JsonClient, workflow: Json, many: list[str]) -> None:
        url = f"{workflow['url']}/runs"
        page = client.get(url, {"page": 2, "limit": 2}).json()
        assert [each["run_id"] for each in page["runs"]] == many[::-1][2:4]
        oldest = client.get(url, {"sort": "version", "order": "asc", "limit": 500}).json()
        assert ([each["version"] for each in oldest["runs"]], oldest["limit"]) == ([1, 2, 3, 4, 5], 100)
        past = client.get(url, {"page": 9})
        assert (past.status_code, past.json()["runs"]) == (200, [])
        for bad in ({"page": 0}, {"sort": "colour"}, {"order": "up"}, {"status": "odd"}):
            assert client.get(url, bad).status_code == 400

    def test_filters(self, client: JsonClient, workflow: Json, many: list[str]) -> None:
        finish(many[0], RunStatus.FAILED)
        url = f"{workflow['url']}/runs"
        assert [each["run_id"] for each in client.get(url, {"status": "failed"}).json()["runs"]] == many[:1]
        assert client.get(url, {"search": many[2]}).json()["total"] == 1
        assert client.get(url, {"search": "practice"}).json()["total"] == 5
        assert client.get(url, {"search": "100%"}).json()["total"] == 0
        target = Target.objects.get().pk
        assert client.get(url, {"target": target}).json()["total"] == 5
        assert client.get(url, {"target": NOWHERE}).status_code == 404

    def test_none_yet(self, client: JsonClient, workflow: Json) -> None:
        assert client.get(f"{workflow['url']}/runs").json() == {"runs": [], "total": 0, "page": 1, "limit": 20}

    @pytest.mark.parametrize("part", ["runs", "targets", "status"])
    def test_not_signed_in_or_not_theirs(self, stranger: JsonClient, workflow: Json, part: str) -> None:
        assert make_client().get(f"{workflow['url']}/{part}").status_code == 401
        assert stranger.get(f"{workflow['url']}/{part}").status_code == 404
        assert stranger.get(f"{API}/workflows/not-an-id/{part}").status_code == 404


class TestOneRun:
    def test_queued(self, client: JsonClient, workflow: Json, django_assert_num_queries: Any) -> None:
        run_id = start(client, workflow)
        with django_assert_num_queries(3):  # the session, the run with all that belongs to it, what takes it back
            body = client.get(f"{API}/runs/{run_id}").json()
        assert (body["run_id"], body["status"], body["phase"], body["version"]) == (run_id, "deploying", "queued", 1)
        assert (body["steps"], body["objects"], body["plan"], body["log"]) == ([], [], None, [])
        assert body["options"]["timeout_seconds"] == 600

    @pytest.mark.django_db(transaction=True)
    def test_from_begin_to_end(self, client: JsonClient, workflow: Json) -> None:
        run_id = start(client, workflow)
        work_off(Run.objects.get(pk=run_id))
        body = client.get(f"{API}/runs/{run_id}").json()
        assert (body["status"], body["phase"], body["release"], body["error"]) == ("succeeded", "done", 1, None)
        assert [step["name"] for step in body["steps"]][:2] == ["planning", "preparing"]
        assert all(step["status"] == "done" and step["seconds"] >= 0 for step in body["steps"])
        assert body["duration_seconds"] > 0
        (web,) = [item for item in body["objects"] if item["kind"] == "Deployment"]
        assert {key: web[key] for key in ("node_id", "api_version", "action", "state", "health", "namespace")} == {
            "node_id": "web", "api_version": "apps/v1", "action": "create", "state": "done", "health": "healthy",
            "namespace": "shop",
        }  # fmt: skip
        assert body["plan"]["summary"]["create"] == 3
        (listed,) = client.get(f"{workflow['url']}/runs").json()["runs"]
        assert listed["changes"] == body["changes"] == body["plan"]["summary"]
        assert body["log"][-1]["message"] == "Everything is running."

        status = client.get(f"{workflow['url']}/status").json()
        assert status["run"]["run_id"] == run_id
        nodes = {each["node_id"]: each for each in status["nodes"]}
        assert {each["state"] for each in nodes.values()} == {"healthy"}
        assert list(nodes) == ["web", "front", "settings"]
        assert nodes["web"]["objects"][0]["kind"] == "Deployment"
        assert nodes["web"]["replicas"] == {"ready": 1, "wanted": 1}
        assert nodes["settings"]["replicas"] is None
        assert nodes["web"]["last_change"]["to"] == "healthy"
        assert nodes["front"]["urls"] == [
            {
                "type": "port_forward",
                "url": "http://localhost:8080",
                "text": "kubectl port-forward -n shop service/front 8080:8080",
            }
        ]
        (target,) = client.get(f"{workflow['url']}/targets").json()["targets"]
        assert (target["is_deployed"], target["version"], target["release"], target["object_count"]) == (True, 1, 1, 3)
        assert target["made_namespace"]

    def test_no_such_run(self, client: JsonClient, stranger: JsonClient, workflow: Json) -> None:
        run_id = start(client, workflow)
        for url in (f"{API}/runs/{run_id}", f"{API}/runs/{run_id}/cancel"):
            call = stranger.post if url.endswith("cancel") else stranger.get
            assert (call(url).status_code, call(url).json()["code"]) == (404, "run_not_found")
        assert client.get(f"{API}/runs/{NOBODY}").status_code == 404
        assert client.get(f"{API}/runs/nonsense").status_code == 404
        assert make_client().get(f"{API}/runs/{run_id}").status_code == 401
        assert make_client().post(f"{API}/runs/{run_id}/cancel").status_code == 401


class TestCancel:
    def test_asks_the_run_to_stop(self, client: JsonClient, workflow: Json, django_assert_max_num_queries: Any) -> None:
        run_id = start(client, workflow)
        with django_assert_max_num_queries(20):
            answer = client.post(f"{API}/runs/{run_id}/cancel")
        assert (answer.status_code, answer.json()) == (200, {"run_id": run_id, "status": "cancelling", "version": 1})
        assert client.post(f"{API}/runs/{run_id}/cancel").status_code == 200
        assert AuditEntry.objects.filter(action="run.cancelled").count() == 1
        # It still holds its place until a worker has stopped it.
        assert client.post(f"{workflow['url']}/run").status_code == 409

    def test_one_that_is_over(self, client: JsonClient, workflow: Json) -> None:
        run_id = start(client, workflow)
        finish(run_id)
        answer = client.post(f"{API}/runs/{run_id}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "run_is_over")


class TestRollback:
    @pytest.mark.django_db(transaction=True)
    def test_deploys_the_release_of_that_run(self, client: JsonClient, workflow: Json) -> None:
        first = start(client, workflow)
        work_off(Run.objects.get(pk=first))
        client.post(f"{workflow['url']}/save", {"nodes": [deployment("web", replicas=2)], "edges": []})
        second = start(client, workflow)
        work_off(Run.objects.get(pk=second))
        answer = client.post(f"{workflow['url']}/rollback", {"run_id": first})
        assert answer.status_code == 200, answer.json()
        assert (answer.json()["status"], answer.json()["version"]) == ("deploying", 1)
        run = work_off(Run.objects.get(pk=answer.json()["run_id"]))
        assert (run.status, run.operation) == (RunStatus.SUCCEEDED, "rollback")
        assert '"replicas":2' in Workflow.objects.get().graph

    def test_what_cannot_be_gone_back_to(self, client: JsonClient, workflow: Json) -> None:
        run_id = start(client, workflow)
        answer = client.post(f"{workflow['url']}/rollback", {"run_id": run_id})
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_released")
        assert client.post(f"{workflow['url']}/rollback", {"run_id": NOBODY}).status_code == 404
        answer = client.post(f"{workflow['url']}/rollback", {})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["run_id"])

    def test_the_run_of_another_workflow(self, client: JsonClient, workflow: Json) -> None:
        run_id = start(client, workflow)
        other = client.post(f"{API}/workflows", {"name": "Other"}).json()["id"]
        assert client.post(f"{API}/workflows/{other}/rollback", {"run_id": run_id}).status_code == 404


class TestTargets:
    def test_one_per_cluster_and_namespace(
        self, client: JsonClient, workflow: Json, django_assert_num_queries: Any
    ) -> None:
        for name in ("shop", "second", "third"):
            run_id = start(client, workflow, namespace=name)
        with django_assert_num_queries(5):  # the session, the workflow, the page, their last runs, their number
            body = client.get(f"{workflow['url']}/targets").json()
        assert [each["namespace"] for each in body["targets"]] == ["third", "second", "shop"]
        newest = body["targets"][0]
        assert newest["last_run"]["run_id"] == run_id
        assert (newest["cluster"], newest["is_deployed"], newest["version"]) == ("practice", False, None)
        url = f"{workflow['url']}/targets"
        page = client.get(url, {"limit": 1, "page": 2, "sort": "namespace", "order": "asc"}).json()
        assert ([each["namespace"] for each in page["targets"]], page["total"]) == (["shop"], 3)
        assert client.get(url, {"search": "thi"}).json()["total"] == 1
        assert client.get(url, {"page": 7}).json()["targets"] == []
        assert client.get(url, {"sort": "colour"}).status_code == 400

    def test_nothing_to_take_away(self, client: JsonClient, workflow: Json) -> None:
        run_id = start(client, workflow)
        finish(run_id)
        answer = client.post(f"{API}/targets/{Target.objects.get().pk}/undeploy")
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_deployed")

    @pytest.mark.django_db(transaction=True)
    def test_taking_away(self, client: JsonClient, workflow: Json) -> None:
        work_off(Run.objects.get(pk=start(client, workflow)))
        target = Target.objects.get()
        url = f"{API}/targets/{target.pk}/undeploy"
        answer = client.post(url, {"delete_claims": ["shop/data"]}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 200, answer.json()
        assert (answer.json()["status"], answer.json()["version"]) == ("deploying", 1)
        again = client.post(url, {"delete_claims": ["shop/data"]}, headers={"Idempotency-Key": "k"})
        assert again.json() == answer.json()
        assert client.post(url).json()["code"] == "run_in_progress"
        assert work_off(Run.objects.get(pk=answer.json()["run_id"])).status == RunStatus.SUCCEEDED
        (shown,) = client.get(f"{workflow['url']}/targets").json()["targets"]
        assert (shown["is_deployed"], shown["object_count"], shown["version"]) == (False, 0, None)
        states = {each["state"] for each in client.get(f"{workflow['url']}/status").json()["nodes"]}
        assert states == {"idle"}
        run = client.get(f"{API}/runs/{answer.json()['run_id']}").json()
        assert {item["action"] for item in run["objects"]} == {"delete"}

    def test_no_such_target(self, client: JsonClient, stranger: JsonClient, workflow: Json) -> None:
        start(client, workflow)
        url = f"{API}/targets/{Target.objects.get().pk}/undeploy"
        assert (stranger.post(url).status_code, stranger.post(url).json()["code"]) == (404, "target_not_found")
        assert make_client().post(url).status_code == 401
        assert client.post(f"{API}/targets/{NOWHERE}/undeploy").status_code == 404
        assert client.post(f"{API}/targets/nonsense/undeploy").status_code == 404
        assert client.post(url, {"delete_claims": ["nonsense"]}).status_code == 400


class TestStatus:
    def test_what_never_ran_is_idle(self, client: JsonClient, workflow: Json, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(3):  # the session, the workflow, its last run
            body = client.get(f"{workflow['url']}/status").json()
        assert body == {
            "workflow_id": workflow["id"],
            "target": None,
            "run": None,
            "nodes": [
                {
                    "node_id": name,
                    "state": "idle",
                    "health": "unknown",
                    "message": "",
                    "replicas": None,
                    "last_change": None,
                    "objects": [],
                    "urls": [],
                }
                for name in ("web", "front", "settings")
            ],
        }

    def test_of_a_target(self, client: JsonClient, workflow: Json, django_assert_num_queries: Any) -> None:
        start(client, workflow)
        other = start(client, workflow, namespace="second")
        # The session, the workflow, the run, the right to its cluster, the nodes, the cluster's name.
        with django_assert_num_queries(6):
            body = client.get(f"{workflow['url']}/status").json()
        assert (body["target"]["namespace"], body["run"]["run_id"]) == ("second", other)
        first = Target.objects.get(namespace="shop")
        body = client.get(f"{workflow['url']}/status", {"target": first.pk}).json()
        assert body["target"] == {"id": first.pk, "cluster": "practice", "namespace": "shop"}
        for bad in (NOWHERE, "nonsense"):
            assert client.get(f"{workflow['url']}/status", {"target": bad}).status_code == 404

    def test_what_is_for_the_eye_has_no_status(self, client: JsonClient, workflow: Json) -> None:
        nodes = [deployment("web"), {"id": "n", "type": "note", "data": {}}]
        assert client.post(f"{workflow['url']}/save", {"nodes": nodes, "edges": []}).status_code == 200
        assert [each["node_id"] for each in client.get(f"{workflow['url']}/status").json()["nodes"]] == ["web"]
