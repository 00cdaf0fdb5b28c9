"""How much of a cluster's nodes is used: from metrics.k8s.io where it is served, else from each node's kubelet
through the API server, within a bound of time."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from clusters.kube.gateway import ClusterError, Gateway, Json, Unreachable
from clusters.metadata import NodeFacts
from clusters.services.nodes import list_nodes, mappings, part, quantity, text
from plugins.sdk.capabilities import ServedKind

BOUND_SECONDS = 8.0
# Each is a request that goes on to a node; one that is down takes its time to say so.
MAX_ASKED = 50
_NODE_SECONDS = 4.0
_POD = ServedKind(group="", version="v1", kind="Pod", resource="pods", namespaced=True)
# Those that hold nothing of a node any more do not count.
_ALIVE = "status.phase!=Succeeded,status.phase!=Failed"
_METRICS = "/apis/metrics.k8s.io/v1beta1/nodes"
METRICS, KUBELET, NONE = "metrics.k8s.io", "kubelet", "none"


class Used(msgspec.Struct, frozen=True):
    """`cpu` in cores, `memory` and `storage` in bytes; None for what is not known."""

    cpu: float | None = None
    memory: float | None = None
    pods: float | None = None
    storage: float | None = None


class NodeUsage(msgspec.Struct, frozen=True):
    node: NodeFacts
    used: Used = Used()


class Usage(msgspec.Struct, frozen=True):
    nodes: tuple[NodeUsage, ...] = ()
    source: str = NONE
    notes: tuple[str, ...] = ()


async def measure(gateway: Gateway, *, within: float = BOUND_SECONDS) -> Usage:
    """Raises ClusterError when the cluster cannot be reached. Whose nodes it may not see gets none, and a note."""
    until = asyncio.get_running_loop().time() + within
    try:
        async with asyncio.timeout_at(until):
            nodes = await list_nodes(gateway)
    except TimeoutError:
        raise Unreachable("The cluster did not answer in time.", reason="timeout") from None
    except ClusterError as error:
        if error.status != 403 or "system:anonymous" in error.message:
            raise
        return Usage(notes=("Nodes: this identity may not see them.",))
    notes: list[str] = []
    used: dict[str, Used] = {}
    source = NONE
    try:
        async with asyncio.timeout_at(until):
            used = await _from_metrics(gateway, notes)
            source = METRICS if used else NONE
            if not used:
                used = await _from_kubelets(gateway, nodes, notes)
                source = KUBELET if used else NONE
            if source != KUBELET:
                used = await _with_pods(gateway, nodes, used, notes)
    except TimeoutError:
        notes.append("The cluster did not tell everything in time.")
    return Usage(tuple(NodeUsage(node, used.get(node.name, Used())) for node in nodes), source, tuple(notes))


async def _from_metrics(gateway: Gateway, notes: list[str]) -> dict[str, Used]:
    try:
        document = await gateway.raw("GET", _METRICS)
    except ClusterError as error:
        if error.status == 403:
            notes.append("metrics.k8s.io: this identity may not read it.")
        return {}
    found = {}
    for item in mappings(document.get("items")):
        usage = part(item, "usage")
        used = Used(cpu=quantity(usage.get("cpu")), memory=quantity(usage.get("memory")))
        found[text(part(item, "metadata").get("name"))] = used
    return found


async def _from_kubelets(gateway: Gateway, nodes: list[NodeFacts], notes: list[str]) -> dict[str, Used]:
    if len(nodes) > MAX_ASKED:
        notes.append(f"Of {len(nodes)} nodes {MAX_ASKED} were asked.")
    asked = nodes[:MAX_ASKED]
    answers = await asyncio.gather(*(_summary(gateway, node.name) for node in asked))
    found = {node.name: answer for node, answer in zip(asked, answers, strict=True) if isinstance(answer, Used)}
    failed = {answer for answer in answers if isinstance(answer, str)}
    notes.extend(sorted(f"Kubelet: {why}" for why in failed))
    return found


async def _summary(gateway: Gateway, node: str) -> Used | str:
    """What one node uses, or why it does not say."""
    try:
        async with asyncio.timeout(_NODE_SECONDS):
            document = await gateway.raw("GET", f"/api/v1/nodes/{node}/proxy/stats/summary")
    except TimeoutError:
        return "a node did not answer in time."
    except ClusterError as error:
        if error.status == 403:
            return "this identity may not ask nodes."
        return (
            "the cluster does not pass questions on to its nodes." if error.status == 404 else "a node does not answer."
        )
    return used_of(document)


def used_of(summary: Json) -> Used:
    """What a kubelet's summary says of its node."""
    node = part(summary, "node")
    cpu = _number(part(node, "cpu").get("usageNanoCores"))
    pods = summary.get("pods")
    return Used(
        cpu=None if cpu is None else cpu / 1e9,
        memory=_number(part(node, "memory").get("workingSetBytes")),
        pods=float(len(pods)) if isinstance(pods, list) else None,
        storage=_number(part(node, "fs").get("usedBytes")),
    )


async def _with_pods(
    gateway: Gateway, nodes: list[NodeFacts], used: dict[str, Used], notes: list[str]
) -> dict[str, Used]:
    try:
        pods = (await gateway.list(_POD, fields=_ALIVE)).items
    except ClusterError as error:
        why = "this identity may not see all of them." if error.status == 403 else error.message[:300]
        notes.append(f"Pods: {why}")
        return used
    counts = dict.fromkeys((node.name for node in nodes), 0)
    for pod in pods:
        name = part(pod, "spec").get("nodeName")
        if name in counts:
            counts[name] += 1
    return {
        name: msgspec.structs.replace(used.get(name, Used()), pods=float(number)) for name, number in counts.items()
    }


def total(values: Iterable[float | None]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
