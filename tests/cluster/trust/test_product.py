"""What needs the whole product: going back by itself, owners by name, drift, and two targets of one workflow. By REST,
with the worker in the test's own thread."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clusters.kube.gateway import NotFound
from clusters.models import Cluster
from clusters.services import call, gateway_for
from tests.cluster.runs.conftest import Rest
from tests.integration.live.support import PATIENCE, watching
from tests.integration.runs.support import edge, node, rewrite

Json = dict[str, Any]
Look = Callable[..., Json | None]

# Nothing here needs a pod that runs, so that it is fast.
JOB = {"image": "busybox:1", "command": ["sh", "-c", "exit 1"], "backoff_limit": 0}


@pytest.fixture(autouse=True)
def _without_waiting(rest: Rest, look: Look) -> Iterator[None]:
    """Namespaces go by themselves; a real cluster takes seconds for each."""
    yield
    gateway = gateway_for(Cluster.objects.get(name=rest.cluster).pk)
    rest.made.clear()
    for name in (rest.namespace, f"{rest.namespace}-2"):
        with contextlib.suppress(NotFound):
            call(gateway.raw("DELETE", f"/api/v1/namespaces/{name}"))


def config(node_id: str, **data: str) -> Json:
    return node(node_id, "configmap", data=data or {"A": "b"})


def web(replicas: int = 0, **data: Any) -> Json:
    usual = {"image": "busybox:1", "command": ["sleep", "86400"], "termination_grace_seconds": 0}
    return node("web", "deployment", replicas=replicas, **usual, **data)


def data_of(look: Look, name: str) -> Json | None:
    live = look("ConfigMap", name)
    return live["data"] if live else None


def test_a_failed_run_is_taken_back_and_remembered(rest: Rest, look: Look) -> None:
    workflow = rest.draw([config("a", A="1"), config("leaves"), web()], [])
    first = rest.run(workflow)
    assert first["status"] == "succeeded", first["error"]
    # It prunes last, so what has left the graph was never away; what it added goes again.
    rest.save(
        workflow, [config("a", A="2"), config("new"), node("migrate", "job", **JOB), web()], [edge("web", "migrate")]
    )
    failed = rest.run(workflow, on_failure="rollback", timeout_seconds=60)
    assert failed["status"] == "rolled_back", failed["message"]
    assert "Job migrate" in failed["error"]
    assert "Went back to what ran before" in failed["message"]
    assert (data_of(look, "a"), data_of(look, "leaves"), data_of(look, "new")) == ({"A": "1"}, {"A": "b"}, None)
    assert look("Job", "migrate", "batch") is None
    # The failed release is remembered, and shown with what went wrong where.
    back = rest.get(f"runs/{failed['rolled_back_by']}")
    assert (back["operation"], back["status"], back["rolls_back"]) == ("rollback", "succeeded", failed["run_id"])
    assert (failed["release"], back["release"], back["version"]) == (2, 3, 1)
    (job,) = [item for item in failed["objects"] if item["kind"] == "Job"]
    assert (job["health"], job["node_id"]) == ("degraded", "migrate")
    # The draft is as it was drawn, and by hand one may go to the failed release as well as to the first.
    assert {each["id"] for each in rest.get(f"workflows/{workflow}")["nodes"]} == {"a", "new", "migrate", "web"}
    rest.save(workflow, [config("a", A="3")], [])
    assert rest.run(workflow)["status"] == "succeeded"
    assert data_of(look, "leaves") is None
    again = rest.finish(rest.post(f"workflows/{workflow}/rollback", {"run_id": first["run_id"]}))
    assert again["status"] == "succeeded", again["error"]
    assert (data_of(look, "a"), data_of(look, "leaves")) == ({"A": "1"}, {"A": "b"})
    assert look("Deployment", "web", "apps") is not None


def test_what_belongs_to_another_workflow_or_target(rest: Rest, look: Look) -> None:
    workflow = rest.draw([config("a", A="1")], [], name="First shop")
    assert rest.run(workflow)["status"] == "succeeded"
    thief = rest.draw([config("a", A="2"), config("own")], [], name="Thief")
    plan = rest.plan(thief)
    refused = next(item for item in plan["objects"] if item["action"] == "refused")
    assert (refused["name"], refused["reason"]) == ("a", 'It belongs to the workflow "First shop".')
    run = rest.run(thief, force_conflicts=True)
    assert run["status"] == "failed"
    assert 'the workflow "First shop"' in run["error"]
    assert (data_of(look, "a"), data_of(look, "own")) == ({"A": "1"}, None)
    # The same workflow from another namespace, with an object that names the first one.
    node_ = config("a", A="3")
    node_["data"]["namespace"] = rest.namespace
    rest.save(workflow, [node_], [])
    place, rest.namespace = rest.namespace, f"{rest.namespace}-2"
    run = rest.run(workflow)
    rest.namespace = place
    assert run["status"] == "failed"
    assert 'the workflow "First shop"' in run["error"]
    assert data_of(look, "a") == {"A": "1"}


def test_what_was_taken_over_is_shown_as_anothers(rest: Rest) -> None:
    workflow = rest.draw([config("a", A="1")], [], name="First shop")
    thief = rest.draw([config("a", A="1")], [], name="Thief")
    assert rest.run(workflow)["status"] == "succeeded"

    def until(state: str, message: str) -> None:
        """The run knows before the watcher does, who may say the old once more."""
        deadline = time.monotonic() + PATIENCE
        while True:
            node = rest.get(f"workflows/{workflow}/status")["nodes"][0]
            if (node["state"], node["message"]) == (state, message):
                return
            assert time.monotonic() < deadline, node
            time.sleep(0.05)

    with watching(gateway_for):
        until("healthy", "")
        assert rest.run(thief, take_over=True)["status"] == "succeeded"
        until("idle", 'Managed by the workflow "Thief" now.')
        assert rest.run(workflow, take_over=True)["status"] == "succeeded"
        until("healthy", "")


def test_drift_reverted_and_adopted(rest: Rest, look: Look) -> None:
    workflow = rest.draw([config("a", A="1"), config("b", B="1"), web()], [])
    assert rest.run(workflow)["status"] == "succeeded"
    url = f"workflows/{workflow}/drift"
    assert rest.get(url)["objects"] == []
    gateway = gateway_for(Cluster.objects.get(name=rest.cluster).pk)

    def change(kind: str, name: str, group: str, edit: Callable[[Json], None], manager: str) -> None:
        live = look(kind, name, group)
        assert live is not None
        edit(live)
        rewrite(gateway, live, manager=manager)

    change("Deployment", "web", "apps", lambda live: live["spec"].update(replicas=1, paused=True), "kubectl-scale")
    change("ConfigMap", "a", "", lambda live: live["data"].update(A="2"), "kubectl-edit")
    change("ConfigMap", "b", "", lambda live: live["data"].update(B="2"), "painter")
    found = {item["name"]: [(f["path"], f["expected"], f["live"], f["manager"]) for f in item["fields"]]
             for item in rest.get(url)["objects"]}  # fmt: skip
    assert found == {
        "web": [("spec.replicas", 0, 1, "kubectl-scale")],
        "a": [("data.A", "1", "2", "kubectl-edit")],
        "b": [("data.B", "1", "2", "painter")],
    }
    names = {name: {"kind": kind, "namespace": rest.namespace, "name": name}
             for kind, name in (("Deployment", "web"), ("ConfigMap", "a"), ("ConfigMap", "b"))}  # fmt: skip
    run = rest.finish(rest.post(f"{url}/revert", {"objects": [names["b"]]}))
    assert run["status"] == "succeeded", run["error"]
    assert (data_of(look, "a"), data_of(look, "b")) == ({"A": "2"}, {"B": "1"})
    saved = rest.post(f"{url}/adopt", {"objects": [names["web"], names["a"]]})
    overrides = {each["id"]: each["data"].get("overrides") for each in saved["nodes"]}
    assert overrides == {"web": {"spec": {"replicas": 1}}, "a": {"data": {"A": "2"}}, "b": None}
    # Now it is ours: it runs without a conflict, and leaves when it leaves the graph.
    assert rest.run(workflow)["status"] == "succeeded"
    assert rest.get(url)["objects"] == []
    rest.save(workflow, [config("a", A="1"), config("b", B="1"), web()], [])
    run = rest.run(workflow)
    assert run["status"] == "succeeded", run["error"]
    assert data_of(look, "a") == {"A": "1"}
    assert (look("Deployment", "web", "apps") or {})["spec"]["replicas"] == 0
