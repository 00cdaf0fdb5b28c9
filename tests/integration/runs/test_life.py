"""The life of a deployment on the practice cluster: deploy, change, prune, break, go back, take away."""

import pytest

from core.principal import Principal
from realtime.selectors import read
from tests.integration.runs.support import Deployer, actions, deployment, edge, node, shop, work_off
from workflows.models import NodeStatus, Placement, Release, Run, RunStatus, Target
from workflows.runs import errors, services
from workflows.runs.events import stream_of
from workflows.types import GraphInput


def rows() -> dict[str, str]:
    return dict(NodeStatus.objects.values_list("node_id", "state"))


def test_deploys_and_all_is_healthy(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    run = deployer.deploy(workflow)
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "Everything is running.")
    assert actions(run) == {"ConfigMap settings": "create", "Service front": "create", "Deployment web": "create"}
    live = deployer.live("Deployment", "web", "apps")
    assert live is not None
    assert live["status"]["readyReplicas"] == 1
    assert rows() == {"web": "healthy", "front": "healthy", "settings": "healthy"}
    target = Target.objects.get()
    assert target.made_namespace
    assert target.namespace_uid
    assert sorted(entry["kind"] for entry in target.inventory) == ["ConfigMap", "Deployment", "Service"]
    assert Placement.objects.get().state == "applied"
    parent = deployer.live("Secret", f"sailcloth-{target.pk}")
    assert parent is not None
    annotations = parent["metadata"]["annotations"]
    assert annotations["applyset.kubernetes.io/contains-group-kinds"] == "ConfigMap,Deployment.apps,Service"
    assert annotations["sailcloth.io/workflow"] == "Shop"


def test_the_stream_tells_the_story(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    run = deployer.deploy(workflow)
    events = read(stream=stream_of(workflow.pk), after=0, limit=1000)
    runs = [event.payload["data"] for event in events if event.type == "run.changed"]
    assert [runs[0]["phase"], runs[-1]["phase"], runs[-1]["status"]] == ["queued", "done", "succeeded"]
    states = [event.payload["data"]["state"] for event in events if event.subject == "web"]
    assert states[0] == "pending"
    assert states[-1] == "healthy"
    assert "applying" in states
    assert any(event.type == "run.logged" for event in events)
    told = [event.type for event in read(stream=f"workspace:{run.workspace_id}", after=0, limit=1000)]
    assert told.count("run.started") == told.count("run.ended") == 1


def test_an_unchanged_run_applies_nothing(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    before = {kind: deployer.live(kind, name, group) for kind, name, group in KINDS}
    run = deployer.deploy(workflow)
    assert set(actions(run).values()) == {"unchanged"}
    assert run.status == RunStatus.SUCCEEDED
    assert run.version_number == 2
    after = {kind: deployer.live(kind, name, group) for kind, name, group in KINDS}
    for kind in before:
        assert before[kind]["metadata"]["resourceVersion"] == after[kind]["metadata"]["resourceVersion"], kind  # type: ignore[index]


KINDS = (("ConfigMap", "settings", ""), ("Service", "front", ""), ("Deployment", "web", "apps"))


def test_a_change_is_planned_then_applied(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deployer.redraw(workflow, shop(replicas=2))
    plan = deployer.plan(workflow)
    assert plan["summary"] == {
        "create": 0, "update": 1, "unchanged": 2, "delete": 0, "replace": 0, "keep": 0, "refused": 0
    }  # fmt: skip
    changed = next(item for item in plan["objects"] if item["action"] == "update")
    assert changed["diff"] == [{"path": "spec.replicas", "from": 1, "to": 2}]
    assert Run.objects.count() == 1
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED
    live = deployer.live("Deployment", "web", "apps")
    assert live is not None
    assert live["status"]["readyReplicas"] == 2


def test_a_changed_config_rolls_the_pods(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    graph = shop()
    graph.nodes[2]["data"]["data"] = {"COLOUR": "green"}
    deployer.redraw(workflow, graph)
    run = deployer.deploy(workflow)
    assert actions(run) == {"ConfigMap settings": "update", "Service front": "unchanged", "Deployment web": "update"}
    live = deployer.live("ConfigMap", "settings")
    assert live is not None
    assert live["data"] == {"COLOUR": "green"}


def test_what_leaves_the_graph_is_pruned(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deployer.redraw(workflow, GraphInput(nodes=[deployment("web", ports=[{"port": 8080, "name": "http"}])], edges=[]))
    assert deployer.plan(workflow)["summary"]["delete"] == 2
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED
    assert deployer.live("Service", "front") is None
    assert deployer.live("ConfigMap", "settings") is None
    assert deployer.live("Deployment", "web", "apps") is not None
    assert rows() == {"web": "healthy"}
    assert [entry["kind"] for entry in Target.objects.get().inventory] == ["Deployment"]
    parent = deployer.live("Secret", f"sailcloth-{run.target_id}")
    assert parent is not None
    assert parent["metadata"]["annotations"]["applyset.kubernetes.io/contains-group-kinds"] == "Deployment.apps"


def test_what_copied_our_label_is_left_alone(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    run = deployer.deploy(workflow)
    part_of = deployer.live("ConfigMap", "settings")["metadata"]["labels"]["applyset.kubernetes.io/part-of"]  # type: ignore[index]
    metadata = {"name": "copied", "namespace": "shop", "labels": {"applyset.kubernetes.io/part-of": part_of}}
    deployer.make({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED
    assert deployer.live("ConfigMap", "copied") is not None


def test_a_broken_image_fails_with_the_reason(deployer: Deployer) -> None:
    workflow = deployer.draw(shop(image="shop:does-not-exist"))
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.FAILED
    assert 'The image "shop:does-not-exist" cannot be pulled' in run.error
    row = NodeStatus.objects.get(node_id="web")
    assert (row.state, row.health) == ("failed", "degraded")
    assert "cannot be pulled" in row.message
    assert Target.objects.get().current_release is None
    assert Placement.objects.get().state == "failed"
    # Mended, it comes up.
    deployer.redraw(workflow, shop())
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    assert rows()["web"] == "healthy"


def test_not_ready_in_time_says_what_is_not(deployer: Deployer) -> None:
    workflow = deployer.draw(shop(probes={"readiness": {"exec": {"command": ["false"]}}}, pod_annotations=UNREADY))
    run = deployer.deploy(workflow, timeout_seconds=1)
    assert run.status == RunStatus.FAILED
    assert run.error.startswith("Not ready after 1 s: Deployment web")


UNREADY = {"sailcloth.practice/life": "probe"}


def test_a_failure_is_taken_back_on_request(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deployer.redraw(workflow, shop(image="shop:does-not-exist"))
    run = deployer.deploy(workflow, on_failure="rollback")
    assert run.status == RunStatus.ROLLED_BACK
    assert "cannot be pulled" in run.error
    assert "Went back" in run.message
    following = Run.objects.get(rolls_back=run)
    assert (following.operation, following.status, following.version_number) == ("rollback", RunStatus.SUCCEEDED, 1)
    live = deployer.live("Deployment", "web", "apps")
    assert live is not None
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "busybox:1"
    assert rows()["web"] == "healthy"
    target = Target.objects.get()
    assert target.current_release_id == following.release_id
    assert list(Release.objects.order_by("sequence").values_list("source", flat=True)) == [
        "deploy", "deploy", "rollback"
    ]  # fmt: skip
    # The draft is as it was drawn, and the next run is free to start.
    assert deployer.plan(workflow)["summary"]["update"] == 1


def test_the_first_failure_has_nothing_to_go_back_to(deployer: Deployer) -> None:
    workflow = deployer.draw(shop(image="shop:does-not-exist"))
    run = deployer.deploy(workflow, on_failure="rollback")
    assert run.status == RunStatus.FAILED
    assert not Run.objects.exclude(pk=run.pk).exists()


def test_what_was_refused_before_it_began_is_not_taken_back(deployer: Deployer) -> None:
    deployer.deploy(deployer.draw(GraphInput(nodes=[node("theirs", "configmap")], edges=[]), name="First"))
    workflow = deployer.draw(GraphInput(nodes=[node("mine", "configmap")], edges=[]), name="Second")
    deployer.deploy(workflow)
    deployer.redraw(workflow, GraphInput(nodes=[node("mine", "configmap", name="theirs")], edges=[]))
    run = deployer.deploy(workflow, on_failure="rollback")
    assert run.status == RunStatus.FAILED
    assert not run.rollbacks.exists()


def test_going_back_to_an_earlier_run(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    first = deployer.deploy(workflow)
    deployer.redraw(workflow, GraphInput(nodes=[deployment("web", replicas=3)], edges=[]))
    deployer.deploy(workflow)
    assert deployer.live("Service", "front") is None
    back = services.rollback_to(workflow_id=workflow.pk, run_id=first.pk, actor=deployer.actor)
    back = work_off(back)
    assert (back.status, back.version_number, back.operation) == (RunStatus.SUCCEEDED, 1, "rollback")
    assert deployer.live("Service", "front") is not None
    assert deployer.live("Deployment", "web", "apps")["spec"]["replicas"] == 1  # type: ignore[index]
    workflow.refresh_from_db()
    assert '"replicas":3' in workflow.graph
    assert Release.objects.get(sequence=3).sha256 == Release.objects.get(sequence=1).sha256


def test_taking_away_removes_the_namespace_it_made(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    target = deployer.deploy(workflow).target
    run = work_off(services.undeploy_target(target_id=target.pk, actor=deployer.actor))
    assert (run.status, run.operation) == (RunStatus.SUCCEEDED, "undeploy")
    assert deployer.live("Namespace", "shop") is None
    target.refresh_from_db()
    assert (target.inventory, target.made_namespace) == ([], False)
    assert rows() == {}
    with pytest.raises(errors.NothingDeployed):
        services.undeploy_target(target_id=target.pk, actor=deployer.actor)
    # And it can come back.
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    assert Target.objects.get().made_namespace


def test_taking_away_leaves_a_namespace_that_was_there(deployer: Deployer) -> None:
    deployer.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    workflow = deployer.draw(shop())
    target = deployer.deploy(workflow).target
    assert not Target.objects.get().made_namespace
    run = work_off(services.undeploy_target(target_id=target.pk, actor=deployer.actor))
    assert run.status == RunStatus.SUCCEEDED
    assert deployer.live("Namespace", "shop") is not None
    for kind, name, group in KINDS:
        assert deployer.live(kind, name, group) is None
    assert deployer.live("Secret", f"sailcloth-{target.pk}") is None


def test_a_namespace_in_which_others_live_stays(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    target = deployer.deploy(workflow).target
    deployer.make({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs", "namespace": "shop"}})
    run = work_off(services.undeploy_target(target_id=target.pk, actor=deployer.actor))
    assert run.status == RunStatus.SUCCEEDED
    assert run.message == "Everything is removed. The namespace shop stays: it holds ConfigMap theirs."
    assert deployer.live("ConfigMap", "theirs") is not None


def test_a_claim_is_kept_unless_it_is_named(deployer: Deployer) -> None:
    claim = node("data", "persistentvolumeclaim", size="1Gi")
    graph = GraphInput(nodes=[deployment(), claim], edges=[edge("data", "web", path="/data")])
    workflow = deployer.draw(graph)
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    deployer.redraw(workflow, GraphInput(nodes=[deployment()], edges=[]))
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED
    assert actions(run)["PersistentVolumeClaim data"] == "keep"
    assert deployer.live("PersistentVolumeClaim", "data") is not None
    run = deployer.deploy(workflow, delete_claims=("shop/data",))
    assert actions(run)["PersistentVolumeClaim data"] == "delete"
    assert deployer.live("PersistentVolumeClaim", "data") is None or "deletionTimestamp" in str(
        deployer.live("PersistentVolumeClaim", "data")
    )


def test_two_workflows_that_name_one_object(deployer: Deployer) -> None:
    deployer.deploy(deployer.draw(shop(), name="First"))
    other = deployer.draw(GraphInput(nodes=[node("settings", "configmap", data={"A": "b"})], edges=[]), name="Second")
    plan = deployer.plan(other)
    assert plan["summary"]["refused"] == 1
    assert plan["objects"][0]["reason"] == 'It belongs to the workflow "First".'
    run = deployer.deploy(other)
    assert run.status == RunStatus.FAILED
    assert "It belongs to another workflow" in run.error
    assert "First" not in str([run.error, run.message, run.plan, run.journal]), "who reads it is not known yet"
    assert deployer.live("ConfigMap", "settings")["data"] == {"COLOUR": "blue"}  # type: ignore[index]


def test_fields_of_others_are_reported_and_taken_only_on_request(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)

    metadata = {"name": "theirs", "namespace": "shop"}
    deployer.make({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"COLOUR": "red"}})
    graph = GraphInput(nodes=[node("theirs", "configmap", data={"COLOUR": "green"})], edges=[])
    other = deployer.draw(graph, name="Other")
    plan = deployer.plan(other)
    assert plan["summary"]["refused"] == 1
    assert "Run with force_conflicts to take these fields over." in plan["objects"][0]["reason"]
    assert deployer.deploy(other).status == RunStatus.FAILED
    assert deployer.live("ConfigMap", "theirs")["data"] == {"COLOUR": "red"}  # type: ignore[index]
    run = deployer.deploy(other, force_conflicts=True)
    assert run.status == RunStatus.SUCCEEDED
    assert deployer.live("ConfigMap", "theirs")["data"] == {"COLOUR": "green"}  # type: ignore[index]


def test_what_must_be_there_already_is_looked_for(deployer: Deployer) -> None:
    graph = GraphInput(
        nodes=[node("theirs", "configmap", existing=True), deployment("web")], edges=[edge("theirs", "web")]
    )
    workflow = deployer.draw(graph)
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.FAILED
    assert run.error == "ConfigMap theirs does not exist in the namespace shop; make it first."
    assert rows()["theirs"] == "failed"
    deployer.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    metadata = {"name": "theirs", "namespace": "shop"}
    deployer.make({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"COLOUR": "red"}})
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert rows() == {"theirs": "healthy", "web": "healthy"}
    work_off(services.undeploy_target(target_id=run.target_id, actor=deployer.actor))
    assert deployer.live("ConfigMap", "theirs") is not None
    assert rows() == {}


def test_a_node_that_was_refused_and_left_is_forgotten(deployer: Deployer) -> None:
    deployer.deploy(deployer.draw(GraphInput(nodes=[node("one", "configmap")], edges=[]), name="First"))
    two = node("two", "configmap")
    other = deployer.draw(GraphInput(nodes=[node("mine", "configmap", name="one"), two], edges=[]), name="Second")
    run = deployer.deploy(other)
    assert run.status == RunStatus.FAILED
    assert dict(NodeStatus.objects.filter(target=run.target).values_list("node_id", "state"))["mine"] == "failed"
    deployer.redraw(other, GraphInput(nodes=[two], edges=[]))
    assert deployer.deploy(other).status == RunStatus.SUCCEEDED
    assert dict(NodeStatus.objects.filter(target=run.target).values_list("node_id", "state")) == {"two": "healthy"}


def test_after_edges_order_the_waves(deployer: Deployer) -> None:
    graph = GraphInput(nodes=[deployment("api"), deployment("db")], edges=[edge("api", "db")])
    run = deployer.deploy(deployer.draw(graph))
    assert run.status == RunStatus.SUCCEEDED
    items = {item["name"]: item for item in run.journal["state"]["items"]}
    assert items["db"]["applied_at"] <= items["api"]["applied_at"]
    assert items["api"]["wave"] == 2


def test_a_job_runs_once_per_change(deployer: Deployer) -> None:
    job = node("migrate", "job", image="busybox:1", command=["true"])
    workflow = deployer.draw(GraphInput(nodes=[job], edges=[]))
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    uid = deployer.live("Job", "migrate", "batch")["metadata"]["uid"]  # type: ignore[index]
    assert actions(deployer.deploy(workflow)) == {"Job migrate": "unchanged"}
    changed = node("migrate", "job", image="busybox:1", command=["sh", "-c", "exit 0"])
    deployer.redraw(workflow, GraphInput(nodes=[changed], edges=[]))
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED
    assert actions(run) == {"Job migrate": "replace"}
    assert deployer.live("Job", "migrate", "batch")["metadata"]["uid"] != uid  # type: ignore[index]


def test_two_targets_of_one_workflow_are_apart(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deployer.namespace = "second"
    deployer.deploy(workflow)
    assert Target.objects.count() == 2
    second = Target.objects.get(namespace="second")
    work_off(services.undeploy_target(target_id=second.pk, actor=deployer.actor))
    assert deployer.live("Namespace", "second") is None
    assert deployer.live("Deployment", "web", "apps", namespace="shop") is not None


def test_deleting_a_workflow_can_clean_up(deployer: Deployer) -> None:
    from workflows.services import delete_workflow

    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deleted = delete_workflow(workflow_id=workflow.pk, cleanup=True, actor=deployer.actor)
    (run_id,) = deleted.run_ids
    run = work_off(Run.objects.get(pk=run_id))
    assert run.status == RunStatus.SUCCEEDED
    assert deployer.live("Namespace", "shop") is None


def test_a_cluster_with_live_targets_says_so(deployer: Deployer) -> None:
    from clusters.services.live_targets import live_targets

    workflow = deployer.draw(shop())
    assert live_targets(deployer.cluster.pk) is None
    target = deployer.deploy(workflow).target
    assert live_targets(deployer.cluster.pk) == ["Shop in namespace shop"]
    work_off(services.undeploy_target(target_id=target.pk, actor=deployer.actor))
    assert live_targets(deployer.cluster.pk) is None


def test_others_see_nothing_of_it(deployer: Deployer) -> None:
    run = deployer.deploy(deployer.draw(shop()))
    stranger = Principal(deployer.actor.kind, "0" * 36, "another-workspace", "eve@example.com")
    for call in (
        lambda: services.cancel_run(run_id=run.pk, actor=stranger),
        lambda: services.undeploy_target(target_id=run.target_id, actor=stranger),
        lambda: services.rollback_to(workflow_id=run.workflow_id, run_id=run.pk, actor=stranger),
        lambda: services.start_run(workflow_id=run.workflow_id, actor=stranger),
        lambda: services.plan_run(workflow_id=run.workflow_id, actor=stranger),
    ):
        with pytest.raises(errors.NotFound):
            call()
