"""NetworkPolicy: who may talk to whom. What "uses" edges draw is allowed where a policy is in force."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import Placed, manifest
from plugins.core.ports import pod_port, service_ports
from plugins.core.selectors import selectors_of
from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import AnyNode, NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

API_VERSIONS = ("networking.k8s.io/v1",)
INGRESS, EGRESS = "Ingress", "Egress"
_DNS: Json = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}


class NetworkPolicyData(Placed):
    policy_types: Annotated[
        list[Annotated[str, about(choices=(INGRESS, EGRESS))]] | None,
        about("Directions", "What the policy restricts; follows from the rules when empty."),
    ] = None
    ingress: Annotated[
        list[Json] | None,
        about(
            "Incoming",
            "Rules in Kubernetes' own words; an empty list lets nothing in.",
            widget="json",
            shape="NetworkPolicyIngressRule",
        ),
    ] = None
    egress: Annotated[
        list[Json] | None,
        about(
            "Outgoing",
            "Rules in Kubernetes' own words; an empty list lets nothing out.",
            widget="json",
            shape="NetworkPolicyEgressRule",
        ),
    ] = None
    selector: Annotated[
        Json | None,
        about(
            "Selector",
            "Instead of edges, in Kubernetes' own words.",
            widget="json",
            group=Group.ADVANCED,
            shape="LabelSelector",
        ),
    ] = None


def directions(data: NetworkPolicyData) -> list[str]:
    if data.policy_types:
        return data.policy_types
    found = [INGRESS] if data.ingress is not None or data.egress is None else []
    return [*found, EGRESS] if data.egress is not None else found


def compile_policy(node: TypedNode[NetworkPolicyData], context: CompileContext) -> Iterable[Json]:
    """The policy itself, and one more for each guarded workload that "uses" edges reach or leave."""
    data = node.data
    types = directions(data)
    api_version = context.api_version("NetworkPolicy", API_VERSIONS)
    for suffix, selector in selectors_of(node, edges.GUARDS, context):
        spec: Json = {"podSelector": selector, "policyTypes": types}
        if data.ingress is not None:
            spec["ingress"] = data.ingress
        if data.egress is not None:
            spec["egress"] = data.egress
        yield manifest(api_version, "NetworkPolicy", f"{node.name}{suffix}", spec=spec)
    seen: set[str] = set()
    for workload in _guarded(node, context):
        rules = _allowed(workload, types, context)
        if rules:
            spec = {
                "podSelector": {"matchLabels": context.selector(workload)},
                "policyTypes": list(_types_of(rules)),
            }
            # Two kinds of workload may share a name.
            who = workload.name if workload.name not in seen else f"{workload.type.name}-{workload.name}"
            seen.add(workload.name)
            name = names.shortened(f"{node.name}-allow-{who}", 253)
            yield manifest(api_version, "NetworkPolicy", name, spec=spec | rules)


def _types_of(rules: Json) -> Iterator[str]:
    if "ingress" in rules:
        yield INGRESS
    if "egress" in rules:
        yield EGRESS


def _guarded(node: TypedNode[NetworkPolicyData], context: CompileContext) -> list[AnyNode]:
    workloads = context.wiring.targets(node, edges.GUARDS)
    if workloads or node.data.selector is not None:
        return workloads
    return [
        other
        for other in context.wiring.nodes.values()
        if edges.WORKLOAD in other.type.roles and other.namespace == node.namespace and other.name
    ]


def _allowed(workload: AnyNode, types: list[str], context: CompileContext) -> Json:
    rules: Json = {}
    if INGRESS in types:
        incoming = [
            {"from": [_peer(user, workload, context)], "ports": _target_ports(service, context.wiring)}
            for service in context.wiring.sources(workload, edges.SELECTS)
            for user in context.wiring.sources(service, edges.USES)
        ]
        if incoming:
            rules["ingress"] = incoming
    if EGRESS in types:
        outgoing = [
            rule for used in context.wiring.targets(workload, edges.USES) for rule in _way_to(used, workload, context)
        ]
        if outgoing:
            rules["egress"] = [*outgoing, _DNS]
    return rules


def _peer(other: AnyNode, near: AnyNode, context: CompileContext) -> Json:
    peer: Json = {"podSelector": {"matchLabels": context.selector(other)}}
    if other.namespace != near.namespace:
        peer["namespaceSelector"] = {"matchLabels": {"kubernetes.io/metadata.name": other.namespace}}
    return peer


def _way_to(used: AnyNode, workload: AnyNode, context: CompileContext) -> list[Json]:
    """Lets `workload` out to a service's pods; to anywhere on its ports when the pods are not drawn."""
    if used.type.name != "service":
        return [{"ports": [{"port": 80, "protocol": "TCP"}, {"port": 443, "protocol": "TCP"}]}]
    ports = _target_ports(used, context.wiring)
    peers = [_peer(target, workload, context) for target in context.wiring.targets(used, edges.SELECTS)]
    if not peers:
        return [{"ports": ports}] if ports else []
    return [{"to": peers, "ports": ports}]


def _target_ports(service: AnyNode, wiring: Wiring) -> list[Json]:
    """A policy sees the port of the pod, not that of the service."""
    return [
        {"port": pod_port(port, service, wiring), "protocol": port.protocol or "TCP"}
        for port in service_ports(service, wiring)
    ]


def check_policy(node: TypedNode[NetworkPolicyData], wiring: Wiring) -> Iterator[Problem]:
    data = node.data
    types = directions(data)
    for field, rules, name in (("ingress", data.ingress, INGRESS), ("egress", data.egress, EGRESS)):
        if rules and name not in types:
            yield node.problem(
                "bad_value",
                f"it has {field} rules but policy_types leaves {name} out; add it.",
                field="policy_types",
            )
    if data.selector is None and not wiring.targets(node, edges.GUARDS):
        yield node.warning(
            "applies_to_all",
            "it points to no workload, so it holds for all pods of the namespace; draw an edge to narrow it.",
        )


NODE_TYPE = NodeType(
    name="networkpolicy",
    display_name="Network policy",
    description="Says who may talk to the pods, and to whom they may talk.",
    icon="shield",
    category="network",
    data=NetworkPolicyData,
    compile=compile_policy,
    check=check_policy,
    kind="NetworkPolicy",
    api_versions=API_VERSIONS,
    defaults={"name": "policy", "policy_types": [INGRESS], "ingress": []},
    connections=(edges.GUARD,),
)
