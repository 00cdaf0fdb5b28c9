"""Nodes show what is really happening to them, on the practice cluster."""

import time

from tests.integration.live.support import PATIENCE, deployment, watching
from workflows.models import NodeStatus, Run


def test_a_node_turns_green_and_says_why_when_it_breaks(ground, gateways):
    ground.apply(deployment("web"))
    with watching(gateways):
        row = ground.wait("web", "healthy", "healthy")
        assert row.message == ""
        assert [(item["kind"], item["name"], item["health"]) for item in row.objects_state] == [
            ("Deployment", "web", "healthy")
        ]
        ground.apply(deployment("web", image="registry.example/does-not-exist:2"))
        row = ground.wait("web", "failed", "degraded")
        assert row.objects_state[0]["reason"] in ("ErrImagePull", "ImagePullBackOff")
        assert row.message == 'The image "registry.example/does-not-exist:2" cannot be pulled: it does not exist.'
        ground.apply(deployment("web", image="busybox:2"))
        ground.wait("web", "healthy", "healthy")


def test_what_is_deleted_behind_our_back_is_shown(ground, gateways):
    ground.apply(deployment("web"), {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})
    with watching(gateways):
        ground.wait("web", "healthy")
        ground.wait("settings", "healthy")
        ground.delete("Deployment", "web", "apps")
        row = ground.wait("web", "deleted", "missing")
        assert row.objects_state[0]["message"] == "It is not in the cluster."
        assert ground.node("settings").state == "healthy"
        ground.apply(deployment("web"))
        ground.wait("web", "healthy")


def test_a_target_is_picked_up_as_it_is_deployed_and_forgotten_when_it_is_undeployed(ground, make_ground, gateways):
    with watching(gateways) as watcher:
        ground.apply(deployment("web"))
        ground.wait("web", "healthy")
        second = make_ground()
        second.apply(deployment("api"))
        second.wait("api", "healthy")
        assert watcher.led == {ground.cluster.pk, second.cluster.pk}
        ground.forget()
        ground.delete("Deployment", "web", "apps")
        second.apply(deployment("api", image="busybox:missing"))
        second.wait("api", "failed")
        deadline = time.monotonic() + PATIENCE
        while watcher.led != {second.cluster.pk}:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert ground.node("web") is None


def test_what_a_run_has_in_hand_is_left_to_it(ground, gateways):
    NodeStatus.objects.create(target=ground.target, node_id="web", state="applying", health="progressing")
    run = Run.objects.create(workspace=ground.target.workspace, workflow=ground.workflow, target=ground.target)
    ground.apply(deployment("web"), deployment("api"))
    with watching(gateways):
        ground.wait("api", "healthy")
        assert ground.node("web").state == "applying"
        run.status = "succeeded"
        run.save()
        ground.wait("web", "healthy")


def test_a_job_that_was_cleaned_up_after_it_ran_is_not_missing(ground, gateways):
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "migrate"},
        "spec": {
            "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "busybox:1"}]}}
        },
    }
    ground.apply(job)
    with watching(gateways):
        ground.wait("migrate", "healthy")
        ground.delete("Job", "migrate", "batch")
        row = ground.wait("migrate", "healthy")
        while row.objects_state[0]["message"] != "It ran, and was cleaned up since.":
            row = ground.wait("migrate", "healthy")
    ground.target.refresh_from_db()
    assert ground.target.inventory[0]["is_completed"] is True


def test_warnings_reach_the_node(ground, gateways):
    life = "sailcloth.practice/life"
    ground.apply(
        deployment("probed", **{life: "probe"}),
        deployment("crashing", **{life: "crash"}),
        deployment("eating", **{life: "oom"}),
        deployment("homeless", **{life: "unschedulable"}),
    )
    with watching(gateways):
        ground.hear("probed", "readiness probe fails")
        ground.hear("crashing", "keeps crashing: it exited with code 1")
        ground.hear("eating", "ran out of memory")
        ground.hear("homeless", "No node can take the pod")
