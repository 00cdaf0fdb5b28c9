"""Everything that a workflow may apply becomes healthy, and what is wrong with it is told as a real cluster does."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from clusters.practice import objects
from tests.cluster.practice.kube import STRATEGIC, Kube

Json = Any
CORE, APPS, BATCH = (
    "/api/v1/namespaces/default",
    "/apis/apps/v1/namespaces/default",
    "/apis/batch/v1/namespaces/default",
)
LIFE = "sailcloth.practice/life"


def template(name: str, *, life: str = "", **container: Json) -> Json:
    data: Json = {"labels": {"app": name}}
    if life:
        data["annotations"] = {LIFE: life}
    return {"metadata": data, "spec": {"containers": [{"name": "c", "image": "app:1", **container}]}}


def workload(kind: str, name: str, **spec: Json) -> Json:
    body = {"selector": {"matchLabels": {"app": name}}, "template": template(name), **spec}
    return {"kind": kind, "metadata": {"name": name}, "spec": body}


async def make(kube: Kube, path: str, body: Json) -> Json:
    answer = await kube.post(path, body)
    assert answer.status == 201, answer.body
    return answer.body


def status(**wanted: Json) -> Any:
    return lambda body: all((body.get("status") or {}).get(k) == v for k, v in wanted.items())


def condition(kind: str, value: str = "True") -> Any:
    return lambda body: any(
        c["type"] == kind and c["status"] == value for c in (body.get("status") or {}).get("conditions") or []
    )


async def test_a_statefulset_with_claims_and_its_update(practice: Kube) -> None:
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    inner = template("db", volumeMounts=[{"name": "data", "mountPath": "/data"}])
    body = workload("StatefulSet", "db", serviceName="db", replicas=2, template=inner, volumeClaimTemplates=[claim])
    await make(practice, f"{APPS}/statefulsets", body)
    await practice.eventually(f"{APPS}/statefulsets/db", status(readyReplicas=2, updatedReplicas=2))
    claims = (await practice.get(f"{CORE}/persistentvolumeclaims"))["items"]
    assert [(c["metadata"]["name"], c["status"]["phase"]) for c in claims] == [
        ("data-db-0", "Bound"),
        ("data-db-1", "Bound"),
    ]
    before = {p["metadata"]["name"]: p["metadata"]["uid"] for p in (await practice.get(f"{CORE}/pods"))["items"]}
    change = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "app:2"}]}}}}
    await practice.patch(f"{APPS}/statefulsets/db", change, STRATEGIC)
    done = await practice.eventually(
        f"{APPS}/statefulsets/db",
        lambda b: (
            b["status"]["currentRevision"] == b["status"]["updateRevision"]
            and b["status"]["readyReplicas"] == 2
            and b["status"]["observedGeneration"] == 2
        ),
    )
    assert done["status"]["updatedReplicas"] == 2
    pods = (await practice.get(f"{CORE}/pods"))["items"]
    assert {p["spec"]["containers"][0]["image"] for p in pods} == {"app:2"}
    assert all(before[p["metadata"]["name"]] != p["metadata"]["uid"] for p in pods)
    await practice.patch(f"{APPS}/statefulsets/db", {"spec": {"replicas": 1}})
    await practice.eventually(f"{CORE}/pods", lambda b: [p["metadata"]["name"] for p in b["items"]] == ["db-0"])
    assert len((await practice.get(f"{CORE}/persistentvolumeclaims"))["items"]) == 2  # kept


async def test_pods_of_a_parallel_statefulset_start_together(practice: Kube) -> None:
    body = workload("StatefulSet", "p", serviceName="p", replicas=3, podManagementPolicy="Parallel")
    body["spec"]["template"] = template("p", life="unschedulable")
    await make(practice, f"{APPS}/statefulsets", body)
    await practice.eventually(f"{CORE}/pods", lambda b: len(b["items"]) == 3)


async def test_a_daemonset_and_its_update(practice: Kube) -> None:
    await make(practice, f"{APPS}/daemonsets", workload("DaemonSet", "agent"))
    healthy = {"numberReady": 1, "desiredNumberScheduled": 1, "updatedNumberScheduled": 1}
    await practice.eventually(f"{APPS}/daemonsets/agent", status(**healthy, observedGeneration=1))
    await practice.patch(
        f"{APPS}/daemonsets/agent",
        {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "app:2"}]}}}},
        STRATEGIC,
    )
    await practice.eventually(f"{APPS}/daemonsets/agent", status(**healthy, observedGeneration=2))
    pods = await practice.eventually(f"{CORE}/pods", lambda b: len(b["items"]) == 1)
    assert pods["items"][0]["spec"]["containers"][0]["image"] == "app:2"
    nowhere = workload("DaemonSet", "nowhere")
    nowhere["spec"]["template"]["spec"]["nodeSelector"] = {"no": "where"}
    await make(practice, f"{APPS}/daemonsets", nowhere)
    found = await practice.eventually(f"{APPS}/daemonsets/nowhere", status(observedGeneration=1))
    assert found["status"]["desiredNumberScheduled"] == 0


def job(name: str, **spec: Json) -> Json:
    inner = {
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "c", "image": "app:1", "command": spec.pop("command", ["sh", "-c", "echo hi"])}],
        }
    }
    return {"metadata": {"name": name}, "spec": {"template": inner, **spec}}


async def test_jobs_complete_fail_expire_and_clean_up(practice: Kube) -> None:
    await make(practice, f"{BATCH}/jobs", job("ok", completions=3, parallelism=2))
    await make(practice, f"{BATCH}/jobs", job("bad", backoffLimit=1, command=["false"]))
    await make(practice, f"{BATCH}/jobs", job("late", activeDeadlineSeconds=1, command=["sleep", "1000"]))
    await make(practice, f"{BATCH}/jobs", job("short", ttlSecondsAfterFinished=0))
    await make(practice, f"{BATCH}/jobs", job("indexed", completions=3, completionMode="Indexed"))
    done = await practice.eventually(f"{BATCH}/jobs/ok", condition("Complete"))
    assert done["status"]["succeeded"] == 3
    failed = await practice.eventually(f"{BATCH}/jobs/bad", condition("Failed"))
    assert failed["status"]["failed"] == 2
    assert {c["reason"] for c in failed["status"]["conditions"]} == {"BackoffLimitExceeded"}
    late = await practice.eventually(f"{BATCH}/jobs/late", condition("Failed"))
    assert {c["reason"] for c in late["status"]["conditions"]} == {"DeadlineExceeded"}
    await practice.eventually(f"{BATCH}/jobs/short", lambda b: b["kind"] == "Status")
    indexed = await practice.eventually(f"{BATCH}/jobs/indexed", condition("Complete"))
    assert indexed["status"]["completedIndexes"] == "0-2"
    answer = await practice.delete(f"{BATCH}/jobs/ok", propagationPolicy="Background")
    assert answer.status == 200
    await practice.eventually(f"{CORE}/pods", lambda b: b["items"] == [], labelSelector="job-name=ok")


async def test_a_suspended_job_waits_and_goes_on(practice: Kube) -> None:
    await make(practice, f"{BATCH}/jobs", job("s", suspend=True))
    await practice.eventually(f"{BATCH}/jobs/s", condition("Suspended"))
    assert (await practice.get(f"{CORE}/pods"))["items"] == []
    await practice.patch(f"{BATCH}/jobs/s", {"spec": {"suspend": False}})
    await practice.eventually(f"{BATCH}/jobs/s", condition("Complete"))


async def test_what_jobs_cannot_do_here_is_refused(practice: Kube) -> None:
    for more in ({"successPolicy": {"rules": [{"succeededCount": 1}]}}, {"backoffLimitPerIndex": 1}):
        answer = await practice.post(f"{BATCH}/jobs", job("x", completions=2, completionMode="Indexed", **more))
        assert answer.status == 422
        assert "not simulated by the practice cluster" in answer.message


async def test_a_cronjob_by_a_clock_of_its_own(practice: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    """The full minute comes when the test says so."""
    started = dt.datetime(2026, 1, 1, 12, 0, 30, tzinfo=dt.UTC)
    now = [started]
    monkeypatch.setattr(objects, "utcnow", lambda: now[0])
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": job("x")["spec"]}}
    made = await make(practice, f"{BATCH}/cronjobs", {"metadata": {"name": "every"}, "spec": spec})
    assert made["metadata"]["creationTimestamp"] == "2026-01-01T12:00:30Z"
    now[0] = started + dt.timedelta(seconds=40)
    await practice.patch(f"{BATCH}/cronjobs/every", {"metadata": {"labels": {"touch": "1"}}})
    jobs = await practice.eventually(f"{BATCH}/jobs", lambda b: len(b["items"]) == 1)
    name = jobs["items"][0]["metadata"]["name"]
    assert name == f"every-{int(dt.datetime(2026, 1, 1, 12, 1, tzinfo=dt.UTC).timestamp()) // 60}"
    stamp = jobs["items"][0]["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"]
    assert stamp == "2026-01-01T12:01:00Z"
    found = await practice.eventually(f"{BATCH}/cronjobs/every", lambda b: b["status"].get("lastSuccessfulTime"))
    assert found["status"]["lastScheduleTime"] == "2026-01-01T12:01:00Z"
    assert "active" not in found["status"]
    for minute in range(2, 8):
        now[0] = started + dt.timedelta(minutes=minute)
        await practice.patch(f"{BATCH}/cronjobs/every", {"metadata": {"labels": {"touch": str(minute)}}})
        wanted = f"2026-01-01T12:0{minute}:00Z"
        await practice.eventually(
            f"{BATCH}/cronjobs/every",
            lambda b, wanted=wanted: b["status"].get("lastScheduleTime") == wanted and not b["status"].get("active"),
        )
    await practice.eventually(f"{BATCH}/jobs", lambda b: len(b["items"]) == 3)  # the history limit


async def test_claims_are_bound_grown_protected_and_released(practice: Kube) -> None:
    claim = {
        "metadata": {"name": "c"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    await make(practice, f"{CORE}/persistentvolumeclaims", claim)
    bound = await practice.eventually(f"{CORE}/persistentvolumeclaims/c", status(phase="Bound"))
    assert bound["spec"]["storageClassName"] == "standard"
    volume = bound["spec"]["volumeName"]
    await practice.eventually(f"/api/v1/persistentvolumes/{volume}", status(phase="Bound"))
    await practice.patch(f"{CORE}/persistentvolumeclaims/c", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}})
    await practice.eventually(f"{CORE}/persistentvolumeclaims/c", status(capacity={"storage": "2Gi"}))
    inner = template("p")["spec"]
    inner["volumes"] = [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]
    await make(practice, f"{CORE}/pods", {"metadata": {"name": "p"}, "spec": inner})
    await practice.eventually(f"{CORE}/pods/p", status(phase="Running"))
    await practice.delete(f"{CORE}/persistentvolumeclaims/c")
    held = (await practice.get(f"{CORE}/persistentvolumeclaims/c")).body
    assert held["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    await practice.delete(f"{CORE}/pods/p")
    await practice.eventually(f"{CORE}/persistentvolumeclaims/c", lambda b: b["kind"] == "Status")
    await practice.eventually(f"/api/v1/persistentvolumes/{volume}", lambda b: b["kind"] == "Status")


async def test_a_claim_of_an_unknown_class_says_so(practice: Kube) -> None:
    claim = {
        "metadata": {"name": "c"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "fast",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    await make(practice, f"{CORE}/persistentvolumeclaims", claim)
    events = await practice.eventually(f"{CORE}/events", lambda b: b["items"], fieldSelector="involvedObject.name=c")
    assert events["items"][0]["reason"] == "ProvisioningFailed"
    assert (await practice.get(f"{CORE}/persistentvolumeclaims/c"))["status"]["phase"] == "Pending"


async def test_services_have_endpoints_and_addresses(practice: Kube) -> None:
    await make(practice, f"{APPS}/deployments", workload("Deployment", "web", replicas=2))
    ports = [{"port": 80, "targetPort": 8080}]
    await make(
        practice,
        f"{CORE}/services",
        {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": ports, "type": "LoadBalancer"}},
    )
    found = await practice.eventually(
        f"{CORE}/services/web", lambda b: (b.get("status") or {}).get("loadBalancer", {}).get("ingress")
    )
    assert found["spec"]["ports"][0]["nodePort"] >= 30000
    ends = await practice.eventually(
        f"{CORE}/endpoints/web", lambda b: len((b.get("subsets") or [{}])[0].get("addresses") or []) == 2
    )
    assert ends["subsets"][0]["ports"] == [{"port": 8080, "protocol": "TCP"}]
    slices = (
        await practice.get(
            "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            labelSelector="kubernetes.io/service-name=web",
        )
    )["items"]
    assert len(slices[0]["endpoints"]) == 2
    rule = {
        "host": "a.example.com",
        "http": {
            "paths": [
                {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
            ]
        },
    }
    path = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"
    await make(practice, path, {"metadata": {"name": "i"}, "spec": {"rules": [rule]}})
    await practice.eventually(f"{path}/i", lambda b: (b.get("status") or {}).get("loadBalancer", {}).get("ingress"))


async def test_an_autoscaler_keeps_its_bounds_and_tells_what_it_lacks(practice: Kube) -> None:
    await make(practice, f"{APPS}/deployments", workload("Deployment", "bare"))
    sized = workload("Deployment", "sized")
    sized["spec"]["template"] = template("sized", resources={"requests": {"cpu": "100m"}})
    await make(practice, f"{APPS}/deployments", sized)
    path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    for name in ("bare", "sized"):
        ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        await make(
            practice,
            path,
            {"metadata": {"name": name}, "spec": {"scaleTargetRef": ref, "minReplicas": 2, "maxReplicas": 4}},
        )
    await practice.eventually(f"{path}/sized", condition("ScalingActive"))
    await practice.eventually(f"{APPS}/deployments/sized", status(readyReplicas=2))
    rows = await practice.call("GET", path, headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"})
    assert [r["cells"][2] for r in rows["rows"]] == ["cpu: <unknown>/80%", "cpu: 80%/80%"]
    lacking = await practice.eventually(f"{path}/bare", condition("ScalingActive", "False"))
    told = next(c for c in lacking["status"]["conditions"] if c["type"] == "ScalingActive")
    assert told["reason"] == "FailedGetResourceMetric"
    assert "missing request for cpu" in told["message"]


async def test_a_budget_counts_and_holds_evictions_back(practice: Kube) -> None:
    await make(practice, f"{APPS}/deployments", workload("Deployment", "web", replicas=2))
    path = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    await make(
        practice,
        path,
        {"metadata": {"name": "b"}, "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}},
    )
    await practice.eventually(f"{path}/b", status(currentHealthy=2, disruptionsAllowed=0))
    pods = (await practice.get(f"{CORE}/pods"))["items"]
    answer = await practice.post(f"{CORE}/pods/{pods[0]['metadata']['name']}/eviction", {})
    assert (answer.status, answer["reason"]) == (429, "TooManyRequests")


async def test_a_quota_counts_and_refuses(practice: Kube) -> None:
    await make(
        practice,
        f"{CORE}/resourcequotas",
        {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "1", "requests.cpu": "1"}}},
    )
    await practice.eventually(f"{CORE}/resourcequotas/q", lambda b: (b.get("status") or {}).get("used"))
    refused = await practice.post(f"{CORE}/pods", {"metadata": {"name": "p"}, "spec": template("p")["spec"]})
    assert refused.status == 403
    assert "must specify requests.cpu for: c" in refused.message
    await make(
        practice,
        f"{APPS}/deployments",
        {
            **workload("Deployment", "web", replicas=2),
            "spec": {
                **workload("Deployment", "web", replicas=2)["spec"],
                "template": template("web", resources={"requests": {"cpu": "100m"}}),
            },
        },
    )
    found = await practice.eventually(f"{APPS}/deployments/web", condition("ReplicaFailure"))
    told = next(c for c in found["status"]["conditions"] if c["type"] == "ReplicaFailure")
    assert "exceeded quota: q" in told["message"]
    used = await practice.eventually(f"{CORE}/resourcequotas/q", lambda b: b["status"]["used"]["pods"] == "1")
    assert used["status"]["used"]["requests.cpu"] == "100m"


async def test_what_a_quota_refuses_is_tried_again_at_leisure(practice: Kube) -> None:
    """Each refusal names another pod; it may not be a reason to try at once."""
    body = {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "1"}}}
    await practice.post(f"{CORE}/resourcequotas", body)
    await practice.eventually(f"{CORE}/resourcequotas/q", lambda b: (b.get("status") or {}).get("used"))
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "many"}}, "template": template("many")}
    await practice.post(f"{APPS}/replicasets", {"metadata": {"name": "many"}, "spec": spec})
    refused = await practice.eventually(f"{APPS}/replicasets/many", lambda b: (b.get("status") or {}).get("conditions"))
    await asyncio.sleep(1)
    later = (await practice.get(f"{APPS}/replicasets/many")).body["status"]["conditions"]
    assert later == refused["status"]["conditions"]
    # The clock of these tests is fast.
    events = (await practice.get(f"{CORE}/events")).body["items"]
    assert sum(each.get("count") or 1 for each in events if each["reason"] == "FailedCreate") < 30


@pytest.mark.parametrize(
    ("life", "image", "is_shown"),
    [
        ("crash", "app:1", lambda s: s["containerStatuses"][0]["restartCount"] > 0),
        ("crash", "app:1", lambda s: _waiting(s) == "CrashLoopBackOff"),
        (
            "oom",
            "app:1",
            lambda s: (s["containerStatuses"][0]["lastState"].get("terminated") or {}).get("reason") == "OOMKilled",
        ),
        ("probe", "app:1", lambda s: s["phase"] == "Running" and not s["containerStatuses"][0]["ready"]),
        ("unschedulable", "app:1", lambda s: s["conditions"][0]["reason"] == "Unschedulable"),
        ("", "missing:1", lambda s: _waiting(s) in ("ErrImagePull", "ImagePullBackOff")),
        ("", "registry.example.com/app:does-not-exist", lambda s: _waiting(s) in ("ErrImagePull", "ImagePullBackOff")),
    ],
)  # one row per convention
async def test_failures_by_convention(practice: Kube, life: str, image: str, is_shown: Any) -> None:
    body = {"metadata": {"name": "p", "annotations": {LIFE: life}}, "spec": template("p", image=image)["spec"]}
    await make(practice, f"{CORE}/pods", body)

    def shows(body: Json) -> bool:
        try:
            return bool(is_shown(body["status"]))
        except (KeyError, IndexError):
            return False

    await practice.eventually(f"{CORE}/pods/p", shows)


def _waiting(found: Json) -> str:
    return str(found["containerStatuses"][0]["state"].get("waiting", {}).get("reason", ""))


async def test_a_container_without_memory_to_start_in_is_killed(practice: Kube) -> None:
    starved = template("p", resources={"limits": {"memory": "4Mi"}})["spec"]
    await make(practice, f"{CORE}/pods", {"metadata": {"name": "p"}, "spec": starved})

    def is_killed(body: Json) -> bool:
        states = body["status"].get("containerStatuses", [{}])[0]
        return states.get("lastState", {}).get("terminated", {}).get("reason") == "OOMKilled"

    await practice.eventually(f"{CORE}/pods/p", is_killed)


async def test_a_repaired_image_heals_the_deployment(practice: Kube) -> None:
    body = workload("Deployment", "web")
    body["spec"]["template"] = template("web", image="missing:1")
    await make(practice, f"{APPS}/deployments", body)
    await practice.eventually(
        f"{CORE}/pods", lambda b: b["items"] and _waiting(b["items"][0]["status"]) == "ErrImagePull"
    )
    change = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "app:1"}]}}}}
    await practice.patch(f"{APPS}/deployments/web", change, STRATEGIC)
    await practice.eventually(f"{APPS}/deployments/web", status(availableReplicas=1, updatedReplicas=1, replicas=1))


async def test_a_missing_config_map_holds_a_pod_until_it_is_there(practice: Kube) -> None:
    body = {"metadata": {"name": "p"}, "spec": template("p", envFrom=[{"configMapRef": {"name": "late"}}])["spec"]}
    await make(practice, f"{CORE}/pods", body)
    await practice.eventually(
        f"{CORE}/pods/p",
        lambda b: b["status"].get("containerStatuses") and _waiting(b["status"]) == "CreateContainerConfigError",
    )
    await make(practice, f"{CORE}/configmaps", {"metadata": {"name": "late"}, "data": {"A": "1"}})
    await practice.eventually(f"{CORE}/pods/p", status(phase="Running"))


async def test_a_namespace_takes_everything_with_it(practice: Kube) -> None:
    await make(practice, "/api/v1/namespaces", {"metadata": {"name": "gone"}})
    await practice.eventually("/api/v1/namespaces/gone/serviceaccounts", lambda b: b["items"])
    await make(practice, "/apis/apps/v1/namespaces/gone/deployments", workload("Deployment", "web", replicas=2))
    held = {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
    await make(practice, "/api/v1/namespaces/gone/configmaps", held)
    await practice.delete("/api/v1/namespaces/gone")
    waiting = await practice.eventually("/api/v1/namespaces/gone", condition("NamespaceFinalizersRemaining"))
    assert waiting["status"]["phase"] == "Terminating"
    late = await practice.post("/api/v1/namespaces/gone/configmaps", {"metadata": {"name": "late"}})
    assert (late.status, late["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")
    await practice.patch("/api/v1/namespaces/gone/configmaps/held", {"metadata": {"finalizers": None}})
    await practice.eventually("/api/v1/namespaces/gone", lambda b: b["kind"] == "Status")
    assert (await practice.get("/api/v1/namespaces/gone/pods"))["items"] == []
