"""What a kubelet says of its node (`/api/v1/nodes/NODE/proxy/stats/summary`), simulated from what its pods ask for.

Nothing runs here, so the numbers are made: a container uses a share of its requests, or a little where it has none.
They are steady, so that whoever watches them sees them move only with the pods. Must not know HTTP.
https://kubernetes.io/docs/reference/instrumentation/node-metrics/
"""

from __future__ import annotations

from decimal import Decimal

from . import quantity
from .controllers.pods import PODS, is_active
from .errors import ApiError, not_found
from .objects import Obj, dig, name_of, namespace_of, time_text, uid_of
from .store import Store

NODES = "/nodes"
SUMMARY = "stats/summary"
_CPU, _MEMORY = Decimal("0.002"), Decimal(16 * 2**20)
_CPU_SHARE, _MEMORY_SHARE = Decimal("0.2"), Decimal("0.5")
_SYSTEM_CPU, _SYSTEM_MEMORY, _DISK = Decimal("0.05"), Decimal(512 * 2**20), 8 * 2**30
_DISK_OF_POD = 32 * 2**20


def summary(store: Store, node: str, path: str) -> Obj:
    """The document of one node; nanocores and bytes."""
    found = store.get(NODES, "", node)
    if found is None:
        raise not_found("", "nodes", node)
    if path != SUMMARY:
        raise ApiError(
            501, "NotImplemented", f"the practice cluster does not simulate nodes/proxy/{path}", {"name": node}
        )
    now = time_text()
    pods = [_pod(pod, now) for pod in store.select(PODS) if _runs_on(pod, node)]
    cpu = int(_SYSTEM_CPU * 10**9) + sum(pod["cpu"]["usageNanoCores"] for pod in pods)
    memory = int(_SYSTEM_MEMORY) + sum(pod["memory"]["workingSetBytes"] for pod in pods)
    capacity = int(quantity.parse(dig(found, "status", "capacity", "ephemeral-storage", default="500Gi")))
    used = _DISK + _DISK_OF_POD * len(pods)
    storage = {"time": now, "capacityBytes": capacity, "usedBytes": used, "availableBytes": capacity - used}
    return {"node": {"nodeName": node, **_usage(cpu, memory, now), "fs": storage}, "pods": pods}


def _runs_on(pod: Obj, node: str) -> bool:
    return dig(pod, "spec", "nodeName") == node and is_active(pod) and dig(pod, "status", "phase") == "Running"


def _pod(pod: Obj, now: str) -> Obj:
    running = {
        each["name"] for each in dig(pod, "status", "containerStatuses", default=[]) if "running" in each["state"]
    }
    containers = [_container(each, now) for each in pod["spec"]["containers"] if each["name"] in running]
    return {
        "podRef": {"name": name_of(pod), "namespace": namespace_of(pod), "uid": uid_of(pod)},
        "containers": containers,
        **_usage(
            sum(each["cpu"]["usageNanoCores"] for each in containers),
            sum(each["memory"]["workingSetBytes"] for each in containers),
            now,
        ),
    }


def _container(container: Obj, now: str) -> Obj:
    asked = dig(container, "resources", "requests", default={})
    cpu = quantity.parse(asked["cpu"]) * _CPU_SHARE if "cpu" in asked else _CPU
    memory = quantity.parse(asked["memory"]) * _MEMORY_SHARE if "memory" in asked else _MEMORY
    return {"name": container["name"], **_usage(int(cpu * 10**9), int(memory), now)}


def _usage(nanocores: int, size: int, now: str) -> Obj:
    return {"cpu": {"time": now, "usageNanoCores": nanocores}, "memory": {"time": now, "workingSetBytes": size}}
