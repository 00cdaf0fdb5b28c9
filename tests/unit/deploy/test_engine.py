"""Whole runs of the engine over a cluster in memory."""

import pytest

from plugins.sdk.objects import ObjectKey, Reference, Wait, WaitCondition
from tests.unit.deploy.harness import World, body, config, workload
from workflows.deploy.applyset import applyset_id
from workflows.deploy.journal import Outcome, Phase
from workflows.deploy.others import belongs_to, other


def test_the_vector_of_the_specification() -> None:
    assert applyset_id("sailcloth-demo", "default") == "applyset-qZgwEZBdhc-dznUHMxjjj__a1_hQya_6Eer5TIJgC04-v1"


def test_a_first_run_makes_namespace_parent_and_objects() -> None:
    world = World()
    state = world.deploy(config("settings", A="b"), workload("web"))
    assert (state.outcome, state.message) == (Outcome.SUCCEEDED, "Everything is running.")
    assert world.cluster.names() == {"ConfigMap settings", "Deployment web"}
    assert state.made_namespace
    assert world.cluster.writes[0] == "create Namespace shop"
    # What others stand on goes first.
    assert world.cluster.writes.index("apply ConfigMap settings") < world.cluster.writes.index("apply Deployment web")
    assert [each.name for each in state.stretches] == [
        Phase.PLANNING, Phase.PREPARING, Phase.FIRST, Phase.GATING, Phase.CHECKING, Phase.APPLYING, Phase.WAITING,
        Phase.SWEEPING, Phase.PRUNING, Phase.CLOSING, Phase.DONE,
    ]  # fmt: skip


def test_nothing_changed_nothing_written() -> None:
    world = World()
    bodies = (config("settings", A="b"), workload("web"))
    world.deploy(*bodies)
    world.cluster.writes.clear()
    assert world.deploy(*bodies).outcome is Outcome.SUCCEEDED
    # The parent's release annotation is all that may differ, and here it does not.
    assert world.cluster.writes == []


def test_only_what_changed_is_written() -> None:
    world = World()
    world.deploy(config("settings", A="b"), workload("web"))
    world.cluster.writes.clear()
    world.deploy(config("settings", A="c"), workload("web"))
    assert world.cluster.writes == ["apply ConfigMap settings"]


def test_every_write_is_guarded() -> None:
    world = World()
    world.deploy(config("a"), workload("b"))
    world.deploy(config("a", X="y"))
    world.undeploy()
    assert world.guarded == len(world.cluster.writes)


def test_prune_takes_what_is_ours_alone() -> None:
    world = World()
    world.deploy(config("a"), config("b"), workload("web"))
    copied = config("copied")
    copied["metadata"]["labels"]["applyset.kubernetes.io/part-of"] = world.parent.id
    world.cluster.put(copied)
    owned = world.cluster.find("ConfigMap", "b")
    assert owned is not None
    owned["metadata"]["ownerReferences"] = [{"uid": "x", "kind": "Other", "name": "other"}]
    state = world.deploy(config("a"))
    assert state.outcome is Outcome.SUCCEEDED
    assert world.cluster.names() == {"ConfigMap a", "ConfigMap copied", "ConfigMap b"}


def test_what_was_replaced_in_between_is_not_deleted() -> None:
    world = World()
    world.deploy(config("a"), config("b"))
    content = world.content(config("a"))
    executor = world.executor(content)
    state = world.start(content)
    from workflows.deploy.record import record
    from workflows.deploy.steps import StepKind, next_steps

    while next_steps(state)[0].kind is not StepKind.DELETE:
        for step in next_steps(state):
            state = record(state, step, world.carry_out(executor, step, state))
    world.cluster.objects.pop(("", "ConfigMap", "shop", "b"))
    world.cluster.put(config("b", THEIRS="yes"))
    state = world.go_on(state, content)
    assert state.outcome is Outcome.SUCCEEDED
    assert world.cluster.find("ConfigMap", "b")["data"] == {"THEIRS": "yes"}  # type: ignore[index]


def test_a_claim_is_kept_and_stays_in_the_inventory() -> None:
    world = World()
    claim = body("PersistentVolumeClaim", "data", spec={"size": 1})
    world.deploy(claim, config("a"))
    state = world.deploy(config("a"))
    assert world.cluster.find("PersistentVolumeClaim", "data") is not None
    assert any(key.name == "data" for key in world.known)
    assert "A claim holds data and is kept" in " ".join(line.message for line in state.log)
    world.deploy(config("a"), delete_claims=("shop/data",))
    assert world.cluster.find("PersistentVolumeClaim", "data") is None
    assert not any(key.name == "data" for key in world.known)


def test_claims_of_a_claim_template_are_kept_with_it_gone() -> None:
    world = World()
    spec = {"replicas": 1, "template": {}, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]}
    world.cluster.moods["db"] = "well"
    world.deploy(body("StatefulSet", "db", api="apps/v1", spec=spec), config("a"))
    world.cluster.put(body("PersistentVolumeClaim", "data-db-0"))
    world.cluster.put(body("PersistentVolumeClaim", "data-other-0"))
    world.deploy(config("a"))
    assert world.cluster.names() == {
        "ConfigMap a", "PersistentVolumeClaim data-db-0", "PersistentVolumeClaim data-other-0"
    }  # fmt: skip


def test_an_object_of_another_set_is_refused() -> None:
    first = World()
    first.deploy(config("settings", A="b"))
    second = World(target="other", cluster=first.cluster)
    document = second.plan(config("settings", A="c"))
    assert document["summary"]["refused"] == 1
    assert document["objects"][0]["reason"] == belongs_to(first.parent.id)
    state = second.deploy(config("settings", A="c"), config("mine"))
    assert state.outcome is Outcome.FAILED
    assert belongs_to(first.parent.id) in state.message
    assert "Shop" not in str(document) + state.message, "what is kept names nobody"
    assert first.cluster.names() == {"ConfigMap settings"}


def test_an_object_of_another_set_is_taken_over_on_request() -> None:
    first = World()
    first.deploy(config("settings", A="b"))
    second = World(target="other", cluster=first.cluster)
    ours = frozenset({first.parent.id})
    row = second.plan(config("settings", A="b"), take_over=True, takes_from=ours)["objects"][0]
    assert (row["action"], row["reason"]) == ("update", f"Takes it over from {other(first.parent.id)}.")
    assert [change["path"] for change in row["diff"]] == ["metadata.labels.applyset.kubernetes.io/part-of"]
    state = second.deploy(config("settings", A="b"), take_over=True, takes_from=ours)
    assert state.outcome is Outcome.SUCCEEDED
    assert second.plan(config("settings", A="b"))["objects"][0]["action"] == "unchanged"
    # The first one neither changes nor removes it any more.
    assert first.deploy(config("settings", A="c")).outcome is Outcome.FAILED
    assert first.run(first.content(), "undeploy").outcome is Outcome.SUCCEEDED
    assert "ConfigMap settings" in first.cluster.names()


def test_nothing_is_taken_over_from_whom_this_workspace_does_not_know() -> None:
    first = World()
    first.deploy(config("settings", A="b"))
    second = World(target="other", cluster=first.cluster)
    state = second.deploy(config("settings", A="c"), take_over=True, force_conflicts=True)
    assert (state.outcome, "It belongs to" in state.message) == (Outcome.FAILED, True)


def test_conflicts_name_manager_and_field() -> None:
    world = World("shop")
    world.cluster.put(config("settings", A="theirs"), "helm")
    document = world.plan(config("settings", A="ours"))
    assert document["objects"][0]["reason"] == ("helm set data.A. Run with force_conflicts to take these fields over.")
    assert world.deploy(config("settings", A="ours")).outcome is Outcome.FAILED
    state = world.deploy(config("settings", A="ours"), force_conflicts=True)
    assert state.outcome is Outcome.SUCCEEDED
    assert world.cluster.find("ConfigMap", "settings")["data"] == {"A": "ours"}  # type: ignore[index]


def test_what_kubectl_applied_becomes_ours_and_can_leave() -> None:
    world = World("shop")
    world.cluster.put(config("settings", A="b", OLD="x"), "kubectl-client-side-apply")
    state = world.deploy(config("settings", A="b", OLD="x"))
    assert state.outcome is Outcome.SUCCEEDED
    assert "adopt ConfigMap settings" in world.cluster.writes
    world.deploy(config("settings", A="b"))
    assert world.cluster.find("ConfigMap", "settings")["data"] == {"A": "b"}  # type: ignore[index]


def test_an_autoscaler_that_arrives_does_not_reset_the_replicas() -> None:
    world = World()
    world.deploy(workload("web", replicas=5))
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = body("HorizontalPodAutoscaler", "web-scaler", api="autoscaling/v2", spec={"scaleTargetRef": target})
    state = world.deploy(workload("web", replicas=None), scaler)
    assert state.outcome is Outcome.SUCCEEDED
    assert world.cluster.find("Deployment", "web")["spec"]["replicas"] == 5  # type: ignore[index]


def test_after_edges_hold_back_until_healthy() -> None:
    world = World()
    world.cluster.moods["db"] = "slow"
    content = world.content(workload("web"), workload("db"), waits=[Wait("web", "db")])
    state = world.start(content, timeout_seconds=5)
    state = world.go_on(state, content)
    assert state.outcome is Outcome.FAILED
    assert "Deployment db" in state.message
    assert world.cluster.find("Deployment", "web") is None
    world.cluster.moods["db"] = "well"
    state = world.run(content)
    assert state.outcome is Outcome.SUCCEEDED
    assert (state.waves, world.cluster.find("Deployment", "web") is not None) == (2, True)


def test_after_a_job_waits_for_its_completion() -> None:
    world = World()
    job = body("Job", "migrate", api="batch/v1", spec={"template": {"v": 1}})
    world.cluster.moods["migrate"] = "slow"
    content = world.content(workload("web"), job, waits=[Wait("web", "migrate", WaitCondition.COMPLETED)])
    state = world.run(content, timeout_seconds=10)
    assert state.outcome is Outcome.FAILED
    assert world.cluster.find("Deployment", "web") is None
    world.cluster.moods["migrate"] = "well"
    assert world.run(content).outcome is Outcome.SUCCEEDED


def test_a_failure_ends_the_run_with_its_reason() -> None:
    world = World()
    world.cluster.moods["web"] = "broken"
    state = world.deploy(workload("web"), config("a"))
    assert state.outcome is Outcome.FAILED
    assert state.message.startswith("Failed: Deployment web (")


def test_an_old_failure_gets_a_while_to_recover() -> None:
    world = World()
    world.cluster.moods["web"] = "broken"
    world.deploy(workload("web"), config("a"))
    # The same again: nothing is written, and it is still broken.
    began = world.clock()
    state = world.deploy(workload("web"), config("a"))
    assert state.outcome is Outcome.FAILED
    assert 30 <= world.clock() - began < 60
    world.cluster.moods["web"] = "well"
    assert world.deploy(workload("web"), config("a")).outcome is Outcome.SUCCEEDED


def test_jobs_run_once_per_change() -> None:
    world = World()
    first = body("Job", "migrate", api="batch/v1", spec={"template": {"v": 1}})
    world.deploy(first)
    assert world.plan(first)["objects"][0]["action"] == "unchanged"
    second = body("Job", "migrate", api="batch/v1", spec={"template": {"v": 2}})
    row = world.plan(second)["objects"][0]
    assert (row["action"], row["reason"]) == ("replace", "A job cannot change, so it is deleted and made again.")
    uid = world.cluster.find("Job", "migrate")["metadata"]["uid"]  # type: ignore[index]
    assert world.deploy(second).outcome is Outcome.SUCCEEDED
    assert world.cluster.find("Job", "migrate")["metadata"]["uid"] != uid  # type: ignore[index]
    # Cleaned up by its TTL, it counts as done.
    world.cluster.objects.pop(("batch", "Job", "shop", "migrate"))
    world.cluster.writes.clear()
    assert world.deploy(second).outcome is Outcome.SUCCEEDED
    assert world.cluster.writes == []


@pytest.mark.parametrize(
    ("policy", "operation", "action"),
    [
        ({"run": "manual"}, "deploy", "keep"),
        ({"run": "every_run"}, "deploy", "replace"),
        ({}, "rollback", "keep"),
        ({"on_rollback": "run"}, "rollback", "unchanged"),
    ],
)
def test_policies_of_jobs(policy: dict[str, str], operation: str, action: str) -> None:
    world = World()
    job = body("Job", "migrate", api="batch/v1", spec={"template": {"v": 1}})
    world.deploy(job)
    planned = world.planned(world.content(job, policies={"migrate": policy}), operation=operation)
    assert planned.document["objects"][0]["action"] == action


def test_a_failed_job_runs_again() -> None:
    world = World()
    world.cluster.moods["migrate"] = "broken"
    job = body("Job", "migrate", api="batch/v1", spec={"template": {"v": 1}})
    assert world.deploy(job).outcome is Outcome.FAILED
    world.cluster.moods["migrate"] = "well"
    assert world.deploy(job).outcome is Outcome.SUCCEEDED


def test_kinds_come_before_what_is_of_them() -> None:
    world = World()
    crd = body(
        "CustomResourceDefinition", "things.example.com", api="apiextensions.k8s.io/v1", namespace="",
        spec={"group": "example.com", "scope": "Namespaced", "names": {"kind": "Thing"}},
    )  # fmt: skip
    thing = body("Thing", "one", api="example.com/v1", spec={"size": 1})
    row = next(each for each in world.plan(crd, thing)["objects"] if each["kind"] == "Thing")
    assert (row["action"], row["verified"]) == ("create", False)
    state = world.deploy(crd, thing)
    assert state.outcome is Outcome.SUCCEEDED, state.message
    assert world.cluster.writes.index("apply CustomResourceDefinition things.example.com") < world.cluster.writes.index(
        "apply Thing one"
    )
    # While others have objects of it, the kind stays.
    world.cluster.put(body("Thing", "theirs", api="example.com/v1"))
    world.deploy(config("a"))
    assert world.cluster.find("CustomResourceDefinition", "things.example.com") is not None
    assert world.cluster.find("Thing", "one") is None


def test_references_must_be_there() -> None:
    world = World("shop")
    reference = Reference(ObjectKey("", "Secret", "shop", "token"), "token")
    content = world.content(config("a"), references=[reference])
    state = world.run(content)
    assert state.outcome is Outcome.FAILED
    assert state.message == "Secret token does not exist in the namespace shop; make it first."
    world.cluster.put(body("Secret", "token"))
    assert world.run(content).outcome is Outcome.SUCCEEDED


def test_a_cluster_that_does_not_answer_is_waited_for() -> None:
    world = World()
    content = world.content(config("a"))
    state = world.start(content)
    executor = world.executor(content)
    from workflows.deploy.record import record
    from workflows.deploy.steps import next_steps

    world.cluster.is_down = True
    state = record(state, next_steps(state)[0], world.carry_out(executor, next_steps(state)[0], state))
    assert (state.outcome, state.trouble) == (None, "connection refused.")
    world.cluster.is_down = False
    assert world.go_on(state, content).outcome is Outcome.SUCCEEDED
    world.cluster.is_down = True
    state = world.run(content)
    assert (state.outcome, state.message) == (Outcome.FAILED, "connection refused.")


def test_undeploy_takes_everything_and_the_namespace_it_made() -> None:
    world = World()
    world.deploy(config("a"), workload("web"))
    state = world.undeploy()
    assert (state.outcome, state.message) == (Outcome.SUCCEEDED, "Everything is removed.")
    assert world.cluster.find("Namespace", "shop") is None
    assert world.known == {}


def test_undeploy_spares_a_namespace_of_others() -> None:
    world = World("shop")
    world.deploy(config("a"))
    assert world.undeploy().outcome is Outcome.SUCCEEDED
    assert world.cluster.find("Namespace", "shop") is not None
    assert not any(key[1] == "Secret" for key in world.cluster.objects)


def test_undeploy_waits_for_finalizers() -> None:
    world = World()
    world.deploy(config("a"))
    held = world.cluster.find("ConfigMap", "a")
    assert held is not None
    held["metadata"]["finalizers"] = ["example.com/hold"]
    state = world.undeploy(timeout_seconds=20)
    assert state.outcome is Outcome.FAILED
    assert state.message == "Still there after 20 s: ConfigMap shop/a."
    world.cluster.objects.pop(("", "ConfigMap", "shop", "a"))
    assert world.undeploy().outcome is Outcome.SUCCEEDED


def test_secret_values_reach_the_wire_and_nothing_else() -> None:
    world = World()
    secret = body("Secret", "token", data={"KEY": {"$revision": "r1"}}, type="Opaque")
    state = world.deploy(secret, values={"r1": "canary-value"})
    assert state.outcome is Outcome.SUCCEEDED
    assert world.cluster.find("Secret", "token")["data"] == {"KEY": "Y2FuYXJ5LXZhbHVl"}  # type: ignore[index]
    changed = body("Secret", "token", data={"KEY": {"$revision": "r2"}}, type="Opaque")
    planned = world.planned(world.content(changed), values={"r2": "second-canary"})
    diff = planned.document["objects"][0]["diff"]
    assert diff == [{"path": "data.KEY", "from": "<secret>", "to": "<secret>"}]
    for text in (str(state.to_json()), str(planned.document), str(world.known)):
        assert "canary" not in text
        assert "Y2FuYXJ5" not in text
