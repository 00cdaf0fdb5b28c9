"""POST plan and run: what they answer, what they refuse, and that asking twice runs once."""

from typing import Any

import pytest

from audit.models import AuditEntry
from clusters.models import Cluster
from core.work.models import Work
from tests.api.runs.conftest import API
from tests.factories import JsonClient, make_client
from tests.integration.runs.support import deployment, shop
from workflows.models import Release, Run, Target, Version

Json = dict[str, Any]


class TestRun:
    def test_as_the_contract_says(self, client: JsonClient, workflow: Json, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(45):
            answer = client.post(f"{workflow['url']}/run", {"cluster": "practice", "namespace": "shop"})
        assert answer.status_code == 200, answer.json()
        assert answer.json() == {"run_id": Run.objects.get().pk, "status": "deploying", "version": 1}
        assert answer.json()["run_id"].startswith("run_")
        version = Version.objects.get()
        assert (version.number, version.is_automatic) == (1, True)
        run = Run.objects.get()
        assert (run.phase, run.operation, run.target.namespace) == ("queued", "deploy", "shop")
        assert Work.objects.get().key == run.pk
        entry = AuditEntry.objects.get(action="run.started")
        assert (entry.object_id, entry.detail["version"]) == (run.pk, 1)

    def test_an_empty_body_takes_what_the_workflow_says(self, client: JsonClient, workflow: Json) -> None:
        answer = client.generic("POST", f"{workflow['url']}/run")
        assert answer.status_code == 200, answer.json()
        target = Target.objects.get()
        assert (target.cluster.name, target.namespace) == ("practice", "shop")  # type: ignore[union-attr]

    def test_null_is_as_absent(self, client: JsonClient, workflow: Json) -> None:
        sent = {"cluster": None, "namespace": None, "version": None, "on_failure": None, "timeout_seconds": None}
        assert client.post(f"{workflow['url']}/run", sent).status_code == 200
        assert Run.objects.get().options["on_failure"] == "keep"

    def test_all_options(self, client: JsonClient, workflow: Json) -> None:
        sent = {
            "cluster": Cluster.objects.get().pk,
            "namespace": "elsewhere",
            "on_failure": "rollback",
            "force_conflicts": True,
            "take_over": True,
            "timeout_seconds": 90,
            "message": "The big day",
            "delete_claims": ["elsewhere/data"],
        }
        assert client.post(f"{workflow['url']}/run", sent).status_code == 200
        run = Run.objects.get()
        assert run.options == {
            "on_failure": "rollback",
            "force_conflicts": True,
            "take_over": True,
            "timeout_seconds": 90,
            "delete_claims": ["elsewhere/data"],
            "message": "The big day",
            "objects": [],
        }
        assert Version.objects.get().description == "The big day"

    def test_an_old_version(self, client: JsonClient, workflow: Json) -> None:
        assert client.post(f"{workflow['url']}/versions", {}).status_code == 201
        answer = client.post(f"{workflow['url']}/run", {"version": 1})
        assert answer.json()["version"] == 1
        assert Version.objects.count() == 1
        assert client.post(f"{workflow['url']}/run", {"version": 7, "namespace": "b"}).status_code == 404

    def test_runs_do_not_change_the_etag(self, client: JsonClient, workflow: Json) -> None:
        client.post(f"{workflow['url']}/run")
        assert client.get(workflow["url"])["ETag"] == workflow["etag"]

    def test_a_run_in_progress(self, client: JsonClient, workflow: Json) -> None:
        first = client.post(f"{workflow['url']}/run").json()
        answer = client.post(f"{workflow['url']}/run")
        assert (answer.status_code, answer.json()["code"]) == (409, "run_in_progress")
        assert answer.json()["details"] == {"run_id": first["run_id"]}
        # Elsewhere it may run.
        assert client.post(f"{workflow['url']}/run", {"namespace": "second"}).status_code == 200

    def test_an_archived_workflow(self, client: JsonClient, workflow: Json) -> None:
        assert client.put(f"{workflow['url']}/status", {"status": "archived"}).status_code == 200
        for verb in ("run", "plan"):
            answer = client.post(f"{workflow['url']}/{verb}")
            assert (answer.status_code, answer.json()["code"]) == (409, "workflow_archived")

    def test_no_such_cluster(self, client: JsonClient, workflow: Json) -> None:
        for verb in ("run", "plan"):
            answer = client.post(f"{workflow['url']}/{verb}", {"cluster": "nowhere"})
            assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")

    def test_the_cluster_of_somebody_else(self, client: JsonClient, stranger: JsonClient, workflow: Json) -> None:
        theirs = Cluster.objects.exclude(workspace_id=Cluster.objects.earliest("pk").workspace_id).first()
        assert theirs is not None
        answer = client.post(f"{workflow['url']}/run", {"cluster": theirs.pk})
        assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")

    def test_neither_a_cluster_nor_a_default(self, client: JsonClient, workflow: Json) -> None:
        Cluster.objects.update(is_default=False)
        for verb in ("run", "plan"):
            answer = client.post(f"{workflow['url']}/{verb}")
            assert (answer.status_code, answer.json()["code"]) == (400, "no_cluster")
            assert "cluster" in answer.json()["fields"]

    def test_problems_of_the_graph(self, client: JsonClient) -> None:
        graph = {"name": "Broken", "nodes": [deployment("web", image="")], "edges": []}
        url = f"{API}/workflows/{client.post(f'{API}/workflows', graph).json()['id']}"
        for verb in ("run", "plan"):
            answer = client.post(f"{url}/{verb}")
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_graph")
            (problem,) = answer.json()["details"]["problems"]
            assert (problem["node_id"], problem["field"]) == ("web", "image")
        assert not Version.objects.exists()
        assert not Target.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"namespace": "Not_A_Name"}, "namespace"),
            ({"namespace": "a" * 64}, "namespace"),
            ({"version": 0}, "version"),
            ({"version": "latest"}, "version"),
            ({"on_failure": "explode"}, "on_failure"),
            ({"timeout_seconds": 0}, "timeout_seconds"),
            ({"timeout_seconds": 10**9}, "timeout_seconds"),
            ({"force_conflicts": "perhaps"}, "force_conflicts"),
            ({"take_over": "perhaps"}, "take_over"),
            ({"delete_claims": "shop/data"}, "delete_claims"),
            ({"delete_claims": ["data"]}, "delete_claims.0"),
            ({"message": "x" * 2001}, "message"),
        ],
    )
    def test_bad_input(self, client: JsonClient, workflow: Json, sent: Json, field: str) -> None:
        answer = client.post(f"{workflow['url']}/run", sent)
        assert answer.status_code == 400, answer.json()
        assert list(answer.json()["fields"]) == [field]
        assert not Run.objects.exists()

    def test_a_body_that_is_no_object(self, client: JsonClient, workflow: Json) -> None:
        assert client.post(f"{workflow['url']}/run", ["no"]).status_code == 400

    def test_asking_twice_with_one_key_runs_once(self, client: JsonClient, workflow: Json) -> None:
        first = client.post(f"{workflow['url']}/run", {}, headers={"Idempotency-Key": "k"})
        second = client.post(f"{workflow['url']}/run", {}, headers={"Idempotency-Key": "k"})
        assert first.json() == second.json()
        assert Run.objects.count() == 1
        other = client.post(f"{workflow['url']}/run", {"namespace": "b"}, headers={"Idempotency-Key": "k"})
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    def test_an_empty_workflow_runs(self, client: JsonClient) -> None:
        url = f"{API}/workflows/{client.post(f'{API}/workflows', {'name': 'Empty'}).json()['id']}"
        assert client.post(f"{url}/run", {"cluster": "practice"}).json()["version"] == 1
        assert Target.objects.get().namespace == "default"

    @pytest.mark.parametrize("verb", ["run", "plan", "rollback"])
    def test_not_signed_in_or_not_theirs(self, stranger: JsonClient, workflow: Json, verb: str) -> None:
        sent = {"run_id": "run_" + "0" * 32}
        assert make_client().post(f"{workflow['url']}/{verb}", sent).status_code == 401
        answer = stranger.post(f"{workflow['url']}/{verb}", sent)
        assert (answer.status_code, answer.json()["code"]) == (404, "workflow_not_found")
        assert stranger.post(f"{API}/workflows/not-an-id/{verb}", sent).status_code == 404


class TestPlan:
    def test_says_what_would_happen_and_changes_nothing(
        self, client: JsonClient, workflow: Json, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(16):
            answer = client.post(f"{workflow['url']}/plan", {"cluster": "practice", "namespace": "shop"})
        assert answer.status_code == 200, answer.json()
        plan = answer.json()["plan"]
        assert plan["summary"] == {
            "create": 3, "update": 0, "unchanged": 0, "delete": 0, "replace": 0, "keep": 0, "refused": 0
        }  # fmt: skip
        row = next(item for item in plan["objects"] if item["kind"] == "Deployment")
        assert row == {
            "node_id": "web",
            "api_version": "apps/v1",
            "kind": "Deployment",
            "namespace": "shop",
            "name": "web",
            "action": "create",
            "verified": False,
            "diff": [],
            "reason": "The namespace shop does not exist yet; the run makes it.",
        }
        for model in (Run, Target, Version, Release):
            assert not model.objects.exists()

    def test_into_a_namespace_that_is_there_it_is_verified(self, client: JsonClient, workflow: Json) -> None:
        plan = client.post(f"{workflow['url']}/plan", {"namespace": "default"}).json()["plan"]
        assert {item["verified"] for item in plan["objects"]} == {True}
        assert client.get(f"{workflow['url']}/targets").json()["targets"] == []

    def test_of_a_version(self, client: JsonClient, workflow: Json) -> None:
        client.post(f"{workflow['url']}/versions", {})
        client.post(f"{workflow['url']}/save", {"nodes": [], "edges": []})
        assert client.post(f"{workflow['url']}/plan", {}).json()["plan"]["objects"] == []
        assert len(client.post(f"{workflow['url']}/plan", {"version": 1}).json()["plan"]["objects"]) == 3

    def test_an_unreachable_cluster(self, client: JsonClient, workflow: Json, monkeypatch: pytest.MonkeyPatch) -> None:
        from clusters.practice_link import unregister_practice

        unregister_practice()
        answer = client.post(f"{workflow['url']}/plan")
        assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")
        # A run waits for it.
        assert client.post(f"{workflow['url']}/run").status_code == 200

    def test_what_the_cluster_refuses(
        self, client: JsonClient, workflow: Json, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from clusters.kube.gateway import Refused

        def refusing(cluster_id: str) -> Any:
            raise Refused("services is forbidden: User cannot list", reason="Forbidden", status=403)

        monkeypatch.setattr("workflows.runs.services.gateway_for", refusing)
        answer = client.post(f"{workflow['url']}/plan")
        assert (answer.status_code, answer.json()["code"]) == (400, "cluster_refused")
        assert answer.json()["error"] == "services is forbidden: User cannot list."

    def test_what_one_object_refuses_is_in_the_plan(self, client: JsonClient) -> None:
        graph = shop()
        graph.nodes[0]["data"]["overrides"] = {"spec": {"template": {"spec": {"restartPolicy": "Never"}}}}
        sent = {"name": "Odd", "nodes": graph.nodes, "edges": graph.edges}
        url = f"{API}/workflows/{client.post(f'{API}/workflows', sent).json()['id']}"
        plan = client.post(f"{url}/plan", {"namespace": "default"}).json()["plan"]
        assert plan["summary"]["refused"] == 1
        refused = next(item for item in plan["objects"] if item["action"] == "refused")
        assert "restartPolicy" in refused["reason"]
