"""What was exported, imported again and run where it runs already: nothing changes, no pod restarts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clusters.models import Cluster
from clusters.services import call, gateway_for
from tests.cluster.runs.conftest import API, Rest
from tests.integration.runs.support import SLEEP, deployment, edge, node

Json = dict[str, Any]
Look = Callable[..., Json | None]
PASSWORD = "canary-of-a-round-trip"
OBJECTS = (
    ("ConfigMap", "settings", ""),
    ("Secret", "login", ""),
    ("ServiceAccount", "web", ""),
    ("Role", "web", "rbac.authorization.k8s.io"),
    ("RoleBinding", "web", "rbac.authorization.k8s.io"),
    ("PersistentVolumeClaim", "files", ""),
    ("Deployment", "web", "apps"),
    ("StatefulSet", "db", "apps"),
    ("DaemonSet", "agent", "apps"),
    ("Job", "once", "batch"),
    ("CronJob", "nightly", "batch"),
    ("Service", "front", ""),
    ("Service", "db", ""),
    ("Ingress", "door", "networking.k8s.io"),
    ("NetworkPolicy", "guard", "networking.k8s.io"),
    ("PodDisruptionBudget", "budget", "policy"),
    ("HorizontalPodAutoscaler", "scaler", "autoscaling"),
    ("ResourceQuota", "quota", ""),
    ("LimitRange", "limits", ""),
    ("Endpoints", "outside", ""),
)
PLAIN = """
apiVersion: v1
kind: Endpoints
metadata: {name: outside}
subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{port: 80}]}]
"""


def rich() -> tuple[list[Json], list[Json]]:
    """A node of each kind that any cluster serves, wired as people do. (A greatest CPU would become the request of
    each container that asks for none.)"""
    run = {"image": "busybox:1", "termination_grace_seconds": 0}
    web = {"ports": [{"port": 8080, "name": "http"}], "env": [{"name": "PLAIN", "value": "x"}]}
    web |= {"resources": {"requests": {"cpu": "5m", "memory": "8Mi"}}}
    claim = {"name": "data", "size": "1Mi", "path": "/data"}
    nodes = [
        deployment("web", **web),
        node("db", "statefulset", **run, command=SLEEP, replicas=0, ports=[{"port": 5432}], claims=[claim]),
        node("agent", "daemonset", **run, command=SLEEP),
        node("once", "job", **run, command=["true"]),
        node("nightly", "cronjob", **run, schedule="0 3 1 1 *", command=["true"]),
        node("front", "service", ports=[{"port": 80, "target_port": "http"}]),
        node("db-svc", "service", name="db", headless=True),
        node("settings", "configmap", data={"COLOUR": "blue", "app.ini": "[a]\nb = c\n"}),
        node("login", "secret", values={"PASSWORD": PASSWORD}),
        node("account", "serviceaccount", name="web", rules=[{"resources": ["pods"], "verbs": ["get"]}]),
        node("files", "persistentvolumeclaim", size="1Mi"),
        node("door", "ingress", rules=[{"host": "shop.example", "path": "/", "service": "front", "port": 80}]),
        node("guard", "networkpolicy", ingress=[{}]),
        node("budget", "poddisruptionbudget", max_unavailable=1),
        node("scaler", "hpa", min_replicas=1, max_replicas=2, cpu_percent=90),
        node("quota", "resourcequota", hard={"pods": "50"}),
        node("limits", "limitrange", limits=[{"type": "Container", "min": {"cpu": "1m"}}]),
        node("outside", "manifest", yaml=PLAIN),
    ]
    edges = [
        edge("front", "web"),
        edge("db-svc", "db"),
        edge("settings", "web"),
        edge("login", "web"),
        edge("login", "db"),
        edge("account", "web"),
        edge("guard", "web"),
        edge("budget", "web"),
        edge("scaler", "web"),
        edge("door", "front"),
    ]
    return nodes, edges


# Of these controllers write a status when they like, which is no work of a run's.
WITH_STATUS = {
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "PersistentVolumeClaim",
    "Ingress",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "ResourceQuota",
}


def versions(look: Look) -> dict[str, tuple[str, int, Any]]:
    """uid, generation and resource version of each object; of those with a status, what we wrote and when instead."""
    found = {}
    for kind, name, group in OBJECTS:
        live = look(kind, name, group)
        assert live is not None, (kind, name)
        metadata = live["metadata"]
        ours = [entry for entry in metadata["managedFields"] if entry["manager"].startswith("sailcloth")]
        assert ours, (kind, name)
        state = [metadata["labels"], ours] if kind in WITH_STATUS else metadata["resourceVersion"]
        found[f"{kind} {name}"] = (metadata["uid"], metadata.get("generation", 0), state)
    return found


def generations(look: Look) -> dict[str, tuple[str, int]]:
    return {key: (uid, generation) for key, (uid, generation, _) in versions(look).items()}


def pods(rest: Rest) -> dict[str, str]:
    gateway = gateway_for(Cluster.objects.get(name=rest.cluster).pk)
    found = call(gateway.raw("GET", f"/api/v1/namespaces/{rest.namespace}/pods"))["items"]
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in found}


def imported(rest: Rest, workflow: str, format: str) -> str:
    """The id of an import of what `workflow` exports; the values that an export hides are given again."""
    text = rest.client.get(f"{API}/workflows/{workflow}/manifests?format={format}&namespace={rest.namespace}").content
    assert PASSWORD.encode() not in text
    name = {"yaml": "shop.yaml", "kustomize": "shop.zip"}[format]
    sent = {"file": SimpleUploadedFile(name, text)}
    answer = rest.client.post(f"{API}/import/upload", sent, format="multipart")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    asked = [choice["id"] for choice in body["analysis"]["questions"] if choice["kind"] == "secret"]
    choices = {"choices": dict.fromkeys(asked, PASSWORD)}
    assert rest.client.put(f"{API}/import/{body['id']}/choices", choices).status_code == 200
    return str(body["id"])


def created(rest: Rest, import_id: str, name: str) -> str:
    made = rest.post("import/create-workflow", {"import_id": import_id, "name": name, **rest.place()})
    rest.made.append(made["workflow"]["id"])
    return str(made["workflow"]["id"])


def actions(plan: Json) -> dict[str, str]:
    return {f"{item['kind']} {item['name']}": item["action"] for item in plan["objects"]}


@pytest.fixture
def tidy(rest: Rest) -> Iterator[None]:
    """The claim goes, for it is named, and the namespace, which is nobody's once its maker has let it go."""
    yield
    for workflow in rest.made:
        for target in rest.get(f"workflows/{workflow}/targets")["targets"]:
            sent = {"delete_claims": [f"{rest.namespace}/files"]}
            if target["object_count"]:
                assert rest.finish(rest.post(f"targets/{target['id']}/undeploy", sent))["status"] == "succeeded"
    gateway = gateway_for(Cluster.objects.get(name=rest.cluster).pk)
    call(gateway.raw("DELETE", f"/api/v1/namespaces/{rest.namespace}"))


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("format", ["yaml", "kustomize"])
def test_an_export_runs_where_it_came_from_and_changes_nothing(rest: Rest, look: Look, format: str) -> None:
    first = rest.draw(*rich(), name="First")
    run = rest.run(first)
    assert (run["status"], run["error"]) == ("succeeded", None)
    import_id = imported(rest, first, format)

    # Into the workflow that it came from: not a byte.
    before, running = versions(look), pods(rest)
    merged = rest.post("import/apply", {"import_id": import_id, "workflow_id": first})
    assert [f"{n['node_id']} {n['what']} {n['message']}" for n in merged["notes"]] == []
    assert set(actions(rest.plan(first)).values()) == {"unchanged"}
    assert rest.run(first)["status"] == "succeeded"
    assert (versions(look), pods(rest)) == (before, running)

    # Into a workflow of its own, that takes over: nothing but to whom it belongs.
    twin = created(rest, import_id, "Twin")
    refused = rest.plan(twin)
    assert set(actions(refused).values()) == {"refused"}
    assert {item["reason"] for item in refused["objects"]} == {'It belongs to the workflow "First".'}
    plan = rest.post(f"workflows/{twin}/plan", rest.place(take_over=True))["plan"]
    assert set(actions(plan).values()) == {"update"}, actions(plan)
    paths = {change["path"] for item in plan["objects"] for change in item["diff"]}
    assert paths == {"metadata.labels.applyset.kubernetes.io/part-of"}
    before_generations = generations(look)
    run = rest.run(twin, take_over=True)
    assert (run["status"], run["error"]) == ("succeeded", None)
    assert (generations(look), pods(rest)) == (before_generations, running)
    before = versions(look)
    assert set(actions(rest.plan(twin)).values()) == {"unchanged"}
    assert rest.run(twin)["status"] == "succeeded"
    assert (versions(look), pods(rest)) == (before, running)

    # The first one has lost it: it neither changes nor removes it.
    assert set(actions(rest.plan(first)).values()) == {"refused"}
    assert rest.undeploy(first)["status"] == "succeeded"
    assert (generations(look), pods(rest)) == (before_generations, running)
