"""What is wrong between nodes: names that meet, waits that go round, joints across namespaces."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from plugins.sdk.nodetype import AFTER, AnyNode, Link, Wiring
from plugins.sdk.objects import WaitCondition
from plugins.sdk.problems import Problem

_CONDITIONS = frozenset(item.value for item in WaitCondition)
_SELECTS = "selects"


def check_relations(wiring: Wiring) -> Iterator[Problem]:
    """Everything that no single node can see of itself."""
    yield from _duplicate_names(wiring)
    yield from _overlapping_selectors(wiring)
    yield from _cycles(wiring)
    yield from namespace_problems(wiring)


def wait_condition(link: Link) -> str | None:
    """What the source waits for: a job until it is complete. None when the edge does not order."""
    condition: Any = getattr(link.data, "condition", None)
    if condition in _CONDITIONS:
        return str(condition)
    if link.meaning != AFTER:
        return None
    return WaitCondition.COMPLETED if link.target.type.kind == "Job" else WaitCondition.HEALTHY


def behind_service(node: AnyNode, wiring: Wiring) -> set[str]:
    """The workloads that a service selects; none of anything else."""
    return {workload.id for workload in wiring.targets(node, _SELECTS)} if node.type.name == "service" else set()


def namespace_problems(wiring: Wiring) -> Iterator[Problem]:
    """Joints that Kubernetes cannot make across namespaces. A node without a namespace of its own is judged
    only once the run's is known, in compiling."""
    for link in wiring.links:
        source, target = link.source, link.target
        if source.namespace == target.namespace or not link.connection.same_namespace:
            continue
        if source.namespace and target.namespace:
            yield source.problem(
                "other_namespace",
                f"it is in the namespace {source.namespace}, but {target.label} is in {target.namespace}; "
                "move one of them",
                field="namespace",
                edge_id=link.id,
            )


def _duplicate_names(wiring: Wiring) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str, str], AnyNode] = {}
    for node in wiring.nodes.values():
        if not node.type.kind or not node.name:
            continue
        key = (node.type.group, node.type.kind, node.namespace, node.name)
        first = seen.setdefault(key, node)
        if first is not node and not (first.is_existing and node.is_existing):
            for one, other in ((first, node), (node, first)):
                yield one.problem(
                    "duplicate_name",
                    f'the node "{other.id}" is a {other.type.name} of the same name; rename one of them',
                    field="name",
                )


def _overlapping_selectors(wiring: Wiring) -> Iterator[Problem]:
    """Two workloads of different kinds and one name carry the same labels: a service reaches both."""
    seen: dict[tuple[str, str], AnyNode] = {}
    for node in wiring.nodes.values():
        if "workload" not in node.type.roles or not node.name or getattr(node.data, "selector", None):
            continue
        first = seen.setdefault((node.namespace, node.name), node)
        if first.type is not node.type:
            yield node.warning(
                "overlapping_selector",
                f"{first.label} has the same name, so a service that selects one reaches both; rename one",
                field="name",
            )


def _cycles(wiring: Wiring) -> Iterator[Problem]:
    """Each ring of waits once. Whoever waits for a service waits for the workloads behind it."""
    waits: dict[str, set[str]] = {}
    for link in wiring.links:
        if wait_condition(link) is not None:
            waits.setdefault(link.source.id, set()).add(link.target.id)
            behind = behind_service(link.target, wiring)
            if behind:
                waits.setdefault(link.target.id, set()).update(behind)
    while (ring := _find_ring(waits)) is not None:
        names = " → ".join(wiring.nodes[node_id].label for node_id in [*ring, ring[0]])
        for link in wiring.links:
            if link.source.id == ring[0] and link.target.id == ring[1 % len(ring)]:
                message = f"it waits for itself ({names}); remove one of these edges"
                yield link.source.problem("cycle", message, edge_id=link.id)
                break
        for node_id in ring:
            waits.pop(node_id, None)


def _find_ring(waits: dict[str, set[str]]) -> list[str] | None:
    """A ring in the direction of waiting, beginning with its smallest id that waits by an edge."""
    ordered = {node_id: sorted(targets) for node_id, targets in sorted(waits.items())}
    try:
        TopologicalSorter(ordered).prepare()
    except CycleError as error:
        ring = list(reversed(error.args[1][1:]))
        start = ring.index(min(ring))
        return ring[start:] + ring[:start]
    return None
