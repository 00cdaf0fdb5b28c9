"""Where pods may go, and what is said when they may not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster.practice.kube import Kube

Json = Any
PODS = "/api/v1/namespaces/default/pods"
NODE = "/api/v1/nodes/practice-node"


def pod(**spec: Json) -> Json:
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "app:1"}], **spec}}


def affinity(**expression: Json) -> Json:
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"nodeSelector": {"disk": "ssd"}}, "node affinity/selector"),
        ({"affinity": affinity(key="kubernetes.io/os", operator="In", values=["windows"])}, "node affinity/selector"),
        ({"affinity": affinity(key="kubernetes.io/os", operator="DoesNotExist")}, "node affinity/selector"),
        ({"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "no"}}]}, 'persistentvolumeclaim "no" not'),
        ({"containers": [{"name": "c", "image": "a", "resources": {"requests": {"memory": "9Ti"}}}]}, "Insufficient"),
    ],
)
async def test_a_pod_that_fits_nowhere_says_why(practice: Kube, spec: Json, why: str) -> None:
    await practice.post(PODS, pod(**spec))
    found = await practice.eventually(f"{PODS}/p", lambda b: b["status"].get("conditions"))
    told = found["status"]["conditions"][0]
    assert (told["type"], told["status"], told["reason"]) == ("PodScheduled", "False", "Unschedulable")
    assert told["message"].startswith("0/1 nodes are available: ")
    assert why in told["message"]


async def test_a_pod_that_matches_is_placed(practice: Kube) -> None:
    await practice.post(PODS, pod(affinity=affinity(key="kubernetes.io/os", operator="In", values=["linux"])))
    await practice.eventually(f"{PODS}/p", lambda b: b["status"].get("phase") == "Running")


async def test_taints_and_cordons_hold_pods_until_they_are_gone(practice: Kube) -> None:
    taint = {"key": "maintenance", "value": "yes", "effect": "NoSchedule"}
    await practice.patch(NODE, {"spec": {"taints": [taint]}})
    await practice.post(PODS, pod())
    tolerant = pod(tolerations=[{"key": "maintenance", "operator": "Exists"}])
    await practice.post(PODS, {**tolerant, "metadata": {"name": "tolerant"}})
    await practice.eventually(f"{PODS}/tolerant", lambda b: b["status"].get("phase") == "Running")
    held = await practice.eventually(f"{PODS}/p", lambda b: b["status"].get("conditions"))
    assert "untolerated taint(s) {maintenance: yes}" in held["status"]["conditions"][0]["message"]
    await practice.patch(NODE, {"spec": {"taints": None, "unschedulable": True}})
    await practice.eventually(f"{PODS}/p", lambda b: "unschedulable" in b["status"]["conditions"][0]["message"])
    await practice.patch(NODE, {"spec": {"unschedulable": None}})
    await practice.eventually(f"{PODS}/p", lambda b: b["status"].get("phase") == "Running")
