"""Steps that a practice cluster and a real one must answer alike.

`{ns}` in a path is the namespace of the run. `alike` says how much is compared: the whole answer, its refusal (status,
reason, message), a part of it, its status only where an old server words things differently, or nothing where it
answers otherwise than a recent one ("recorded": the recordings of a recent one say how).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = Any
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
IMAGE = "busybox:1"


@dataclass(frozen=True)
class Step:
    method: str
    path: str
    body: Json = None
    query: dict[str, str] = field(default_factory=dict)
    media: str = ""
    status: int = 200
    alike: str = "whole"  # whole | refusal | spec | job | pod | limits | endpoints | status | recorded
    until: Callable[[Json], Any] | None = None  # polled until it is so


def get(
    path: str, *, until: Callable[[Json], Any] | None = None, status: int = 200, alike: str = "whole", **query: str
) -> Step:
    return Step("GET", path, None, query, status=status, alike=alike, until=until)


def post(path: str, body: Json, *, status: int = 201, alike: str = "whole", **query: str) -> Step:
    return Step("POST", path, body, query, status=status, alike=alike)


def put(path: str, body: Json, *, status: int = 200, alike: str = "whole") -> Step:
    return Step("PUT", path, body, status=status, alike=alike)


def patch(path: str, body: Json, media: str = MERGE, *, status: int = 200, alike: str = "whole", **query: str) -> Step:
    return Step("PATCH", path, body, query, media, status, alike)


def apply(path: str, body: Json, manager: str, *, status: int = 200, alike: str = "whole", **query: str) -> Step:
    return Step("PATCH", path, body, {"fieldManager": manager, **query}, APPLY, status, alike)


def delete(path: str, body: Json = None, *, status: int = 200, alike: str = "whole", **query: str) -> Step:
    return Step("DELETE", path, body, query, status=status, alike=alike)


CORE, APPS, BATCH = "/api/v1/namespaces/{ns}", "/apis/apps/v1/namespaces/{ns}", "/apis/batch/v1/namespaces/{ns}"
MAPS = f"{CORE}/configmaps"


def config(name: str, data: Json = None, **metadata: Json) -> Json:
    data = {"a": "1"} if data is None else data
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": data}


def container(**more: Json) -> Json:
    return {"name": "c", "image": IMAGE, "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"], **more}


def pod_spec(**more: Json) -> Json:
    return {"terminationGracePeriodSeconds": 0, "containers": [container(**more)]}


def deployment(name: str, replicas: int = 1, **more: Json) -> Json:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod_spec(**more)}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def has_condition(kind: str, value: str = "True") -> Callable[[Json], bool]:
    def check(body: Json) -> bool:
        found = (body.get("status") or {}).get("conditions") or []
        return any(c["type"] == kind and c["status"] == value for c in found)

    return check


def items(count: int) -> Callable[[Json], bool]:
    return lambda body: len(body.get("items") or []) == count


CRUD = [
    post(MAPS, config("a")),
    post(MAPS, config("a"), status=409),
    get(f"{MAPS}/a"),
    get(f"{MAPS}/absent", status=404),
    put(f"{MAPS}/a", config("a", {"a": "2"})),
    put(f"{MAPS}/a", config("b"), status=400, alike="status"),
    put(f"{MAPS}/absent", config("absent"), status=404, alike="status"),
    patch(f"{MAPS}/a", {"data": {"b": "1"}}),
    patch(f"{MAPS}/a", {"data": {"b": None}}),
    patch(f"{MAPS}/a", {"data": {"b": None}}),
    delete(f"{MAPS}/a", alike="status"),
    delete(f"{MAPS}/a", status=404),
    get("/api/v1/namespaces/{ns}-absent/configmaps"),
    post("/api/v1/namespaces/{ns}-absent/configmaps", config("a"), status=404),
    get("/api/v1/namespaces/{ns}/things", status=404),
    get("/apis/nothing.example.com/v1/things", status=404),
    Step("POST", f"{MAPS}/a", config("a"), status=405),
    post(MAPS, config("stale", resourceVersion="1"), status=500, alike="refusal"),
    post(MAPS, config("gen", generateName="x-", labels={"l": "1"}), alike="status"),
]

INVALID = [
    post(MAPS, config("Bad_Name"), status=422, alike="status"),
    post(MAPS, {"metadata": {}}, status=422),
    post(MAPS, config("keys", {"a b": "1"}), status=422, alike="status"),
    post(MAPS, config("types", {"a": 1}), status=400, alike="status"),
    post(
        f"{APPS}/deployments",
        {**deployment("d"), "spec": {**deployment("d")["spec"], "selector": {"matchLabels": {"app": "other"}}}},
        status=422,
        alike="status",
    ),
    post(f"{APPS}/deployments", {"metadata": {"name": "d"}, "spec": {}}, status=422, alike="status"),
    post(f"{APPS}/deployments", deployment("d", -1), status=422, alike="refusal"),
    post(f"{CORE}/services", {"metadata": {"name": "s"}, "spec": {"selector": {"a": "b"}}}, status=422),
    post(f"{CORE}/pods", {"metadata": {"name": "p"}, "spec": {"containers": []}}, status=422, alike="status"),
    post(
        f"{CORE}/pods",
        {"metadata": {"name": "p"}, "spec": pod_spec(resources={"requests": {"cpu": "x"}})},
        status=400,
        alike="status",
    ),
    post(
        f"{CORE}/pods",
        {"metadata": {"name": "p"}, "spec": pod_spec(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}})},
        status=422,
        alike="status",
    ),
    post(
        f"{CORE}/pods", {"metadata": {"name": "p"}, "spec": {**pod_spec(), "serviceAccountName": "absent"}}, status=403
    ),
    post(
        f"{BATCH}/jobs",
        {"metadata": {"name": "j"}, "spec": {"template": {"spec": pod_spec()}}},
        status=422,
        alike="status",
    ),
    post(f"{CORE}/secrets", {"metadata": {"name": "s"}, "type": "kubernetes.io/tls", "data": {}}, status=422),
    post(
        f"{CORE}/persistentvolumeclaims",
        {"metadata": {"name": "c"}, "spec": {"accessModes": ["ReadWriteOnce"]}},
        status=422,
    ),
]

LISTS = [
    *(
        post(MAPS, config(f"l{n}", labels={"app": "web" if n % 2 else "db", "n": str(n)}), alike="status")
        for n in range(5)
    ),
    *(
        get(MAPS, labelSelector=text)
        for text in ("app=web", "app==db", "app!=web,n", "app in (web,db),n notin (0,1)", "n,!odd", "app=web,n=3")
    ),
    get(MAPS, labelSelector="app in web", status=400, alike="status"),
    get(MAPS, fieldSelector="metadata.name=l1"),
    get(MAPS, fieldSelector="metadata.name!=l1,metadata.namespace={ns}", labelSelector="n"),
    get(MAPS, fieldSelector="data.a=1", status=400),
    get(MAPS, limit="2", labelSelector="n"),
    get(MAPS, resourceVersion="0", labelSelector="n"),
    get(MAPS, resourceVersion="abc", status=400, alike="recorded"),
    get("/api/v1/configmaps", labelSelector="n=1,app=web", fieldSelector="metadata.namespace={ns}"),
    delete(MAPS, labelSelector="app=web"),
    get(MAPS, labelSelector="n"),
]

PATCHES = [
    post(f"{APPS}/deployments", deployment("d", 0), alike="status"),
    patch(
        f"{APPS}/deployments/d",
        {"spec": {"template": {"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "1"}]}]}}}},
        STRATEGIC,
        alike="spec",
    ),
    patch(
        f"{APPS}/deployments/d",
        {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": IMAGE}]}}}},
        STRATEGIC,
        alike="spec",
    ),
    patch(
        f"{APPS}/deployments/d",
        {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}},
        STRATEGIC,
        alike="spec",
    ),
    patch(
        f"{APPS}/deployments/d",
        [{"op": "replace", "path": "/spec/revisionHistoryLimit", "value": 3}],
        JSON_PATCH,
        alike="spec",
    ),
    patch(
        f"{APPS}/deployments/d",
        [{"op": "test", "path": "/spec/revisionHistoryLimit", "value": 9}],
        JSON_PATCH,
        status=422,
        alike="status",
    ),
    patch(f"{APPS}/deployments/d", {"spec": {"selector": {"matchLabels": {"app": "x"}}}}, status=422, alike="status"),
    patch(f"{APPS}/deployments/d", {"metadata": {"name": "e"}}, status=400),
    patch(f"{APPS}/deployments/d", {"spec": {"paused": True}}, alike="spec"),
    patch(f"{APPS}/deployments/d", {}, "text/plain", status=415, alike="status"),
    get(f"{APPS}/deployments/d/scale"),
    patch(f"{APPS}/deployments/d/scale", {"spec": {"replicas": 0}}),
    put(
        f"{APPS}/deployments/d/scale",
        {"metadata": {"name": "d", "namespace": "{ns}"}, "spec": {"replicas": -1}},
        status=422,
        alike="status",
    ),
    patch(
        f"{APPS}/deployments/d/status", {"status": {"observedGeneration": 99}, "spec": {"replicas": 9}}, alike="spec"
    ),
]

DRY_RUN = [
    post(MAPS, config("dry"), dryRun="All"),
    get(f"{MAPS}/dry", status=404),
    apply(f"{MAPS}/dry", config("dry"), "one", status=201, dryRun="All"),
    post(f"{APPS}/deployments", deployment("d"), dryRun="All", alike="spec"),
    get(f"{APPS}/deployments/d", status=404),
    post(
        f"{CORE}/services", {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}, dryRun="All", alike="status"
    ),
    post(MAPS, config("dry"), dryRun="Some", status=422, alike="status"),
]

SERVER_SIDE_APPLY = [
    apply(f"{MAPS}/c", config("c", {"a": "1", "b": "2"}), "one", status=201),
    apply(f"{MAPS}/c", config("c", {"a": "1", "b": "2"}), "one"),
    apply(f"{MAPS}/c", config("c", {"a": "2"}), "two", status=409),
    apply(f"{MAPS}/c", config("c", {"a": "2"}), "two", force="true"),
    apply(f"{MAPS}/c", config("c", {"b": "2"}), "one"),
    apply(f"{MAPS}/c", config("c", {"c": "1"}), "one"),
    apply(f"{MAPS}/c", config("c", {"a": "2", "c": "1"}), "three"),
    apply(f"{MAPS}/c", config("c", {"c": "5"}), "one", status=409),
    apply(f"{MAPS}/c", config("other", {"c": "5"}), "one", status=400, alike="recorded"),
    patch(f"{MAPS}/c", config("c"), APPLY, status=422, alike="status"),
    apply(
        f"{APPS}/deployments/d",
        deployment("d", 0, ports=[{"containerPort": 80, "protocol": "TCP"}]),
        "one",
        status=201,
        alike="spec",
    ),
    apply(
        f"{APPS}/deployments/d",
        {
            **deployment("d", 0),
            "spec": {"template": {"spec": {"containers": [{"name": "c", "env": [{"name": "B", "value": "2"}]}]}}},
        },
        "two",
        alike="spec",
    ),
    apply(
        f"{APPS}/deployments/d",
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}},
        "two",
        alike="spec",
    ),
    apply(f"{APPS}/deployments/d", deployment("d", 3), "three", status=409, alike="status"),
]

DELETION = [
    post(MAPS, config("held", finalizers=["example.com/hold"]), alike="status"),
    delete(f"{MAPS}/held"),
    get(f"{MAPS}/held"),
    post(MAPS, config("held"), status=409),
    patch(f"{MAPS}/held", {"metadata": {"finalizers": None}}),
    get(f"{MAPS}/held", status=404),
    post(MAPS, config("p"), alike="status"),
    delete(f"{MAPS}/p", {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}, status=409, alike="status"),
    delete(f"{MAPS}/p", propagationPolicy="Sideways", status=422, alike="status"),
    delete(f"{MAPS}/p", alike="status"),
]

WORKLOADS = [
    post(
        f"{CORE}/services",
        {
            "metadata": {"name": "web"},
            "spec": {
                "selector": {"app": "web"},
                "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}],
            },
        },
        alike="status",
    ),
    post(f"{APPS}/deployments", deployment("web", 2), alike="spec"),
    get(f"{APPS}/deployments/web", until=lambda b: b["status"].get("availableReplicas") == 2, alike="status"),
    get(f"{APPS}/replicasets", alike="status", until=items(1)),
    get(f"{CORE}/pods", until=items(2), labelSelector="app=web", alike="status"),
    get(
        f"{CORE}/endpoints/web",
        until=lambda b: len((b.get("subsets") or [{}])[0].get("addresses") or []) == 2,
        alike="endpoints",
    ),
    patch(f"{APPS}/deployments/web/scale", {"spec": {"replicas": 1}}, alike="status"),
    get(f"{CORE}/pods", until=items(1), labelSelector="app=web", alike="status"),
    delete(f"{APPS}/deployments/web", propagationPolicy="Background", alike="status"),
    get(f"{CORE}/pods", until=items(0), labelSelector="app=web", alike="status"),
]

JOBS = [
    post(
        f"{BATCH}/jobs",
        {
            "metadata": {"name": "j"},
            "spec": {"template": {"spec": {**pod_spec(command=["sh", "-c", "echo done"]), "restartPolicy": "Never"}}},
        },
        alike="status",
    ),
    post(
        f"{BATCH}/jobs",
        {
            "metadata": {"name": "f"},
            "spec": {
                "backoffLimit": 0,
                "template": {"spec": {**pod_spec(command=["false"]), "restartPolicy": "Never"}},
            },
        },
        alike="status",
    ),
    get(f"{BATCH}/jobs/j", until=has_condition("Complete"), alike="job"),
    get(f"{BATCH}/jobs/f", until=has_condition("Failed"), alike="job"),
]

FAILURES = [
    post(f"{CORE}/pods", {"metadata": {"name": "image"}, "spec": pod_spec(image="does-not-exist:1")}, alike="status"),
    post(
        f"{CORE}/pods",
        {"metadata": {"name": "crash"}, "spec": pod_spec(command=["sh", "-c", "exit 3"])},
        alike="status",
    ),
    post(
        f"{CORE}/pods",
        {"metadata": {"name": "big"}, "spec": pod_spec(resources={"requests": {"cpu": "1000"}})},
        alike="status",
    ),
    post(
        f"{CORE}/pods",
        {
            "metadata": {"name": "config"},
            "spec": pod_spec(env=[{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "absent", "key": "a"}}}]),
        },
        alike="status",
    ),
    get(
        f"{CORE}/pods/image",
        until=lambda b: (
            b["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")
        ),
        alike="pod",
    ),
    get(f"{CORE}/pods/big", until=has_condition("PodScheduled", "False"), alike="pod"),
    get(
        f"{CORE}/pods/config",
        until=lambda b: (
            b["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CreateContainerConfigError"
        ),
        alike="pod",
    ),
    get(f"{CORE}/pods/crash", until=lambda b: b["status"]["containerStatuses"][0]["restartCount"] > 0, alike="status"),
]

OTHERS = [
    post(f"{CORE}/secrets", {"metadata": {"name": "s"}, "stringData": {"k": "v"}}),
    post(f"{CORE}/serviceaccounts", {"metadata": {"name": "robot"}}, alike="status"),
    post(
        "/apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies",
        {"metadata": {"name": "n"}, "spec": {"podSelector": {}, "ingress": [{}]}},
    ),
    post(
        "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles",
        {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ),
    post(
        "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings",
        {
            "metadata": {"name": "r"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
            "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": "{ns}"}],
        },
    ),
    post(
        "/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses",
        {
            "metadata": {"name": "i"},
            "spec": {
                "rules": [
                    {
                        "host": "a.example.com",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "web", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ]
            },
        },
    ),
    post(
        f"{CORE}/limitranges",
        {
            "metadata": {"name": "l"},
            "spec": {
                "limits": [
                    {
                        "type": "Container",
                        "default": {"cpu": "200m"},
                        "defaultRequest": {"cpu": "100m"},
                        "max": {"cpu": "1"},
                    }
                ]
            },
        },
    ),
    post(
        f"{CORE}/pods",
        {"metadata": {"name": "limited"}, "spec": {**pod_spec(), "schedulerName": "nobody"}},
        alike="limits",
    ),
    post(
        f"{CORE}/pods",
        {"metadata": {"name": "more"}, "spec": pod_spec(resources={"limits": {"cpu": "2"}})},
        status=403,
        alike="status",
    ),
    post(f"{CORE}/resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": {"configmaps": "2"}}}, alike="status"),
    get(f"{CORE}/resourcequotas/q", until=lambda b: b["status"].get("used"), alike="status"),
    post(MAPS, config("one"), alike="status"),
    post(MAPS, config("two"), status=403),
]


def _secret(**fields: Json) -> Json:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, **fields}


# Written by another name than it is kept under: nobody owns what lands in `data`, so it stays.
WRITTEN_AS_TEXT = [
    apply(f"{CORE}/secrets/s", _secret(stringData={"a": "b", "z": "y"}), "one", status=201),
    apply(f"{CORE}/secrets/s", _secret(stringData={"c": "d"}), "one"),
    apply(f"{CORE}/secrets/s", _secret(data={"q": "YQ=="}), "one"),
    apply(f"{CORE}/secrets/s", _secret(type="Opaque"), "one"),
    get(f"{CORE}/secrets/s"),
]

SCENARIOS: dict[str, list[Step]] = {
    "written as text": WRITTEN_AS_TEXT,
    "crud": CRUD,
    "invalid": INVALID,
    "lists": LISTS,
    "patches": PATCHES,
    "dry run": DRY_RUN,
    "server-side apply": SERVER_SIDE_APPLY,
    "deletion": DELETION,
    "workloads": WORKLOADS,
    "jobs": JOBS,
    "failures": FAILURES,
    "others": OTHERS,
}
