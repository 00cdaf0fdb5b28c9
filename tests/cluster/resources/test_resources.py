"""The same rows, buttons and histories on the practice cluster and on a real one."""

import base64

import pytest

from accounts.services import principal_of
from clusters.kube import loop
from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import Conflict, Refused
from clusters.models import Resource, ResourceMirror
from clusters.resources.errors import ResourceReplaced, of_cluster
from clusters.resources.metrics import measure_pods
from clusters.resources.reading import read_live, tree_of
from clusters.resources.selectors import get_resource, pods_of
from clusters.resources.services import delete_resource, restart_resource, scale_resource
from tests.cluster.conftest import REAL
from tests.integration.live.support import PATIENCE, Gateways, deployment, watching
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.probe import field_conflicts, may_force

SECRET = base64.b64encode(b"canary-90ad").decode()


def act(function, ground, row, **more):
    return function(resource_id=row.pk, actor=principal_of(ground.user), **more)


def pods(ground, row):
    found, seen = get_resource(resource_id=row.pk, actor=principal_of(ground.user))
    return pods_of(found, seen, principal_of(ground.user))


def test_rows_of_a_deployment(mirrored, row, eventually):
    mirrored.apply(
        deployment("web", replicas=2),
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}, "data": {"key": SECRET}},
    )
    web = row("Deployment", "web", status="Available")
    assert (web.health, web.facts["ready"]) == ("healthy", 2)
    eventually(lambda: pods(mirrored, web).filter(status="Running", health="healthy").count() == 2)
    pod = pods(mirrored, web).first()
    assert pod.node
    assert pod.part_of == parent_of_target(mirrored.target.pk, mirrored.namespace).id
    assert row("Secret", "password").facts["keys"] == ["key"]
    found, seen = get_resource(resource_id=web.pk, actor=principal_of(mirrored.user))
    tree = tree_of(row=found, seen=seen)
    assert [each.kind for each in tree.below] == ["ReplicaSet", "Pod", "Pod"]
    eventually(lambda: ResourceMirror.objects.get(pk=mirrored.cluster.pk).seen_at)


def test_detail(mirrored, row):
    mirrored.apply(
        deployment("web"),
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}, "data": {"key": SECRET}},
    )
    live = read_live(row=row("Deployment", "web", status="Available"))
    assert live.object["spec"]["replicas"] == 1
    assert any(event["reason"] == "ScalingReplicaSet" for event in live.events)
    ours = next(change for change in live.changes if change.manager == "sailcloth")
    assert "spec.replicas" in ours.fields
    secret = read_live(row=row("Secret", "password"))
    assert secret.object["data"] == {"key": None}
    assert SECRET not in str(secret)


def test_scaled_by_a_button_and_taken_back_by_a_run(mirrored, row, eventually):
    mirrored.apply(deployment("web"))
    web = row("Deployment", "web", status="Available")
    shown, _ = act(scale_resource, mirrored, web, replicas=3)
    assert shown.facts["desired"] == 3
    eventually(lambda: pods(mirrored, web).filter(status="Running").count() == 3)
    # The next run finds only ourselves in its way.
    served, body = mirrored.served("Deployment", "apps"), deployment("web", replicas=2)
    body["metadata"]["namespace"] = mirrored.namespace
    with pytest.raises(Conflict) as conflict:
        loop.run(mirrored.gateway.apply(served, body), PATIENCE)
    assert may_force(field_conflicts(conflict.value), False)


def test_restarted(mirrored, row, eventually):
    mirrored.apply(deployment("web"))
    web = row("Deployment", "web", status="Available")
    eventually(lambda: pods(mirrored, web).filter(status="Running").count() == 1)
    before = set(pods(mirrored, web).values_list("uid", flat=True))
    act(restart_resource, mirrored, web)
    eventually(lambda: (now := set(pods(mirrored, web).values_list("uid", flat=True))) and not now & before)
    row("Deployment", "web", status="Available")
    pod = pods(mirrored, web).filter(status="Running").first()
    act(restart_resource, mirrored, pod)
    eventually(lambda: not Resource.objects.filter(uid=pod.uid, deleted_at=None).exists())


def test_deleted_with_what_it_made_and_back_again(mirrored, row, eventually):
    mirrored.apply(deployment("web"))
    web = row("Deployment", "web", status="Available")
    act(delete_resource, mirrored, web)
    row("Deployment", "web", deleted_at__isnull=False)
    made = Resource.objects.filter(cluster=mirrored.cluster, namespace=mirrored.namespace, name__startswith="web-")
    eventually(lambda: made.exists() and not made.filter(deleted_at=None).exists())
    mirrored.apply(deployment("web"))
    again = row("Deployment", "web", deleted_at=None, status="Available")
    assert (again.pk, again.uid != web.uid) == (web.pk, True)


def test_another_one_under_its_name_is_left_alone(mirrored, row):
    mirrored.apply(deployment("web"))
    web = row("Deployment", "web", status="Available")
    Resource.objects.filter(pk=web.pk).update(uid="00000000-0000-0000-0000-000000000000")
    with pytest.raises(ResourceReplaced):
        act(scale_resource, mirrored, web, replicas=2)
    with pytest.raises(ResourceReplaced):
        act(delete_resource, mirrored, web)
    served = mirrored.served("Deployment", "apps")
    # Also when it comes in between: the cluster refuses, and that is told the same.
    patch = {"metadata": {"uid": "00000000-0000-0000-0000-000000000000"}, "spec": {"replicas": 2}}
    with pytest.raises(Refused) as refused:
        loop.run(mirrored.gateway.patch(served, "web", mirrored.namespace, patch), PATIENCE)
    assert isinstance(of_cluster(refused.value, "web"), ResourceReplaced)


def test_what_a_pod_cannot_do_is_said_by_its_workload(mirrored, row):
    mirrored.apply(deployment("web", image="registry.invalid/sailcloth/does-not-exist:1"))
    web = row("Deployment", "web", health="degraded")
    assert "does-not-exist" in web.summary


def test_metrics(mirrored, row, eventually):
    mirrored.apply(deployment("web"))
    web = row("Deployment", "web", status="Available")
    eventually(lambda: pods(mirrored, web).filter(status="Running").count() == 1)
    found = measure_pods(pods=list(pods(mirrored, web)), cluster_id=mirrored.cluster.pk, what="web")
    assert len(found.pods) == 1
    assert found.source in ("metrics.k8s.io", "kubelet", "none")
    assert found.source != "none" or found.notes


@pytest.mark.parametrize("cluster", [pytest.param(REAL, marks=pytest.mark.kube)], indirect=True)
def test_an_identity_that_may_see_one_namespace(connection, ground, gateway, call, row, eventually):
    """Only a real cluster has roles."""
    namespace = ground.namespace
    rules = [{"apiGroups": ["", "apps"], "resources": ["pods", "deployments", "replicasets"], "verbs": ["*"]}]
    bound = {"kind": "ServiceAccount", "name": "limited", "namespace": namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "limited"}
    group = "rbac.authorization.k8s.io"
    for kind, version, more in (
        ("ServiceAccount", "v1", {}),
        ("Role", f"{group}/v1", {"rules": rules}),
        ("RoleBinding", f"{group}/v1", {"subjects": [bound], "roleRef": role}),
    ):
        body = {"apiVersion": version, "kind": kind, "metadata": {"name": "limited", "namespace": namespace}, **more}
        call(gateway.create(ground.served(kind, group if "/" in version else ""), body))

    def token():
        for secret in call(gateway.list(ground.served("Secret"), namespace)).items:
            if secret["metadata"]["name"].startswith("limited-token") and "token" in secret.get("data", {}):
                return base64.b64decode(secret["data"]["token"]).decode()
        return None

    limited = DirectGateway(
        Connection(
            server=connection.server,
            ca_data=connection.ca_data,
            token=eventually(token),
            allowed_networks=connection.allowed_networks,
        )
    )
    ResourceMirror.objects.filter(pk=ground.cluster.pk).update(namespaces=[namespace])
    ground.apply(deployment("web"))
    with watching(Gateways({ground.cluster.pk: limited})):
        web = row("Deployment", "web", status="Available")
        eventually(lambda: pods(ground, web).filter(status="Running").count() == 1)
        mirror = eventually(lambda: ResourceMirror.objects.filter(pk=ground.cluster.pk, seen_at__isnull=False).first())
        assert mirror.blind["apps/Deployment"] == [namespace]
        assert mirror.blind["/Secret"] == []
        assert "This identity may not look at Secret." in mirror.notes
        assert f"This identity may look at Pod in these namespaces only: {namespace}." in mirror.notes
        assert not Resource.objects.filter(cluster=ground.cluster, kind="Node").exists()
        ground.delete("Deployment", "web", "apps")
        row("Deployment", "web", deleted_at__isnull=False)
    loop.run(limited.close(), PATIENCE)
