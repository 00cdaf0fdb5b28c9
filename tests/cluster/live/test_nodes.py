"""The same nodes, told in the same words, by the practice cluster and by a real one."""

import pytest

from clusters.kube import loop
from tests.integration.live.support import deployment

MISSING = "registry.invalid/sailcloth/does-not-exist:1"


def job(name, *command):
    container = {"name": "app", "image": "busybox:1", "imagePullPolicy": "IfNotPresent", "command": list(command)}
    pod = {"spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": pod},
    }


def reason(row):
    return row.objects_state[0]["reason"]


def test_from_green_to_broken_and_back(ground):
    ground.apply(deployment("web", replicas=2))
    row = ground.wait("web", "healthy", "healthy")
    assert (row.objects_state[0]["ready"], row.objects_state[0]["wanted"]) == (2, 2)
    assert (row.last_change["what"], row.last_change["to"]) == ("state", "healthy")
    ground.apply(deployment("web", image=MISSING, replicas=2))
    row = ground.hear("web", f'The image "{MISSING}" cannot be pulled')
    assert reason(row) in ("ErrImagePull", "ImagePullBackOff")
    assert row.objects_state[0]["wanted"] == 2
    ground.apply(deployment("web", replicas=2))
    ground.wait("web", "healthy", "healthy")


def test_deleted_behind_our_back(ground):
    ground.apply(
        deployment("web"),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}, "stringData": {"a": "b"}},
    )
    for name in ("web", "settings", "password"):
        ground.wait(name, "healthy")
    ground.delete("ConfigMap", "settings")
    ground.delete("Deployment", "web", "apps")
    ground.wait("settings", "deleted", "missing")
    ground.wait("web", "deleted", "missing")
    assert ground.node("password").state == "healthy"


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("config", {"envFrom": [{"configMapRef": {"name": "absent"}}]}, 'The config map "absent" does not exist.'),
        ("mount", {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}, 'The secret "absent" does not exist.'),
        ("large", {"resources": {"requests": {"cpu": "900"}}}, "No node can take the pod"),
        ("crash", {"command": ["sh", "-c", "exit 3"]}, "exited with code 3"),
    ],
)
def test_what_keeps_a_pod_from_running_is_said(ground, name, change, words):
    body = deployment(name)
    pod = body["spec"]["template"]["spec"]
    pod["containers"][0].update(change)
    if name == "mount":
        pod["volumes"] = [{"name": "v", "secret": {"secretName": "absent"}}]
    ground.apply(body)
    ground.hear(name, words)


def test_jobs(ground):
    ground.apply(job("good", "true"), job("bad", "sh", "-c", "exit 7"), job("long", "sleep", "3600"))
    ground.wait("good", "healthy")
    row = ground.wait("bad", "failed", "degraded")
    assert (reason(row), row.message) == ("BackoffLimitExceeded", 'It failed: the container "app" exited with code 7.')
    assert ground.wait("long", "waiting", "progressing").message == "It is running."


def test_a_service_and_one_that_waits_for_an_address(ground):
    def service(name, kind):
        spec = {"type": kind, "ports": [{"port": 80, "protocol": "TCP"}]}
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}

    ground.apply(service("plain", "ClusterIP"), service("balanced", "LoadBalancer"))
    ground.wait("plain", "healthy")
    balanced = ground.served("Service")
    live = loop.run(ground.gateway.get(balanced, "balanced", ground.namespace))
    if live["status"].get("loadBalancer"):
        ground.wait("balanced", "healthy", "healthy")
    else:
        row = ground.wait("balanced", "waiting", "progressing")
        assert reason(row) == "NoAddress"


def test_scaling_is_followed(ground):
    ground.apply(deployment("web"))
    ground.wait("web", "healthy")
    ground.patch("Deployment", "web", {"spec": {"paused": True}}, "apps")
    row = ground.wait("web", "healthy", "suspended")
    assert row.message == "Its rollout is paused."
    ground.patch("Deployment", "web", {"spec": {"paused": False, "replicas": 0}}, "apps")
    ground.wait("web", "healthy", "healthy")
