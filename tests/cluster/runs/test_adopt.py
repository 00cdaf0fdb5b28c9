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


RICH = {
    "initContainers": [
        {
            "name": "first",
            "image": "busybox:1",
            "command": ["true"],
            "volumeMounts": [{"name": "tmp", "mountPath": "/t"}],
        }
    ],
    "containers": [
        {
            "name": "main",
            "image": "busybox:1",
            "command": ["sh", "-c", "mkdir -p /www && touch /www/ok && httpd -f -p 8080 -h /www"],
            "ports": [{"containerPort": 8080, "name": "http"}],
            "securityContext": {"runAsUser": 0, "capabilities": {"drop": ["NET_RAW"]}, "readOnlyRootFilesystem": False},
            "livenessProbe": {"tcpSocket": {"port": "http"}, "initialDelaySeconds": 1},
            "readinessProbe": {"httpGet": {"path": "/ok", "port": 8080}, "periodSeconds": 1},
            "startupProbe": {"httpGet": {"path": "/ok", "port": "http"}, "failureThreshold": 30, "periodSeconds": 1},
            "lifecycle": {
                "postStart": {"exec": {"command": ["true"]}},
                "preStop": {"exec": {"command": ["sh", "-c", "true"]}},
            },
            "env": [
                {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                {"name": "HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}},
                {"name": "MAYBE", "valueFrom": {"configMapKeyRef": {"name": "absent", "key": "a", "optional": True}}},
            ],
            "envFrom": [{"prefix": "P_", "configMapRef": {"name": "web"}}],
            "resources": {"limits": {"cpu": "500m", "memory": "0.1Gi"}, "requests": {"cpu": 0.01}},
            "volumeMounts": [
                {"name": "all", "mountPath": "/all"},
                {"name": "some", "mountPath": "/some.txt", "subPath": "x/y.txt"},
                {"name": "tmp", "mountPath": "/t"},
                {"name": "about", "mountPath": "/about"},
            ],
        }
    ],
    "volumes": [
        {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        {
            "name": "some",
            "configMap": {
                "name": "web",
                "items": [{"key": "MODE", "path": "x/y.txt", "mode": 256}],
                "defaultMode": 288,
            },
        },
        {
            "name": "all",
            "projected": {
                "sources": [
                    {"secret": {"name": "web"}},
                    {"configMap": {"name": "web"}},
                    {"serviceAccountToken": {"path": "token", "audience": "me"}},
                ]
            },
        },
        {"name": "about", "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
    ],
    "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": 1,
                    "podAffinityTerm": {
                        "topologyKey": "kubernetes.io/hostname",
                        "labelSelector": {"matchLabels": {"app": "rich"}},
                    },
                }
            ]
        }
    },
    "hostAliases": [{"ip": "192.0.2.1", "hostnames": ["a.example"]}],
    "dnsConfig": {"options": [{"name": "ndots", "value": "1"}]},
    "securityContext": {"fsGroup": 0},
    "terminationGracePeriodSeconds": 0,
    "imagePullSecrets": [{"name": "pull"}],
}
ONCE = {
    "backoffLimit": 1,
    "template": {
        "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "busybox:1", "command": ["true"]}]}
    },
}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def every_kind(namespace: str) -> list[Json]:
    """What adopting has words for and `objects` has not."""
    rich = workload("Deployment", "rich", replicas=1, strategy={"type": "Recreate"}, revisionHistoryLimit=3)
    rich["spec"]["template"]["spec"] = RICH
    pull = {"auths": {"registry.example": {"auth": encoded("a:b")}}}
    return [
        plain("LimitRange", spec={"limits": [{"type": "Container", "min": {"cpu": "1m"}}]}),
        plain("ConfigMap", data={"MODE": "fast"}, binaryData={"raw": encoded("\x00\x01")}),
        plain("Secret", type="Opaque", data={"TOKEN": encoded(CANARY)}),
        plain(
            "Secret",
            "pull",
            type="kubernetes.io/dockerconfigjson",
            data={".dockerconfigjson": encoded(json.dumps(pull))},
        ),
        plain(
            "Secret",
            "login",
            type="kubernetes.io/basic-auth",
            data={"username": encoded("a"), "password": encoded("b")},
        ),
        plain("ServiceAccount", imagePullSecrets=[{"name": "pull"}], automountServiceAccountToken=False),
        plain("PersistentVolumeClaim", "disk", spec={**CLAIM["spec"], "storageClassName": ""}),
        rich,
        plain("Job", "once", "batch/v1", spec=ONCE),
        plain("CronJob", "later", "batch/v1", spec={"schedule": "0 3 1 1 *", "jobTemplate": {"spec": ONCE}}),
        plain("Service", "out", spec={"type": "ExternalName", "externalName": "a.example"}),
        plain("Service", "node", spec={"type": "NodePort", "selector": {"app": "rich"}, "ports": [{"port": 8080}]}),
        plain(
            "Service",
            "sticky",
            spec={
                "selector": {"app": "rich"},
                "sessionAffinity": "ClientIP",
                "ports": [
                    {"name": "a", "port": 80, "targetPort": "http"},
                    {"name": "b", "port": 81, "protocol": "UDP"},
                ],
            },
        ),
        plain(
            "PodDisruptionBudget",
            "rich",
            "policy/v1",
            spec={"minAvailable": 0, "selector": {"matchLabels": {"app": "rich"}}},
        ),
        plain(
            "HorizontalPodAutoscaler",
            "rich",
            "autoscaling/v1",
            spec={
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "rich"},
                "minReplicas": 1,
                "maxReplicas": 2,
                "targetCPUUtilizationPercentage": 90,
            },
        ),
        plain("NetworkPolicy", "closed", "networking.k8s.io/v1", spec={"podSelector": {}, "policyTypes": ["Egress"]}),
        plain("Endpoints", "out", subsets=[{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 80}]}]),
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
            served = capabilities.find(group, body["kind"], version) or capabilities.find(group, body["kind"])
            group, version, resource = served.group, served.version, served.resource
            body = {**body, "apiVersion": served.api_version}
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


def test_a_namespace_with_every_kind(rest: Rest, look: Look, others: Callable[[list[Json]], None]) -> None:
    bodies = every_kind(rest.namespace)
    others(bodies)
    running = wait_for_pods(rest, 1)
    found = adopt(rest)
    assert [row for row in found["analysis"]["report"] if row["verdict"] == "refused"] == []
    types = {node["id"]: node["type"] for node in found["analysis"]["graph"]["nodes"]}
    assert [id for id, type_ in types.items() if type_ == "manifest"] == []
    # Endpoints are left to the cluster.
    assert len(types) == len(bodies) - 1
    workflow = draw(rest, found["id"])
    plan = rest.plan(workflow)
    assert [f"{item['kind']}: {item.get('reason')}" for item in plan["objects"] if item["action"] != "update"] == []
    changed = {(item["kind"], change["path"]) for item in plan["objects"] for change in item["diff"]}
    assert {path.split(".")[1] for _, path in changed} == {"labels"}, changed
    before = {
        item["name"]: look(item["kind"], item["name"], item["api_version"].rpartition("/")[0])
        for item in plan["objects"]
    }
    run = rest.run(workflow)
    assert (run["status"], run["error"]) == ("succeeded", None)
    after = {
        item["name"]: look(item["kind"], item["name"], item["api_version"].rpartition("/")[0])
        for item in plan["objects"]
    }
    for name, live in before.items():
        for part in ("spec", "data", "type"):
            assert after[name].get(part) == live.get(part), name  # type: ignore[union-attr]
        assert after[name]["metadata"].get("generation") == live["metadata"].get("generation"), name  # type: ignore[index]
    assert pods(rest) == running
    assert {item["action"] for item in rest.plan(workflow)["objects"]} == {"unchanged"}
