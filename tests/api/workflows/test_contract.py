"""The published contract of workflows, versions and graphs, line by line, as a client of it would go through it."""

import re
from typing import Any

import pytest

from tests.api.workflows.drawing import API
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

CONTAINER: Json = {
    "command": ["sh", "-c"],
    "args": ["exec app"],
    "env": [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)/b"},
        {"name": "C", "secret": {"name": "there", "key": "k"}, "optional": True},
        {"name": "D", "config_map": {"name": "there", "key": "k"}},
        {"name": "E", "field": "metadata.name"},
        {"name": "F", "resource": "limits.cpu"},
    ],
    "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}, {"port": 9090}],
    "mounts": [{"volume": "scratch", "path": "/scratch", "sub_path": "a", "read_only": False}],
    "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}},
}
PROBES: Json = {
    "liveness": {"http": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "period_seconds": 5},
    "readiness": {"tcp": {"port": "http"}},
    "startup": {"exec": {"command": ["true"]}},
}
WORKLOAD: Json = {
    "name": "main",
    "image": "nginx:1.27",
    **CONTAINER,
    "probes": PROBES,
    "lifecycle": {"pre_stop": {"exec": {"command": ["sleep", "1"]}}},
    "volumes": [
        {"name": "scratch", "source": {"emptyDir": {"sizeLimit": "1Gi"}}},
        {"name": "files", "source": {"configMap": {"name": "there"}}},
    ],
    "image_pull_policy": "IfNotPresent",
    "image_pull_secrets": ["registry"],
    "working_dir": "/srv",
    "security_context": {"runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}},
    "pod_security_context": {"fsGroup": 1000},
    "service_account": "default",
    "node_selector": {"disk": "ssd"},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "topology_spread": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
    "priority_class": "high",
    "termination_grace_seconds": 10,
    "dns_policy": "ClusterFirst",
    "host_aliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}],
    "host_network": False,
    "host_pid": False,
    "share_process_namespace": True,
    "init_containers": [{"name": "init", "image": "busybox:1", **CONTAINER, "restart_policy": "Always"}],
    "containers": [{"name": "side", "image": "busybox:1", **CONTAINER, "ports": [], "probes": {}}],
    "labels": {"team": "a"},
    "annotations": {"example.com/a": "b"},
    "pod_labels": {"pod": "x"},
    "pod_annotations": {"example.com/p": "q"},
    "overrides": {"spec": {"template": {"spec": {"enableServiceLinks": False}}}},
}
JOB: Json = {"completions": 1, "parallelism": 1, "backoff_limit": 2, "deadline_seconds": 60, "ttl_seconds": 0}
# Every field that the contract names, by node type.
FIELDS: dict[str, Json] = {
    "deployment": {**WORKLOAD, "replicas": 2, "min_ready_seconds": 1, "strategy": {"type": "Recreate"}},
    "statefulset": {
        **WORKLOAD,
        "replicas": 1,
        "claims": [
            {"name": "data", "size": "1Gi", "path": "/data", "storage_class": "fast", "access_modes": ["ReadWriteOnce"]}
        ],
        "service_name": "front",
        "pod_management_policy": "Parallel",
        "update_strategy": {"type": "OnDelete"},
    },
    "daemonset": {**WORKLOAD, "update_strategy": {"type": "OnDelete"}},
    "job": {**WORKLOAD, **JOB, "restart_policy": "Never", "run": "every_run", "on_rollback": "run"},
    "cronjob": {
        **WORKLOAD,
        **JOB,
        "schedule": "*/5 * * * *",
        "time_zone": "Europe/Berlin",
        "concurrency_policy": "Forbid",
        "suspend": False,
    },
    "service": {
        "name": "main",
        "type": "NodePort",
        "headless": False,
        "ports": [{"name": "http", "port": 80, "target_port": "http", "protocol": "TCP", "node_port": 30080}],
        "selector": {"app": "x"},
        "publish_not_ready": True,
        "session_affinity": "ClientIP",
    },
    "ingress": {
        "name": "main",
        "ingress_class": "nginx",
        "rules": [{"host": "a.example.com", "path": "/", "path_type": "Prefix", "service": "front", "port": 80}],
        "tls": [{"hosts": ["a.example.com"], "secret": "cert"}],
        "annotations": {"a": "b"},
    },
    "httproute": {"name": "main", "parents": ["gateway"], "hostnames": ["a.example.com"], "rules": []},
    "configmap": {"name": "main", "data": {"A": "1"}, "binary_data": {"b": "aGk="}, "immutable": True},
    "secret": {"name": "main", "type": "Opaque", "values": {"KEY": "value"}},
    "persistentvolumeclaim": {
        "name": "main",
        "size": "1Gi",
        "storage_class": "fast",
        "access_modes": ["ReadWriteOnce"],
        "volume_mode": "Filesystem",
    },
    "hpa": {
        "name": "main",
        "min_replicas": 1,
        "max_replicas": 3,
        "cpu_percent": 70,
        "memory_percent": 80,
        "metrics": [],
        "behavior": {},
    },
    "networkpolicy": {"name": "main", "policy_types": ["Ingress", "Egress"], "ingress": [], "egress": [{}]},
    "poddisruptionbudget": {"name": "main", "min_available": "50%"},
    "serviceaccount": {
        "name": "main",
        "rules": [
            {"api_groups": [""], "resources": ["pods"], "verbs": ["get"], "resource_names": ["x"]},
            {"non_resource_urls": ["/healthz"], "verbs": ["get"]},
        ],
        "cluster_wide": True,
        "image_pull_secrets": ["registry"],
        "annotations": {},
    },
    "namespace": {"name": "main"},
    "resourcequota": {"name": "main", "hard": {"pods": 3}},
    "limitrange": {"name": "main", "limits": [{"type": "Pod"}]},
    "manifest": {"yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"},
    "build": {
        "source": {
            "git_url": "https://example.com/a.git",
            "ref": "main",
            "subdirectory": "app",
            "dockerfile": "Dockerfile",
            "target": "prod",
            "build_args": {"A": "1"},
        },
        "image": "team/app",
        "tag": "1",
        "registry": "hub",
    },
    "group": {"label": "A group"},
    "note": {"text": "A note"},
}
# (source, target, what data may hold)
EDGES: list[tuple[str, str, Json]] = [
    ("service", "deployment", {"port": 80, "target_port": 8080}),
    ("ingress", "service", {"host": "b.example.com", "path": "/", "path_type": "Prefix", "port": 80}),
    ("httproute", "service", {"host": "b.example.com", "path": "/", "path_type": "PathPrefix", "port": 80}),
    ("configmap", "deployment", {"as": "env", "prefix": "P_", "keys": ["A"], "container": "side"}),
    ("configmap", "statefulset", {"as": "env", "keys": {"ENV": "A"}}),
    ("secret", "job", {"as": "mount", "path": "/pw", "sub_path": "x", "items": {"KEY": "x"}, "mode": "0400"}),
    ("secret", "ingress", {"hosts": ["a.example.com"]}),
    ("secret", "serviceaccount", {}),
    ("persistentvolumeclaim", "cronjob", {"path": "/d", "read_only": True, "sub_path": "a", "container": "side"}),
    ("hpa", "deployment", {}),
    ("poddisruptionbudget", "deployment", {}),
    ("networkpolicy", "daemonset", {}),
    ("serviceaccount", "deployment", {}),
    ("build", "deployment", {"container": "side"}),
    ("deployment", "job", {"condition": "completed"}),
    ("deployment", "service", {"condition": "healthy", "prefix": "P"}),
    ("manifest", "deployment", {"condition": "started"}),
    ("deployment", "manifest", {}),
    ("deployment", "ingress", {"prefix": "P"}),
]


@pytest.fixture
def url(client: JsonClient) -> str:
    return f"{API}/workflows/{client.post(f'{API}/workflows', {'name': 'My workflow'}).json()['id']}"


@pytest.mark.parametrize("kind", FIELDS)
def test_every_named_field_is_taken_and_given_back(client: JsonClient, url: str, kind: str) -> None:
    node = {"id": "n", "type": kind, "position": {"x": 0, "y": 0}, "data": FIELDS[kind]}
    answer = client.post(f"{url}/save", {"nodes": [node], "edges": []})
    assert answer.status_code == 200, answer.json()["error"]
    given = answer.json()["nodes"][0]["data"]
    assert given == (FIELDS[kind] if kind != "secret" else {**FIELDS[kind], "values": {"KEY": None}})
    wrong = {"id": "n", "type": kind, "data": {**FIELDS[kind], "bogus_field": 1}}
    refused = client.post(f"{url}/save", {"nodes": [wrong], "edges": []})
    if kind not in ("group", "note"):
        assert (refused.status_code, "bogus_field" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize("kind", ["secret", "configmap", "persistentvolumeclaim", "service", "serviceaccount"])
def test_what_exists_already(client: JsonClient, url: str, kind: str) -> None:
    node = {"id": "n", "type": kind, "data": {"name": "there", "existing": True}}
    body = client.post(f"{url}/save", {"nodes": [node], "edges": []}).json()
    assert body["problems"] == []


@pytest.mark.parametrize(("source", "target", "data"), EDGES)
def test_every_edge(client: JsonClient, url: str, source: str, target: str, data: Json) -> None:
    nodes = [
        {"id": kind, "type": kind, "position": {"x": 0, "y": 0}, "data": FIELDS[kind]} for kind in (source, target)
    ]
    edge = {"id": "e", "source": source, "target": target, "data": data}
    answer = client.post(f"{url}/save", {"nodes": nodes, "edges": [edge, {**edge, "id": "parallel"}]})
    assert answer.status_code == 200, answer.json()["error"]
    assert answer.json()["edges"][0] == edge | ({} if data else {"data": {}})
    back = client.post(f"{url}/save", {"nodes": nodes, "edges": [{**edge, "data": {"bogus": 1}}]})
    assert (back.status_code, "bogus" in back.json()["error"]) == (400, True)


def test_after_does_not_go_to_a_cron_job(client: JsonClient, url: str) -> None:
    nodes = [{"id": kind, "type": kind, "data": FIELDS[kind]} for kind in ("deployment", "cronjob")]
    edge = {"id": "e", "source": "deployment", "target": "cronjob"}
    answer = client.post(f"{url}/save", {"nodes": nodes, "edges": [edge]})
    assert answer.json()["details"]["problems"][0]["code"] == "forbidden_edge"


def test_the_life_of_a_workflow(client: JsonClient) -> None:
    made = client.post(f"{API}/workflows", {"name": "Shop"})
    body = made.json()
    assert made.status_code == 201
    assert (body["name"], body["description"], body["status"]) == ("Shop", "", "draft")
    assert (body["nodes"], body["edges"]) == ([], [])
    assert TIME.fullmatch(body["created_at"])
    assert TIME.fullmatch(body["updated_at"])
    url = f"{API}/workflows/{body['id']}"
    listed = client.get(f"{API}/workflows?page=1&limit=20&sort=created_at&order=desc&search=").json()
    assert (set(listed), listed["total"]) == ({"workflows", "total", "page", "limit"}, 1)
    summary = client.get(f"{API}/workflows?fields=summary").json()["workflows"][0]
    assert (summary["node_count"], summary["edge_count"]) == (0, 0)
    assert not {"nodes", "edges"} & set(summary)

    node = {"id": "web", "type": "deployment", "data": {"name": "web"}}
    saved = client.post(f"{url}/save", {"nodes": [node], "edges": []}).json()
    assert set(saved["problems"][0]) == {"node_id", "edge_id", "field", "severity", "code", "message"}
    checked = client.post(f"{url}/validate").json()
    assert (checked["valid"], checked["problems"]) == (False, saved["problems"])
    refused = client.put(f"{url}/status", {"status": "published"})
    assert (refused.status_code, refused.json()["details"]["problems"]) == (400, saved["problems"])

    node["data"]["image"] = "nginx:1.27"
    assert client.post(f"{url}/save/", {"nodes": [node], "edges": []}).json()["problems"] == []
    assert client.get(f"{url}/versions").json()["total"] == 0
    assert client.put(f"{url}/status", {"status": "published"}).json()["status"] == "published"
    assert client.post(f"{url}/clone", {"name": "Copy"}).status_code == 201

    assert client.post(f"{url}/versions", {"name": "n", "description": "d", "tag": "t"}).json()["version"] == 1
    client.post(f"{url}/save", {"nodes": [], "edges": []})
    assert client.put(f"{url}/versions/1", {"tag": "stable"}).json()["tag"] == "stable"
    restored = client.post(f"{url}/versions/1/restore").json()
    assert (restored["version"]["version"], restored["version"]["restored_from"]) == (2, 1)
    compared = client.get(f"{url}/versions/compare?v1=1&v2=2").json()
    assert set(compared) == {"v1", "v2", "nodes", "edges"}
    assert set(compared["nodes"]) == {"added", "removed", "changed", "moved"}
    assert set(compared["edges"]) == {"added", "removed", "changed"}

    gone = client.delete(url)
    assert (gone.status_code, "message" in gone.json()) == (200, True)
    assert client.get(url).status_code == 404
    assert client.post(f"{url}/undelete").status_code == 200


def test_every_refusal_has_the_one_shape(client: JsonClient, url: str) -> None:
    answers = [
        JsonClient().get(url),
        client.get(f"{API}/workflows/none"),
        client.post(f"{url}/save", {}),
        client.put(url, {"name": "x"}, HTTP_IF_MATCH='"old"'),
        client.get(f"{API}/workflows?page=0"),
        client.patch(url, {}),
        client.post(f"{url}/save", {"nodes": [{"id": "a", "type": "x"}], "edges": []}),
        client.generic("POST", f"{url}/save", b"{", content_type="application/json"),
        client.generic("PUT", url, b"name=x", content_type="application/x-www-form-urlencoded"),
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 400, 412, 400, 400, 400, 400, 400]
    for answer in answers:
        body = answer.json()
        assert {"error", "code"} <= set(body) <= {"error", "code", "fields", "details"}
        assert body["error"].endswith(".")
        assert re.fullmatch(r"[a-z_]+", body["code"])


@pytest.mark.parametrize(
    ("path", "plural"), [("workflows", "workflows"), ("templates", "templates"), ("plugins/categories", "categories")]
)
def test_every_list_takes_the_usual_query_and_numbers_of_any_size(
    client: JsonClient, url: str, path: str, plural: str
) -> None:
    usual = client.get(f"{API}/{path}?page=1&limit=20&sort=created_at&order=desc&search=").json()
    assert (usual["page"], usual["limit"], usual["total"] > 0) == (1, 20, True)
    far = client.get(f"{API}/{path}?page=999999999999&limit=99999999999999999999999")
    assert far.json() == {plural: [], "total": usual["total"], "page": 999999999999, "limit": 100}
    assert client.get(f"{API}/{path}?page={'9' * 5000}").status_code == 200
    for wrong in ("page=0", "page=00", "page=-1", "page=1_0", "page=1.5", "limit=0", "limit=%D9%A3", "sort=nope"):
        assert client.get(f"{API}/{path}?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": 5}, "name"),
        ({"name": "a", "description": False}, "description"),
        ({"name": "a", "tags": ["x", 1]}, "tags.1"),
        ({"name": "a", "namespace": 5.5}, "namespace"),
    ],
)
def test_a_value_of_another_json_type_is_refused_by_name(client: JsonClient, body: dict[str, Any], field: str) -> None:
    answer = client.post(f"{API}/workflows", body)
    assert answer.status_code == 400
    assert answer.json()["fields"] == {field: ["This must be a text."]}


@pytest.mark.parametrize(("objects", "field"), [([], "objects"), ("x", "objects"), ([5], "objects.0")])
def test_what_is_wrong_with_a_whole_field_is_said_of_it(client: JsonClient, url: str, objects: Any, field: str) -> None:
    answer = client.post(f"{url}/drift/adopt", {"objects": objects})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert answer.json()["error"].startswith(f"{field}: ")


def test_numbers_and_booleans_are_not_read_from_texts(client: JsonClient, url: str) -> None:
    sent = {"version": "1", "timeout_seconds": 1.5, "force_conflicts": "yes", "delete_claims": [7]}
    assert client.post(f"{url}/run", sent).json()["fields"] == {
        "version": ["This must be a whole number."],
        "timeout_seconds": ["This must be a whole number."],
        "force_conflicts": ["This must be true or false."],
        "delete_claims.0": ["This must be a text."],
    }


def test_an_id_is_as_long_as_can_be_kept(client: JsonClient, url: str) -> None:
    node = {"id": "n" * 200, "type": "note"}
    assert client.post(f"{url}/save", {"nodes": [node], "edges": []}).status_code == 200
    node["id"] += "n"
    refused = client.post(f"{url}/save", {"nodes": [node], "edges": []}).json()
    assert refused["error"] == "nodes.0.id may have at most 200 characters."
