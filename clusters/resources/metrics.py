"""How much pods use now: from metrics.k8s.io where it is served, else from the kubelets of their nodes, within a bound
of time."""

import asyncio
from collections.abc import Iterable, Sequence

import msgspec

from clusters.kube import loop
from clusters.kube.gateway import ClusterError, Gateway, Json, Unreachable
from clusters.models import Resource
from clusters.resources.errors import of_cluster
from clusters.services.gateways import gateway_for
from clusters.services.nodes import mappings, part, quantity, text
from clusters.services.usage import KUBELET, METRICS, NONE, total

BOUND_SECONDS = 6.0
_SPARE = 0.5
MOST_PODS = 200
_MOST_NODES = 10
_MOST_NAMESPACES = 10
_METRICS = "/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods"


class ContainerUsage(msgspec.Struct, frozen=True):
    """`cpu` in cores, `memory` in bytes; None for what is not known."""

    name: str
    cpu: float | None = None
    memory: float | None = None


class PodUsage(msgspec.Struct, frozen=True):
    """One pod with what it asked for, by cpu and memory."""

    namespace: str
    name: str
    containers: tuple[ContainerUsage, ...] = ()
    requests: dict[str, float] = {}
    limits: dict[str, float] = {}

    @property
    def cpu(self) -> float | None:
        return total(each.cpu for each in self.containers)

    @property
    def memory(self) -> float | None:
        return total(each.memory for each in self.containers)


class PodsUsage(msgspec.Struct, frozen=True):
    pods: tuple[PodUsage, ...] = ()
    source: str = NONE
    notes: tuple[str, ...] = ()


Place = tuple[str, str]
Usages = dict[Place, tuple[ContainerUsage, ...]]


def measure_pods(*, pods: Sequence[Resource], cluster_id: str, what: str) -> PodsUsage:
    """`pods` are rows that somebody may see; of others nothing is told."""
    if not pods:
        return PodsUsage(notes=("It has no pods.",))
    try:
        return loop.run(_measure(gateway_for(cluster_id), pods), timeout=BOUND_SECONDS + _SPARE)
    except ClusterError as error:
        raise of_cluster(error, what) from error


async def _measure(gateway: Gateway, pods: Sequence[Resource]) -> PodsUsage:
    notes: list[str] = []
    used: Usages = {}
    source = NONE
    try:
        async with asyncio.timeout(BOUND_SECONDS):
            used = await _from_metrics(gateway, {pod.namespace for pod in pods}, notes)
            source = METRICS if used else NONE
            if not used:
                used = await _from_kubelets(gateway, {pod.node for pod in pods if pod.node}, notes)
                source = KUBELET if used else NONE
    except TimeoutError:
        notes.append("The cluster did not tell everything in time.")
    found = tuple(
        PodUsage(
            pod.namespace,
            pod.name,
            used.get((pod.namespace, pod.name), ()),
            pod.facts.get("requests") or {},
            pod.facts.get("limits") or {},
        )
        for pod in pods
    )
    return PodsUsage(found, source, tuple(dict.fromkeys(notes)))


async def _from_metrics(gateway: Gateway, namespaces: set[str], notes: list[str]) -> Usages:
    found: Usages = {}
    for namespace in sorted(namespaces)[:_MOST_NAMESPACES]:
        try:
            document = await gateway.raw("GET", _METRICS.format(namespace))
        except Unreachable:
            raise
        except ClusterError as error:
            if error.status == 403:
                notes.append("metrics.k8s.io: this identity may not read it.")
            return found
        for item in mappings(document.get("items")):
            name = text(part(item, "metadata").get("name"))
            found[namespace, name] = tuple(
                ContainerUsage(text(each.get("name")), quantity(usage.get("cpu")), quantity(usage.get("memory")))
                for each in mappings(item.get("containers"))
                for usage in [part(each, "usage")]
            )
    return found


async def _from_kubelets(gateway: Gateway, nodes: set[str], notes: list[str]) -> Usages:
    asked = sorted(nodes)[:_MOST_NODES]
    if len(nodes) > len(asked):
        notes.append(f"Of {len(nodes)} nodes {len(asked)} were asked.")
    found: Usages = {}
    for answer in await asyncio.gather(*(_summary(gateway, node) for node in asked)):
        if isinstance(answer, str):
            notes.append(f"Kubelet: {answer}")
        else:
            found |= _of_summary(answer)
    return found


async def _summary(gateway: Gateway, node: str) -> Json | str:
    """What a node says, or why it does not."""
    try:
        return await gateway.raw("GET", f"/api/v1/nodes/{node}/proxy/stats/summary")
    except ClusterError as error:
        if error.status == 403:
            return "this identity may not ask nodes."
        return (
            "the cluster does not pass questions on to its nodes." if error.status == 404 else "a node does not answer."
        )


def _of_summary(summary: Json) -> Usages:
    found: Usages = {}
    for pod in mappings(summary.get("pods")):
        place = part(pod, "podRef")
        found[text(place.get("namespace")), text(place.get("name"))] = tuple(_containers(pod))
    return found


def _containers(pod: Json) -> Iterable[ContainerUsage]:
    for each in mappings(pod.get("containers")):
        nanos, memory = part(each, "cpu").get("usageNanoCores"), part(each, "memory").get("workingSetBytes")
        yield ContainerUsage(
            text(each.get("name")),
            float(nanos) / 1e9 if isinstance(nanos, int | float) else None,
            float(memory) if isinstance(memory, int | float) else None,
        )
