"""A namespace that others made becomes a workflow; its first run takes it over and restarts nothing."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clusters.models import Cluster
from clusters.services import call, gateway_for
from imports.models import ImportSession
from tests.cluster.runs.conftest import Rest
from workflows.models import Workflow

Json = dict[str, Any]
Look = Callable[..., Json | None]
CANARY = "canary-of-a-namespace"
LABELS = {"app": "web"}
POD = {
    "serviceAccountName": "web",
    "terminationGracePeriodSeconds": 0,
    "containers": [
        {
            "name": "main",
            "image": "busybox:1",
            "imagePullPolicy": "IfNotPresent",
            "command": ["sh", "-c", "sleep 3600"],
            "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
            "env": [
                {"name": "PLAIN", "value": "x"},
                {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "web", "key": "TOKEN"}}},
                {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            "envFrom": [{"configMapRef": {"name": "web"}}],
            "resources": {"requests": {"cpu": "10m"}},
            "volumeMounts": [{"name": "files", "mountPath": "/etc/web", "readOnly": True}],
            "readinessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 2},
        },
        {"name": "side", "image": "busybox:1", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]},
    ],
    "volumes": [{"name": "files", "configMap": {"name": "web"}}, {"name": "scratch", "emptyDir": {}}],
}

STORE = {
    "name": "store",
    "image": "busybox:1",
    "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "scratch", "mountPath": "/tmp"}],
}
CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def workload(kind: str, name: str, **spec: Any) -> Json:
    labels = {"app": name}
    pod = POD if name != "store" else {**POD, "containers": [STORE]}
    template = {"metadata": {"labels": {**labels, "tier": "front"}, "annotations": {"note": "kept"}}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


def plain(kind: str, name: str = "web", api_version: str = "v1", **parts: Any) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **parts}


RBAC = "rbac.authorization.k8s.io"
ROUTE = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}


def objects(namespace: str) -> list[Json]:
    subject = {"kind": "ServiceAccount", "name": "web", "namespace": namespace}
    return [
        plain("ConfigMap", data={"MODE": "fast"}),
        plain("Secret", type="Opaque", data={"TOKEN": base64.b64encode(CANARY.encode()).decode()}),
        plain("ServiceAccount"),
        plain("Role", api_version=f"{RBAC}/v1", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
        plain(
            "RoleBinding",
            api_version=f"{RBAC}/v1",
            roleRef={"apiGroup": RBAC, "kind": "Role", "name": "web"},
            subjects=[subject],
        ),
        workload("Deployment", "web", replicas=2),
        workload("StatefulSet", "db", serviceName="db"),
        workload("StatefulSet", "store", serviceName="db", replicas=0, volumeClaimTemplates=[CLAIM]),
        workload("DaemonSet", "agent"),
        plain("Service", spec={"selector": LABELS, "ports": [{"port": 80, "targetPort": "http"}]}),
        plain("Service", "db", spec={"selector": {"app": "db"}, "clusterIP": "None", "ports": [{"port": 8080}]}),
        plain(
            "Ingress", api_version="networking.k8s.io/v1", spec={"rules": [{"host": "a.b", "http": {"paths": [ROUTE]}}]}
        ),
        plain(
            "NetworkPolicy",
            api_version="networking.k8s.io/v1",
            spec={"podSelector": {"matchLabels": LABELS}, "ingress": [{}]},
        ),
        plain("ResourceQuota", spec={"hard": {"pods": "50"}}),
    ]


@pytest.fixture
def others(rest: Rest) -> Iterator[Callable[[list[Json]], None]]:
    """Makes objects as somebody would with kubectl, in a namespace of their own."""
    gateway = gateway_for(Cluster.objects.get(name=rest.cluster).pk)
    where = f"/api/v1/namespaces/{rest.namespace}"
    by_kubectl = {"fieldManager": "kubectl-client-side-apply"}
    space = plain("Namespace", rest.namespace)
    call(gateway.raw("POST", "/api/v1/namespaces", query=by_kubectl, body=space))

    def make(bodies: list[Json]) -> None:
        capabilities = call(gateway.capabilities())
        for body in bodies:
            group, _, version = body["apiVersion"].rpartition("/")
            resource = capabilities.find(group, body["kind"], version).resource
            base = f"/apis/{group}/{version}" if group else f"/api/{version}"
            path = f"{base}/namespaces/{rest.namespace}/{resource}"
            call(gateway.raw("POST", path, query=by_kubectl, body=body))

    yield make
    call(gateway.raw("DELETE", where))


def pods(rest: Rest) -> dict[str, str]:
    gateway = gateway_for(Cluster.objects.get(name=rest.cluster).pk)
    found = call(gateway.raw("GET", f"/api/v1/namespaces/{rest.namespace}/pods"))["items"]
    ready = [
        pod
        for pod in found
        if any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", ()))
    ]
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in ready}


def wait_for_pods(rest: Rest, count: int) -> dict[str, str]:
    ends = time.monotonic() + 60
    while len(found := pods(rest)) < count and time.monotonic() < ends:
        time.sleep(0.2)
    assert len(found) == count, found
    return found


def adopt(rest: Rest) -> Json:
    return rest.post("import/analyze", {"source": {"cluster": rest.cluster, "namespace": rest.namespace}})


def draw(rest: Rest, import_id: str) -> str:
    place = {"cluster": rest.cluster, "namespace": rest.namespace}
    made = rest.post("import/create-workflow", {"import_id": import_id, "name": "Taken over", **place})
    rest.made.append(made["workflow"]["id"])
    return str(made["workflow"]["id"])


def generations(look: Look) -> dict[str, int]:
    kinds = (("Deployment", "web"), ("StatefulSet", "db"), ("DaemonSet", "agent"))
    return {name: look(kind, name, "apps")["metadata"]["generation"] for kind, name in kinds}  # type: ignore[index]


def test_the_first_run_takes_over_and_restarts_nothing(
    rest: Rest, look: Look, others: Callable[[list[Json]], None]
) -> None:
    others(objects(rest.namespace))
    before, generation = wait_for_pods(rest, 4), generations(look)
    found = adopt(rest)
    graph = found["analysis"]["graph"]
    assert sorted(node["id"] for node in graph["nodes"]) == [
        "configmap-web",
        "daemonset-agent",
        "deployment-web",
        "ingress-web",
        "networkpolicy-web",
        "resourcequota-web",
        "secret-web",
        "service-db",
        "service-web",
        "serviceaccount-web",
        "statefulset-db",
        "statefulset-store",
    ]
    assert [node["id"] for node in graph["nodes"] if node["data"].get("overrides")] == []
    assert {
        ("service-web", "deployment-web"),
        ("configmap-web", "deployment-web"),
        ("secret-web", "statefulset-db"),
    } <= {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert [row for row in found["analysis"]["report"] if row["verdict"] == "refused"] == []

    workflow = draw(rest, found["id"])
    plan = rest.plan(workflow)
    assert [f"{item['kind']}: {item.get('reason')}" for item in plan["objects"] if item["action"] != "update"] == []
    changed = {change["path"].split(".")[1] for item in plan["objects"] for change in item["diff"]}
    assert changed == {"labels"}, plan
    run = rest.run(workflow)
    assert (run["status"], run["error"]) == ("succeeded", None)
    assert (pods(rest), generations(look)) == (before, generation)
    assert {item["action"] for item in rest.plan(workflow)["objects"]} == {"unchanged"}
    managers = look("Deployment", "web", "apps")["metadata"]["managedFields"]  # type: ignore[index]
    assert ("sailcloth", "Apply") in {(each["manager"], each["operation"]) for each in managers}


def test_values_of_secrets_go_to_the_vault_alone(rest: Rest, look: Look, others: Callable[[list[Json]], None]) -> None:
    others(objects(rest.namespace)[:3])
    found = adopt(rest)
    files = rest.get(f"import/{found['id']}/files")
    workflow = draw(rest, found["id"])
    encoded = base64.b64encode(CANARY.encode()).decode()
    session = ImportSession.objects.get()
    places = [found, files, session.analysis, session.source, rest.get(f"workflows/{workflow}")]
    texts = [json.dumps(place) for place in places] + [Workflow.objects.get(pk=workflow).graph]
    assert [text for text in texts if CANARY in text or encoded in text] == []
    assert rest.run(workflow)["status"] == "succeeded"
    assert look("Secret", "web")["data"] == {"TOKEN": encoded}  # type: ignore[index]
