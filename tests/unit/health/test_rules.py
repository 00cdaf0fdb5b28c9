"""The rules per kind, and the traps that Argo CD and kstatus are known for."""

import pytest

from clusters.health import assess


def obj(kind, api_version="apps/v1", *, spec=None, status=None, generation=1, **metadata):
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "x", "uid": "u", "generation": generation, **metadata},
        "spec": spec or {},
        "status": status or {},
    }


def condition(type_, status="True", reason="", message="", **more):
    return {"type": type_, "status": status, "reason": reason, "message": message, **more}


def seen(**status):
    return {"observedGeneration": 1, **status}


def pod(
    waiting="", message="", *, phase="Pending", image="nginx:1", created="2026-01-01T00:00:00Z", revision="a", **status
):
    state = {"waiting": {"reason": waiting, "message": message}} if waiting else {"running": {}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "p",
            "uid": f"p-{created}",
            "creationTimestamp": created,
            "labels": {"pod-template-hash": revision},
        },
        "spec": {"containers": [{"name": "app", "image": image}]},
        "status": {"phase": phase, "containerStatuses": [{"name": "app", "state": state, "ready": False}], **status},
    }


def warning(reason, message, *, count=1, about="u", at="2026-01-01T00:00:00Z", **more):
    return {
        "reason": reason,
        "message": message,
        "count": count,
        "involvedObject": {"uid": about},
        "lastTimestamp": at,
        **more,
    }


DONE = seen(replicas=1, updatedReplicas=1, availableReplicas=1, readyReplicas=1)
LATE = condition("Progressing", "False", "ProgressDeadlineExceeded")
NETWORKING, GATEWAY = "networking.k8s.io/v1", "gateway.networking.k8s.io/v1"
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}


@pytest.mark.parametrize(
    ("case", "status", "reason"),
    [
        # --- workloads
        (obj("Deployment"), "progressing", "NotObserved"),
        (obj("Deployment", status={**DONE, "observedGeneration": 1}, generation=2), "progressing", "NotObserved"),
        (obj("Deployment", status=DONE), "healthy", ""),
        (obj("Deployment", spec={"replicas": 0}, status=seen()), "healthy", ""),
        (obj("Deployment", spec={"replicas": 2}, status=DONE), "progressing", "RollingOut"),
        (obj("Deployment", status={**DONE, "replicas": 2}), "progressing", "RollingOut"),
        (obj("Deployment", status={**DONE, "availableReplicas": 0}), "progressing", "RollingOut"),
        (obj("Deployment", spec={"paused": True}, status=seen(conditions=[LATE])), "suspended", "Paused"),
        (obj("Deployment", status=seen(conditions=[LATE])), "degraded", "ProgressDeadlineExceeded"),
        (
            obj("Deployment", status={**DONE, "observedGeneration": 1}, deletionTimestamp="2026"),
            "progressing",
            "Terminating",
        ),
        (obj("ReplicaSet", status=DONE), "healthy", ""),
        (obj("ReplicationController", "v1", status=DONE), "healthy", ""),
        (
            obj("ReplicaSet", status=seen(conditions=[condition("ReplicaFailure", message="no")])),
            "degraded",
            "FailedCreate",
        ),
        (obj("StatefulSet", status=seen(readyReplicas=1, currentRevision="a", updateRevision="a")), "healthy", ""),
        (obj("StatefulSet", status=seen(readyReplicas=0)), "progressing", "RollingOut"),
        (
            obj(
                "StatefulSet", status=seen(readyReplicas=1, currentRevision="a", updateRevision="b", updatedReplicas=0)
            ),
            "progressing",
            "RollingOut",
        ),
        (
            obj(
                "StatefulSet",
                spec={"updateStrategy": {"type": "OnDelete"}},
                status=seen(readyReplicas=1, currentRevision="a", updateRevision="b"),
            ),
            "healthy",
            "",
        ),
        (
            obj(
                "StatefulSet",
                spec={"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
                status=seen(readyReplicas=3, currentRevision="a", updateRevision="b", updatedReplicas=1),
            ),
            "healthy",
            "",
        ),
        (obj("DaemonSet", status=seen(desiredNumberScheduled=0)), "healthy", "NoNodes"),
        (obj("DaemonSet"), "progressing", "NotObserved"),
        (
            obj("DaemonSet", status=seen(desiredNumberScheduled=2, updatedNumberScheduled=1, numberAvailable=2)),
            "progressing",
            "RollingOut",
        ),
        (
            obj("DaemonSet", status=seen(desiredNumberScheduled=2, updatedNumberScheduled=2, numberAvailable=2)),
            "healthy",
            "",
        ),
        # --- jobs
        (obj("Job", "batch/v1", status={"active": 1, "startTime": "2026"}), "progressing", "Running"),
        (obj("Job", "batch/v1"), "progressing", "Starting"),
        (obj("Job", "batch/v1", spec={"suspend": True}), "suspended", "Suspended"),
        (obj("Job", "batch/v1", status={"conditions": [condition("Complete")]}), "healthy", "Completed"),
        (
            obj("Job", "batch/v1", status={"conditions": [condition("Failed", reason="BackoffLimitExceeded")]}),
            "degraded",
            "BackoffLimitExceeded",
        ),
        (
            obj("Job", "batch/v1", status={"conditions": [condition("FailureTarget", reason="PodFailurePolicy")]}),
            "degraded",
            "PodFailurePolicy",
        ),
        (obj("CronJob", "batch/v1", spec={"suspend": True}), "suspended", "Suspended"),
        (obj("CronJob", "batch/v1beta1"), "healthy", ""),
        # --- pods
        (obj("Pod", "v1", status={"phase": "Failed", "reason": "Evicted"}), "degraded", "Evicted"),
        (obj("Pod", "v1", status={"phase": "Succeeded"}), "healthy", "Completed"),
        (obj("Pod", "v1", status={"phase": "Unknown"}), "unknown", "NodeLost"),
        (obj("Pod", "v1", status={"phase": "Running"}), "progressing", "Running"),
        (obj("Pod", "v1", status={"phase": "Running", "conditions": [condition("Ready")]}), "healthy", ""),
        (pod("ContainerCreating"), "progressing", "ContainerCreating"),
        (pod("ErrImagePull", "x509: certificate signed by unknown authority"), "degraded", "ErrImagePull"),
        # --- network
        (obj("Service", "v1", spec={"clusterIP": "10.0.0.1"}), "healthy", ""),
        (obj("Service", "v1", spec={"clusterIP": "None"}), "healthy", ""),
        (obj("Service", "v1", spec={"type": "LoadBalancer"}), "progressing", "NoAddress"),
        (obj("Service", "v1", spec={"type": "LoadBalancer"}, status=ADDRESS), "healthy", ""),
        (obj("Service", "v1", spec={"type": "ExternalName"}), "healthy", ""),
        (obj("Ingress", NETWORKING), "progressing", "NoAddress"),
        (obj("Ingress", NETWORKING, status=ADDRESS), "healthy", ""),
        (obj("HTTPRoute", GATEWAY), "progressing", "NotAccepted"),
        (
            obj(
                "HTTPRoute",
                GATEWAY,
                status={"parents": [{"conditions": [condition("Accepted"), condition("ResolvedRefs")]}]},
            ),
            "healthy",
            "",
        ),
        (
            obj(
                "HTTPRoute", GATEWAY, status={"parents": [{"conditions": [condition("Accepted", "False", "NoMatch")]}]}
            ),
            "degraded",
            "NoMatch",
        ),
        (
            obj(
                "HTTPRoute",
                GATEWAY,
                generation=3,
                status={"parents": [{"conditions": [condition("Accepted", "False", observedGeneration=2)]}]},
            ),
            "progressing",
            "NotObserved",
        ),
        (
            obj("Gateway", GATEWAY, status={"conditions": [condition("Accepted", "Unknown", "Pending")]}),
            "progressing",
            "Accepted",
        ),
        (
            obj(
                "Gateway",
                GATEWAY,
                status={"conditions": [condition("Accepted", reason="x"), condition("Programmed", reason="x")]},
            ),
            "healthy",
            "",
        ),
        (obj("NetworkPolicy", NETWORKING), "healthy", ""),
        # --- storage
        (obj("PersistentVolumeClaim", "v1", status={"phase": "Bound"}), "healthy", ""),
        (obj("PersistentVolumeClaim", "v1", status={"phase": "Lost"}), "degraded", "Lost"),
        (obj("PersistentVolumeClaim", "v1", status={"phase": "Pending"}), "progressing", "Pending"),
        # --- scaling
        (obj("HorizontalPodAutoscaler", "autoscaling/v2"), "progressing", "NotObserved"),
        (
            obj(
                "HorizontalPodAutoscaler",
                "autoscaling/v2",
                status={"conditions": [condition("AbleToScale"), condition("ScalingActive")]},
            ),
            "healthy",
            "",
        ),
        (
            obj(
                "HorizontalPodAutoscaler",
                "autoscaling/v2",
                status={"conditions": [condition("ScalingActive", "False", "ScalingDisabled")]},
            ),
            "suspended",
            "ScalingDisabled",
        ),
        (
            obj(
                "PodDisruptionBudget",
                "policy/v1",
                status=seen(currentHealthy=1, desiredHealthy=1, disruptionsAllowed=0),
            ),
            "healthy",
            "",
        ),
        (
            obj("PodDisruptionBudget", "policy/v1", status=seen(currentHealthy=0, desiredHealthy=1)),
            "progressing",
            "InsufficientPods",
        ),
        # --- kinds, and what follows the conventions
        (obj("CustomResourceDefinition", "apiextensions.k8s.io/v1"), "progressing", "NotEstablished"),
        (
            obj(
                "CustomResourceDefinition", "apiextensions.k8s.io/v1", status={"conditions": [condition("Established")]}
            ),
            "healthy",
            "",
        ),
        (
            obj(
                "CustomResourceDefinition",
                "apiextensions.k8s.io/v1",
                status={"conditions": [condition("NamesAccepted", "False", "Taken")]},
            ),
            "degraded",
            "Taken",
        ),
        (obj("APIService", "apiregistration.k8s.io/v1"), "progressing", "NotAvailable"),
        (obj("Namespace", "v1", status={"phase": "Active"}), "healthy", ""),
        (obj("Namespace", "v1", status={"phase": "Terminating"}), "progressing", "Terminating"),
        (obj("ConfigMap", "v1"), "healthy", ""),
        (obj("Thing", "a.example/v1"), "healthy", ""),
        (obj("Thing", "a.example/v1", status={"observedGeneration": 1}, generation=2), "progressing", "NotObserved"),
        (
            obj("Thing", "a.example/v1", status={"conditions": [condition("Ready", "False", "Busy")]}),
            "progressing",
            "Busy",
        ),
        (obj("Thing", "a.example/v1", status={"conditions": [condition("Ready", "Unknown")]}), "progressing", "Ready"),
        (obj("Thing", "a.example/v1", status={"conditions": [condition("Ready")]}), "healthy", ""),
        (
            obj(
                "Thing", "a.example/v1", status={"conditions": [condition("Stalled", reason="Bad"), condition("Ready")]}
            ),
            "degraded",
            "Bad",
        ),
        (
            obj("Thing", "a.example/v1", status={"conditions": [condition("Ready"), condition("Reconciling")]}),
            "progressing",
            "Reconciling",
        ),
        (obj("Thing", "a.example/v1", status={"phase": "Failed"}), "degraded", "Failed"),
        (obj("Thing", "a.example/v1", status={"phase": "Provisioning"}), "progressing", "Provisioning"),
        (obj("Thing", "a.example/v1", spec={"suspend": True}), "suspended", "Suspended"),
        (None, "unknown", "NotAnObject"),
    ],
)
def test_kind(case, status, reason):
    health = assess(case)
    assert (health.status, health.reason) == (status, reason)


NOT_FOUND = 'failed to resolve reference "docker.io/library/nope:1": docker.io/library/nope:1: not found'


@pytest.mark.parametrize(
    ("message", "is_final", "words"),
    [
        (NOT_FOUND, True, 'The image "nope:1" cannot be pulled: it does not exist.'),
        (f'Back-off pulling image "nope:1": ErrImagePull: {NOT_FOUND}', True, "it does not exist"),
        ("manifest unknown", True, "it does not exist"),
        ("pull access denied, repository does not exist or may require authorization", False, "refuses access"),
        ("dial tcp: lookup registry.example: no such host", False, "the registry's name is unknown"),
        ("dial tcp 10.0.0.1:443: i/o timeout", False, "the registry cannot be reached"),
        ("429 Too Many Requests: toomanyrequests", False, "limits how much is pulled"),
        ('Back-off pulling image "nope:1"', False, 'The image "nope:1" cannot be pulled.'),
    ],
)
def test_only_an_image_that_is_not_there_is_final(message, is_final, words):
    health = assess(pod("ImagePullBackOff", message, image="nope:1"))
    assert (health.status, health.reason, health.is_final) == ("degraded", "ImagePullBackOff", is_final)
    assert words in health.message


def test_an_old_cluster_says_why_only_in_an_event():
    said = warning("Failed", f'Failed to pull image "nope:1": {NOT_FOUND}', about="p-2026-01-01T00:00:00Z")
    broken = pod("ImagePullBackOff", 'Back-off pulling image "nope:1"', image="nope:1")
    assert assess(broken, events=[said]).is_final
    # What was said about the image before is not about this one.
    other = pod("ImagePullBackOff", 'Back-off pulling image "other:1"', image="other:1")
    assert not assess(other, events=[said]).is_final


def test_the_name_of_an_image_is_not_taken_for_the_reason():
    health = assess(pod("ErrImagePull", 'cannot read "not-found/denied:1"', image="not-found/denied:1"))
    assert not health.is_final


def test_a_rollout_is_judged_by_its_new_pods():
    old = pod("CrashLoopBackOff", created="2026-01-01T00:00:00Z", revision="old")
    new = pod("ContainerCreating", created="2026-01-02T00:00:00Z", revision="new")
    case = obj("Deployment", status=seen(replicas=2, updatedReplicas=1))
    assert assess(case, pods=[old]).status == "degraded"
    assert assess(case, pods=[old, new]).status == "progressing"
    assert (
        assess(
            case, pods=[new, {**old, "metadata": {**old["metadata"], "creationTimestamp": "2026-01-03T00:00:00Z"}}]
        ).status
        == "degraded"
    )


def test_a_workload_that_has_all_it_wants_is_healthy_whatever_a_stray_pod_says():
    assert assess(obj("Deployment", status=DONE), pods=[pod("CrashLoopBackOff")]).status == "healthy"


def test_a_deadline_that_passed_is_final_and_says_why():
    case = obj("Deployment", status=seen(replicas=1, updatedReplicas=1, conditions=[LATE]))
    health = assess(case, pods=[pod("ImagePullBackOff", "i/o timeout")])
    assert (health.reason, health.is_final) == ("ImagePullBackOff", True)
    assert health.message.endswith("It made no progress for 600 s.")


def test_a_pod_that_failed_is_no_trouble_of_its_workload_but_of_itself():
    failed = pod(phase="Failed")
    assert assess(obj("Deployment", status=seen(replicas=1, updatedReplicas=1)), pods=[failed]).status == "progressing"
    assert assess(failed).is_final


def test_a_probe_may_fail_a_few_times_before_it_is_bad():
    case = pod(phase="Running")
    said = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    for count, status in ((1, "progressing"), (2, "progressing"), (3, "degraded")):
        health = assess(case, events=[warning("Unhealthy", said, count=count, about="p-2026-01-01T00:00:00Z")])
        assert (health.status, health.reason) == (status, "ProbeFailing")
        assert "its readiness probe fails (HTTP probe failed with statuscode: 503)." in health.message


@pytest.mark.parametrize(
    ("message", "status", "reason", "words"),
    [
        (
            "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available",
            "degraded",
            "Unschedulable",
            "No node can take the pod: 3 Insufficient cpu.",
        ),
        (
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
            "progressing",
            "ClaimPending",
            "volume claim",
        ),
        ('persistentvolumeclaim "data" not found', "degraded", "ClaimMissing", '"data", which does not exist'),
    ],
)
def test_a_pod_without_a_node(message, status, reason, words):
    scheduled = condition("PodScheduled", "False", "Unschedulable", message)
    case = pod(containerStatuses=[], conditions=[scheduled])
    health = assess(case)
    assert (health.status, health.reason) == (status, reason)
    assert words in health.message


def test_a_claim_that_cannot_be_provided_is_not_taken_for_one_that_waits():
    claim = obj("PersistentVolumeClaim", "v1", status={"phase": "Pending"})
    waits = warning("WaitForFirstConsumer", "waiting for first consumer", at="2026-01-01T00:00:01Z")
    fails = warning("ProvisioningFailed", "disk is full", at="2026-01-01T00:00:02Z")
    assert assess(claim, events=[waits]).status == "healthy"
    assert assess(claim, events=[fails, waits]).reason == "ProvisioningFailed"
    assert assess(claim, events=[{**fails, "lastTimestamp": "2025-01-01T00:00:00Z"}, waits]).status == "healthy"


def test_the_conditions_of_an_old_autoscaler_are_in_an_annotation():
    annotation = '[{"type":"ScalingActive","status":"False","reason":"FailedGetScale","message":"no"}]'
    case = obj(
        "HorizontalPodAutoscaler",
        "autoscaling/v1",
        annotations={"autoscaling.alpha.kubernetes.io/conditions": annotation},
    )
    assert assess(case).reason == "FailedGetScale"


def test_a_leaving_object_names_what_holds_it():
    case = obj("ConfigMap", "v1", deletionTimestamp="2026", finalizers=["a.example/guard"])
    assert assess(case).message == "It is being deleted. It is held by a.example/guard."


def test_a_rollout_that_is_stuck_behind_old_pods_that_serve_is_degraded():
    """The old pod counts as available until a new one is: the numbers alone look well."""
    case = obj("Deployment", status=seen(replicas=2, updatedReplicas=1, availableReplicas=1))
    assert assess(case).status == "progressing"
    assert assess(case, pods=[pod("ErrImagePull", "not found")]).reason == "ErrImagePull"
