"""Services that lead to no pod, to pods that are not ready, or to a port that nobody has."""

from collections.abc import Iterator
from typing import Any

from clusters.health import assess
from clusters.health.reading import Json, entries, mapping, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing, warning
from workflows.diagnose.meanings import SELECTS, drawn_pods, workloads
from workflows.diagnose.selecting import matches, named_ports, port_numbers, selector_of, shown


def run(evidence: Evidence) -> Iterator[Finding]:
    live = evidence.live_of("Service")
    if live is None or mapping(live.get("spec")).get("type") == "ExternalName":
        return
    yield from _address(live, evidence)
    selector = selector_of(live)
    if selector is None:
        yield from _without_selector(live, evidence)
    elif evidence.pods is not None:
        yield from _behind(live, selector, list(evidence.pods), evidence)


def _address(live: Json, evidence: Evidence) -> Iterator[Finding]:
    health = assess(live, events=evidence.events)
    if health.reason == "NoAddress" and mapping(live.get("spec")).get("type") == "LoadBalancer":
        advice = "The cluster may have no load balancers: choose NodePort, or add an ingress."
        yield warning("no_load_balancer", health.message, advice, "use_node_port")


def _without_selector(live: Json, evidence: Evidence) -> Iterator[Finding]:
    """Somebody may keep its endpoints by hand."""
    name = pods.name_of(live)
    known = evidence.listed.get("Endpoints")
    if known is None or any(pods.name_of(item) == name and entries(item.get("subsets")) for item in known):
        return
    yield error(
        "selector_matches_nothing",
        "It selects no pods: it has neither an edge to a workload nor a selector.",
        "Draw an edge from the service to the workload that it is for.",
        "connect_service",
        values=_workload(evidence, live),
    )


def _behind(live: Json, selector: Json, found: list[Json], evidence: Evidence) -> Iterator[Finding]:
    living = [pod for pod in found if not mapping(pod.get("metadata")).get("deletionTimestamp")]
    if not living:
        yield _nobody(live, selector, evidence)
        return
    ready = [pod for pod in living if pods.is_ready(pod)]
    if not ready and mapping(live.get("spec")).get("publishNotReadyAddresses") is not True:
        count = len(living)
        who = "Its only pod is not ready" if count == 1 else f"None of its {count} pods is ready"
        yield error(
            "no_endpoints",
            f"{who}, so nobody answers: {listing((pods.name_of(pod) for pod in living), 3)}.",
            "Look at the workload behind the service: its checks say why.",
        )
    for port in entries(mapping(live.get("spec")).get("ports")):
        yield from _port(port, (ready or living)[0], evidence)


def _nobody(live: Json, selector: Json, evidence: Evidence) -> Finding:
    drawn = [node_id for node_id, labels in _templates(evidence) if matches(selector, labels)]
    if drawn:
        names = listing(evidence.wiring.nodes[node_id].label for node_id in drawn)
        return error(
            "no_endpoints",
            f"There are no pods behind it: {names} has none now.",
            "Look at the workload: it may be scaled to zero, suspended, or its pods cannot be made.",
        )
    return error(
        "selector_matches_nothing",
        f"It looks for pods with the labels {shown(selector)}, and no pod has them.",
        "Draw an edge from the service to its workload, or correct the labels of its selector.",
        "connect_service",
        values=_workload(evidence, live),
    )


def _templates(evidence: Evidence) -> Iterator[tuple[str, dict[str, str]]]:
    for node in workloads(evidence):
        yield from ((node.id, labels) for labels, _ in drawn_pods(node, evidence))


def _workload(evidence: Evidence, live: Json) -> dict[str, str]:
    """The workload that is most likely meant: the one with an edge, the one of the same name, the only one."""
    targets = evidence.wiring.targets(evidence.node, SELECTS)
    nodes = workloads(evidence)
    name = pods.name_of(live)
    alike = [node for node in nodes if node.name and (node.name in name or name in node.name)]
    chosen = (targets or alike or (nodes if len(nodes) == 1 else []))[:1]
    return {"workload": chosen[0].id} if chosen else {}


def _port(port: Json, pod: Json, evidence: Evidence) -> Iterator[Finding]:
    spec = mapping(pod.get("spec"))
    number, target = port.get("port"), port.get("targetPort")
    names, numbers = named_ports(spec), port_numbers(spec)
    known = listing([*(f"{value} ({name})" for name, value in names.items()), *(set(numbers) - {*names.values()})])
    hints = {"port": number, **({"target_port": str(numbers[0])} if numbers else {})}
    if isinstance(target, str) and target not in names:
        there = f"They have {known}." if known else "They name no port at all."
        yield error(
            "named_port_missing",
            f'Its port {number} leads to the port called "{target}", and no port of its pods is called so. {there}',
            "Lead it to a port that is there, or name the port of the workload so.",
            "change_target_port",
            values=hints,
        )
    elif isinstance(target, int) and numbers and target not in numbers:
        yield error(
            "port_mismatch",
            f"Its port {number} leads to port {target} of its pods, but they say they listen on {known}.",
            "Lead it to the port that the program listens on.",
            "change_target_port",
            values=hints,
        )


def backends_of(obj: Json) -> Iterator[tuple[str, int | str | None]]:
    """(service, port) of every rule of an ingress or a route."""
    spec = mapping(obj.get("spec"))
    plain = [spec.get("defaultBackend")]
    plain += [path.get("backend") for rule in entries(spec.get("rules")) for path in _paths(rule)]
    for backend in plain:
        service = mapping(mapping(backend).get("service"))
        if text(service.get("name")):
            port = mapping(service.get("port"))
            yield text(service["name"]), _port_of(port.get("number") or port.get("name"))
    for rule in entries(spec.get("rules")):
        for reference in entries(rule.get("backendRefs")):
            if text(reference.get("kind") or "Service") == "Service" and not reference.get("namespace"):
                yield text(reference.get("name")), _port_of(reference.get("port"))


def _port_of(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) else None


def _paths(rule: Json) -> list[Json]:
    return entries(mapping(rule.get("http")).get("paths"))


CHECK = Check(
    "service",
    "It leads to pods that answer",
    run,
    frozenset({"service"}),
    frozenset({See.PODS, See.EVENTS, See.ENDPOINTS}),
)
