"""What a cluster refuses is said in the plan, on the object and in its words, before anything is changed."""

import base64
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusters.kube.kubeconfig import read_kubeconfig
from tests.cluster.conftest import KUBECONFIG, LOOPBACK
from tests.cluster.trust.conftest import ON_REAL
from tests.cluster.trust.world import Ended, World, config, deployment, job, manifest, node, reason_of
from workflows.deploy.journal import Outcome

Json = dict[str, Any]


def refused(world: World, nodes: list[Json], name: str, *words: str) -> Ended:
    """In the plan and in the run that is started all the same; nothing is written by either."""
    plan = world.plan(nodes)
    assert plan["summary"]["refused"] == 1, plan
    reason = reason_of(plan, name)
    assert all(word in reason for word in words), reason
    known = dict(world.known)
    ended = world.deploy(nodes)
    assert ended.outcome is Outcome.FAILED
    assert all(word in ended.message for word in words), ended.message
    assert world.known == known
    return ended


def test_quota(world: World) -> None:
    world.make_namespace()
    world.make("ResourceQuota", "few", spec={"hard": {"persistentvolumeclaims": "0"}})
    world.eventually(lambda: (world.there("ResourceQuota", "few").get("status") or {}).get("hard"))
    nodes = [config("a"), node("data", "persistentvolumeclaim", size="1Mi")]
    refused(world, nodes, "data", "exceeded quota: few")
    assert not world.is_there("ConfigMap", "a")
    assert not world.is_there("Secret", world.parent.name)


def test_quota_that_holds_one_but_not_both(world: World) -> None:
    world.make_namespace()
    world.make("ResourceQuota", "few", spec={"hard": {"persistentvolumeclaims": "1", "requests.storage": "1Gi"}})
    world.eventually(lambda: (world.there("ResourceQuota", "few").get("status") or {}).get("hard"))
    first, second = (node(name, "persistentvolumeclaim", size="1Mi") for name in ("one", "two"))
    refused(world, [config("a"), first, second], "two", "the quota few allows persistentvolumeclaims=1")
    assert not world.is_there("PersistentVolumeClaim", "one")
    assert not world.is_there("ConfigMap", "a")


def test_quota_of_pods_is_said_on_the_workload(world: World) -> None:
    world.make_namespace()
    world.make("ResourceQuota", "few", spec={"hard": {"pods": "0"}})
    world.eventually(lambda: (world.there("ResourceQuota", "few").get("status") or {}).get("hard"))
    ended = world.deploy([deployment("web")], timeout_seconds=12)
    assert ended.outcome is Outcome.FAILED
    assert "The quota few of the namespace is used up" in ended.message


def test_admission(world: World) -> None:
    world.make_namespace()
    limits = [{"type": "Container", "max": {"memory": "10Mi"}}]
    world.make("LimitRange", "small", spec={"limits": limits})
    container = {"name": "a", "image": "busybox:1", "resources": {"limits": {"memory": "1Gi"}}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "greedy"}, "spec": {"containers": [container]}}
    refused(world, [config("a"), manifest("pod", pod)], "greedy", "maximum memory usage per Container is 10Mi")
    assert not world.is_there("ConfigMap", "a")


def test_what_the_schema_does_not_know(world: World) -> None:
    world.make_namespace()
    bogus = deployment("web", overrides={"spec": {"bogus": 1}})
    refused(world, [config("a"), bogus], "web", "bogus")
    wrong = deployment("web", overrides={"spec": {"template": {"spec": {"restartPolicy": "Sometimes"}}}})
    refused(world, [config("a"), wrong], "web", "Sometimes")
    assert not world.is_there("ConfigMap", "a")


def test_kinds_that_are_not_served(world: World) -> None:
    world.make_namespace()
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {}}
    content = world.content([config("a"), manifest("widget", widget)], strict=False)
    ended = world.run(content)
    assert ended.outcome is Outcome.FAILED
    assert "does not serve Widget in example.com/v1" in ended.message
    assert ended.actions == {"ConfigMap a": "create", "Widget one": "refused"}
    assert not world.is_there("ConfigMap", "a")


@pytest.mark.parametrize("world", [ON_REAL], indirect=True)
def test_rights(world: World) -> None:
    """A ServiceAccount that may do little: read, and write config maps and the set's own Secret."""
    world.make_namespace()
    world.make("ServiceAccount", "small")
    rules = [
        {"apiGroups": ["", "apps"], "resources": ["*"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["configmaps", "secrets"], "verbs": ["create", "patch", "delete"]},
    ]
    group = "rbac.authorization.k8s.io"
    world.make("Role", "small", group, rules=rules)
    subjects = [{"kind": "ServiceAccount", "name": "small", "namespace": world.namespace}]
    world.make("RoleBinding", "small", group, roleRef={"apiGroup": group, "kind": "Role", "name": "small"},
               subjects=subjects)  # fmt: skip
    annotations = {"kubernetes.io/service-account.name": "small"}
    world.make("Secret", "token", type="kubernetes.io/service-account-token", metadata={"annotations": annotations})
    token = world.eventually(lambda: (world.there("Secret", "token").get("data") or {}).get("token"))
    admin = read_kubeconfig(Path(os.environ[KUBECONFIG]).read_text())
    clear = base64.b64decode(token).decode()
    connection = replace(admin, token=clear, client_certificate="", client_key="", allowed_networks=LOOPBACK)
    small = world.reached_by(connection)
    refused(small, [config("a"), deployment("web")], "web", "forbidden", "deployments", "small")
    assert not world.is_there("ConfigMap", "a")
    # What it may do it does: that it cannot see the namespace is no failure.
    small.must_deploy([config("a"), config("b")])
    small.must_deploy([config("b")])
    assert not world.is_there("ConfigMap", "a")
    # What may not be deleted stays, and is said.
    world.call(world.gateway.delete(world.kind("Role", group), "small", world.namespace))
    world.make("Role", "small", group, rules=[rules[0], rules[1] | {"verbs": ["create", "patch"]}])
    world.eventually(lambda: small.plan([config("c")])["summary"]["create"] == 1)
    ended = small.must_deploy([config("c")])
    assert "could not be deleted" in ended.message
    assert world.is_there("ConfigMap", "b")


# --- what cannot change ---------------------------------------------------------------------------


def nothing_changed(world: World, nodes: list[Json], kind: str, name: str, group: str, *words: str) -> None:
    """A refusal in the plan, and not even what stands beside it is changed."""
    before = world.version("ConfigMap", "a")
    uid = world.there(kind, name, group)["metadata"]["uid"]
    refused(world, [config("a", A="changed"), *nodes], name, *words)
    assert world.version("ConfigMap", "a") == before
    assert world.there(kind, name, group)["metadata"]["uid"] == uid


def test_a_job_is_replaced_and_that_is_announced(world: World) -> None:
    world.must_deploy([config("a"), job("once")])
    uid = world.there("Job", "once", "batch")["metadata"]["uid"]
    changed = [config("a"), job("once", "exit 0; true")]
    plan = world.plan(changed)
    assert plan["summary"]["replace"] == 1
    assert "deleted and made again" in reason_of(plan, "once")
    ended = world.must_deploy(changed)
    assert ended.actions == {"ConfigMap a": "unchanged", "Job once": "replace"}
    live = world.there("Job", "once", "batch")
    assert live["metadata"]["uid"] != uid
    assert live["status"]["succeeded"] == 1
    assert world.must_deploy(changed).actions["Job once"] == "unchanged"


def test_claim_templates_of_a_statefulset(world: World) -> None:
    def database(size: str) -> Json:
        claims = [{"name": "data", "size": size, "path": "/data"}]
        return node("db", "statefulset", image="busybox:1", command=["sleep", "9"], replicas=0, claims=claims)

    world.must_deploy([config("a"), database("1Mi")])
    words = ("updates to statefulset spec", "another name")
    nothing_changed(world, [database("2Mi")], "StatefulSet", "db", "apps", *words)


def test_the_selector_of_a_deployment(world: World) -> None:
    world.must_deploy([config("a"), deployment("web", replicas=0)])
    other = deployment("web", replicas=0, selector={"app": "other"}, pod_labels={"app": "other"})
    nothing_changed(world, [other], "Deployment", "web", "apps", "immutable", "another name")


def test_the_address_of_a_service(world: World) -> None:
    def service(**spec: Any) -> Json:
        return node("front", "service", ports=[{"port": 80}], selector={"a": "b"}, overrides={"spec": spec})

    world.must_deploy([config("a"), service()])
    nothing_changed(world, [service(clusterIP="None")], "Service", "front", "", "clusterIP", "another name")
