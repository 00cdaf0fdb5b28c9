"""What the product compiles is taken by the practice cluster, and what is taken becomes healthy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from clusters.practice.seed import PROVISIONER
from tests.cluster.practice.kube import Kube

Json = Any
GOLDEN = Path(__file__).resolve().parents[2] / "golden"
# Compiled for an old cluster, or needs CRDs that the practice cluster begins without.
LEFT_OUT = ("-on-1-20", "-v1-only", "httproute", "annotations", "manifest")
FILES = [p for p in sorted(GOLDEN.glob("*.expected.yaml")) if not any(w in p.name for w in LEFT_OUT)]


async def path_of(kube: Kube, obj: Json) -> str:
    version = obj["apiVersion"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    resources = (await kube.get(root))["resources"]
    found = next(r for r in resources if r["kind"] == obj["kind"] and "/" not in r["name"])
    space = f"/namespaces/{obj['metadata'].get('namespace', 'default')}" if found["namespaced"] else ""
    return f"{root}{space}/{found['name']}/{obj['metadata']['name']}"


def is_healthy(obj: Json) -> bool:
    status, spec = obj.get("status") or {}, obj.get("spec") or {}
    if obj["kind"] in ("Deployment", "StatefulSet"):
        return bool(status.get("readyReplicas", 0) == spec["replicas"])
    if obj["kind"] == "DaemonSet":
        return bool(status.get("numberReady") == status.get("desiredNumberScheduled") == 1)
    if obj["kind"] == "Job":
        return any(c["type"] == "Complete" for c in status.get("conditions") or [])
    if obj["kind"] == "PersistentVolumeClaim":
        return bool(status.get("phase") == "Bound")
    return True


async def prepare(kube: Kube) -> None:
    """What the graphs take for granted: a storage class, volumes for claims without one, what others made."""
    await kube.post(
        "/apis/storage.k8s.io/v1/storageclasses", {"metadata": {"name": "fast"}, "provisioner": PROVISIONER}
    )
    for number in range(6):
        spec = {
            "capacity": {"storage": "500Gi"},
            "accessModes": ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"],
            "hostPath": {"path": f"/volumes/{number}"},
        }
        await kube.post("/api/v1/persistentvolumes", {"metadata": {"name": f"v{number}"}, "spec": spec})
    await kube.post("/api/v1/namespaces", {"metadata": {"name": "demo"}})
    await kube.eventually("/api/v1/namespaces/demo/serviceaccounts", lambda b: b["items"])
    await kube.post("/api/v1/namespaces/demo/secrets", {"metadata": {"name": "there"}})
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    await kube.post("/api/v1/namespaces/demo/persistentvolumeclaims", {"metadata": {"name": "there"}, "spec": claim})


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.name.removesuffix(".expected.yaml"))
async def test_is_applied_twice_and_becomes_healthy(practice: Kube, file: Path) -> None:
    await prepare(practice)
    objects = [o for o in yaml.safe_load_all(file.read_text()) if o]
    order = {"Namespace": 0, "CustomResourceDefinition": 0}
    for obj in sorted(objects, key=lambda o: order.get(o["kind"], 1)):
        space = obj["metadata"].get("namespace", "default")
        if (await practice.get(f"/api/v1/namespaces/{space}")).status == 404:
            await practice.post("/api/v1/namespaces", {"metadata": {"name": space}})
            await practice.eventually(f"/api/v1/namespaces/{space}/serviceaccounts", lambda b: b["items"])
        path = await path_of(practice, obj)
        first = await practice.apply(path, obj, "sailcloth")
        assert first.status == 201, first.body
        again = await practice.apply(path, obj, "sailcloth")
        assert again.status == 200, again.body
        dry = await practice.apply(path, obj, "sailcloth", dryRun="All")
        assert dry.status == 200, dry.body
    for obj in objects:
        await practice.eventually(await path_of(practice, obj), is_healthy, 15)
