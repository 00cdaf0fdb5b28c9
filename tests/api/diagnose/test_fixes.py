"""Fixes by REST: what they ask, what they would change, and that they do it as any other edit would."""

from typing import Any

import pytest

from audit.models import AuditEntry
from tests.api.diagnose.conftest import CANARY, Ill
from tests.integration.runs.support import deployment, work_off
from workflows.models import Run, Target, Workflow

Json = dict[str, Any]


def template(ill: Ill, node_id: str, fix_type: str, **query: str) -> Json:
    answer = ill.client.get(f"{ill.node(node_id)}/fix-template/{fix_type}", query)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def fix(ill: Ill, node_id: str, fix_type: str, **sent: Any) -> Any:
    return ill.client.post(f"{ill.node(node_id)}/fix", {"fix_type": fix_type, **sent})


class TestTemplates:
    def test_what_it_asks_and_what_it_changes(self, ill: Ill) -> None:
        found = template(ill, "front", "change_target_port")
        assert (found["fix_type"], found["title"]) == ("change_target_port", "Lead to the right port")
        assert [(each["name"], each["kind"], each["default"]) for each in found["values"]] == [
            ("port", "port", 80),
            ("target_port", "port", "8080"),
        ]
        assert found["patch"] == [{"op": "replace", "path": "/nodes/1/data/ports/0/target_port", "value": 8080}]
        assert "targetPort: 8080" in found["manifests"] and "kind: Deployment" not in found["manifests"]
        assert found["problem"] == ""
        assert Workflow.objects.get().revision == 1

    def test_with_values_of_ones_own(self, ill: Ill) -> None:
        found = template(ill, "front", "change_target_port", values='{"target_port": "http"}')
        assert found["patch"][0]["value"] == "http"

    def test_what_has_no_proposal_waits_for_values(self, drawn: Ill) -> None:
        found = template(drawn, "web", "change_image")
        assert (found["patch"], found["manifests"]) == ([], "")
        assert [each["name"] for each in found["values"] if each["is_required"]] == ["image"]
        again = template(drawn, "web", "change_image", values='{"image": "nginx:1.27"}')
        assert again["patch"] == [{"op": "replace", "path": "/nodes/0/data/image", "value": "nginx:1.27"}]

    def test_secret_values_are_not_needed_and_never_shown(self, drawn: Ill) -> None:
        values = '{"name": "login", "key": "PASSWORD"}'
        found = template(drawn, "web", "add_secret", values=values)
        added = found["patch"][-1]["value"]
        assert added["data"] == {"name": "login", "values": {"PASSWORD": None}}
        assert "<secret>" in found["manifests"] and CANARY not in str(found)

    def test_why_not(self, drawn: Ill) -> None:
        found = template(drawn, "web", "clear_placement")
        assert "demands nothing" in found["problem"]
        assert found["patch"] == []

    @pytest.mark.parametrize("fix_type", ["nothing", "change_image", "raise_maximum"])
    def test_not_for_this_node(self, drawn: Ill, fix_type: str) -> None:
        answer = drawn.client.get(f"{drawn.node('front')}/fix-template/{fix_type}")
        assert (answer.status_code, answer.json()["code"]) == (404, "fix_not_found")

    @pytest.mark.parametrize("values", ["nonsense", "[1]", '{"image": 3}', '{"image": "Not An Image"}', '{"x": "y"}'])
    def test_values_that_cannot_be_used(self, drawn: Ill, values: str) -> None:
        answer = drawn.client.get(f"{drawn.node('web')}/fix-template/change_image", {"values": values})
        assert answer.status_code == 400
        assert answer.json()["fields"]


class TestApplying:
    def test_an_edit_like_any_other(self, ill: Ill) -> None:
        answer = fix(ill, "front", "change_target_port")
        assert answer.status_code == 200, answer.json()
        body = answer.json()
        assert "run_id" not in body
        assert body["workflow"]["nodes"][1]["data"]["ports"] == [{"port": 80, "target_port": 8080}]
        row = Workflow.objects.get()
        assert (row.revision, answer["ETag"] != ill.etag) == (2, True)
        (entry,) = AuditEntry.objects.filter(action="workflow.fix_applied")
        assert entry.detail == {"node": "front", "fix": "change_target_port"}
        assert AuditEntry.objects.filter(action="workflow.updated").count() == 1
        assert CANARY not in answer.content.decode()

    def test_and_then_a_run(self, ill: Ill) -> None:
        answer = fix(ill, "front", "change_target_port", run=True)
        run = Run.objects.get(pk=answer.json()["run_id"])
        assert run.target == Target.objects.get()
        assert run.message == "" or run.options["message"] == 'Lead to the right port: Service "front"'
        Run.objects.filter(pk=run.pk).update(options={**run.options, "timeout_seconds": 2})
        work_off(run)
        assert "port_mismatch" not in str(ill.diagnostics("front"))

    def test_running_again_changes_nothing(self, ill: Ill) -> None:
        answer = fix(ill, "web", "run_again")
        assert answer.status_code == 200, answer.json()
        assert answer.json()["run_id"]
        assert Workflow.objects.get().revision == 1
        assert not AuditEntry.objects.filter(action="workflow.fix_applied").exists()

    def test_a_new_secret_goes_to_the_vault(self, drawn: Ill) -> None:
        values = {"name": "login", "key": "PASSWORD", "value": "canary-of-a-fix"}
        answer = fix(drawn, "web", "add_secret", values=values)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["workflow"]["nodes"][-1]["data"]["values"] == {"PASSWORD": None}
        row = Workflow.objects.get()
        told = f"{row.graph}{answer.content.decode()}{list(AuditEntry.objects.values_list('detail', flat=True))}"
        assert "canary-of-a-fix" not in told and CANARY not in told
        # What was stored before is kept.
        assert row.graph.count('"revision"') == 3

    def test_someone_else_was_first(self, drawn: Ill) -> None:
        path, sent = f"{drawn.node('later')}/fix", {"fix_type": "resume"}
        assert drawn.client.post(path, sent, headers={"If-Match": drawn.etag}).status_code == 200
        late = drawn.client.post(path, sent, headers={"If-Match": drawn.etag})
        assert late.status_code == 412

    def test_the_graph_changed_while_it_was_looked_at(self, drawn: Ill, monkeypatch: pytest.MonkeyPatch) -> None:
        from workflows.runs.diagnosing import fixing

        def meanwhile(*args: Any, **more: Any) -> Any:
            found = fixing_examine(*args, **more)
            drawn.client.post(f"{drawn.url}/save", {"nodes": [deployment("web")], "edges": []})
            return found

        fixing_examine = fixing.examine
        monkeypatch.setattr(fixing, "examine", meanwhile)
        answer = fix(drawn, "later", "resume")
        assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")

    def test_a_run_in_progress(self, drawn: Ill) -> None:
        assert drawn.client.post(f"{drawn.url}/run", {}).status_code == 200
        answer = fix(drawn, "later", "resume", run=True)
        assert (answer.status_code, answer.json()["code"]) == (409, "run_in_progress")
        # Not half done.
        assert Workflow.objects.get().revision == 1

    def test_what_could_not_run_is_not_kept(self, drawn: Ill) -> None:
        broken = deployment("web", image="")
        later = {"id": "later", "type": "cronjob", "data": {"name": "later", "image": "x:1", "schedule": "0 3 * * *"}}
        drawn.client.post(f"{drawn.url}/save", {"nodes": [broken, later], "edges": []})
        answer = fix(drawn, "later", "resume", run=True)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_graph")
        assert Workflow.objects.get().revision == 2

    def test_what_cannot_be_fixed(self, drawn: Ill) -> None:
        answer = fix(drawn, "web", "clear_placement")
        assert (answer.status_code, answer.json()["code"]) == (409, "fix_refused")

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "fix_type"),
            ({"fix_type": "change_image"}, "image"),
            ({"fix_type": "change_image", "values": {"image": "a b"}}, "image"),
            ({"fix_type": "change_image", "values": {"image": "nginx:1", "yaml": "kind: Pod"}}, "yaml"),
            ({"fix_type": "raise_memory", "values": {"memory": "lots"}}, "memory"),
            ({"fix_type": "change_image", "values": "nginx"}, "values"),
            ({"fix_type": "change_image", "run": "perhaps"}, "run"),
        ],
    )
    def test_what_is_refused(self, drawn: Ill, sent: Json, field: str) -> None:
        answer = drawn.client.post(f"{drawn.node('web')}/fix", sent)
        assert answer.status_code == 400
        assert field in answer.json()["fields"]
        assert Workflow.objects.get().revision == 1

    def test_unknown(self, drawn: Ill) -> None:
        assert fix(drawn, "web", "nothing").json()["code"] == "fix_not_found"
        assert fix(drawn, "nobody", "resume").json()["code"] == "node_not_found"

    def test_archived(self, drawn: Ill) -> None:
        drawn.client.put(f"{drawn.url}/status", {"status": "archived"})
        answer = fix(drawn, "later", "resume", run=True)
        assert (answer.status_code, answer.json()["code"]) == (409, "workflow_archived")
