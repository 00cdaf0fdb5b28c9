"""What every practice cluster begins with: namespaces, one node, the API's service, a storage class.

Must not know tenants.
"""

from __future__ import annotations

from typing import Any

from .discovery import GIT_VERSION
from .events import NODE
from .objects import Obj, time_text
from .options import Options
from .resources import BY_KEY
from .rest import Rest

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
PROVISIONER = "sailcloth.practice/disk"
INGRESS_CONTROLLER = "sailcloth.practice/ingress"
HOST_IP = "192.168.49.2"
_SYSTEM = Options(manager="kube-apiserver", internal=True)


def furnish(rest: Rest) -> None:
    """Creates what is missing; what is there stays as it is."""
    _ensure(rest, "/nodes", "", NODE, _node())
    for name in NAMESPACES:
        _ensure(rest, "/namespaces", "", name, {})
    _ensure(rest, "storage.k8s.io/storageclasses", "", "standard", _storage_class())
    default = {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}
    _ensure(
        rest,
        "networking.k8s.io/ingressclasses",
        "",
        "practice",
        {"metadata": default, "spec": {"controller": INGRESS_CONTROLLER}},
    )
    _ensure(rest, "/services", "default", "kubernetes", _api_service())
    _ensure(
        rest,
        "coordination.k8s.io/leases",
        "kube-node-lease",
        NODE,
        {
            "spec": {"holderIdentity": NODE, "leaseDurationSeconds": 40},
        },
    )
    for name in ("cluster-admin", "view", "edit", "admin"):
        rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": _VERBS[name]}]
        _ensure(rest, "rbac.authorization.k8s.io/clusterroles", "", name, {"rules": rules})
    for name, value in (("system-cluster-critical", 2000000000), ("system-node-critical", 2000001000)):
        body = {"value": value, "preemptionPolicy": "PreemptLowerPriority", "globalDefault": False}
        _ensure(rest, "scheduling.k8s.io/priorityclasses", "", name, body)


_READ = ["get", "list", "watch"]
_WRITE = [*_READ, "create", "delete", "deletecollection", "patch", "update"]
_VERBS: dict[str, list[str]] = {"cluster-admin": ["*"], "view": _READ, "edit": _WRITE, "admin": _WRITE}


def _ensure(rest: Rest, key: str, namespace: str, name: str, body: dict[str, Any]) -> None:
    if rest.store.get(key, namespace, name) is not None:
        return
    res = BY_KEY[key]
    data = {"name": name, **body.pop("metadata", {})}
    status = body.pop("status", None)
    rest.create(res, namespace, {"apiVersion": res.api_version, "kind": res.kind, "metadata": data, **body}, _SYSTEM)
    if status is not None:
        rest.update(res, namespace, name, lambda old: {**old, "status": status}, _SYSTEM, "status")


def _condition(kind: str, value: str, reason: str, message: str) -> Obj:
    now = time_text()
    return {
        "type": kind,
        "status": value,
        "lastHeartbeatTime": now,
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }


def _node() -> Obj:
    amounts = {"cpu": "32", "ephemeral-storage": "500Gi", "memory": "128Gi", "pods": "500"}
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": NODE,
        "kubernetes.io/os": "linux",
        "sailcloth.practice/simulated": "true",
    }
    conditions = [
        _condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        _condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        _condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        _condition("Ready", "True", "KubeletReady", "the simulated kubelet is ready"),
    ]
    info = {
        "machineID": "simulated",
        "systemUUID": "simulated",
        "bootID": "simulated",
        "kernelVersion": "simulated",
        "osImage": "Sailcloth practice cluster (simulated)",
        "containerRuntimeVersion": "practice://simulated",
        "kubeletVersion": GIT_VERSION,
        "kubeProxyVersion": "",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }
    addresses = [{"type": "InternalIP", "address": HOST_IP}, {"type": "Hostname", "address": NODE}]
    return {
        "metadata": {"labels": labels},
        "spec": {},
        "status": {
            "capacity": dict(amounts),
            "allocatable": dict(amounts),
            "conditions": conditions,
            "addresses": addresses,
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": info,
        },
    }


def _storage_class() -> Obj:
    mark = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {
        "metadata": {"annotations": mark},
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
        "allowVolumeExpansion": True,
    }


def _api_service() -> Obj:
    ports = [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": 6443}]
    return {
        "metadata": {"labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"clusterIP": "10.96.0.1", "ipFamilyPolicy": "SingleStack", "ports": ports, "type": "ClusterIP"},
    }
