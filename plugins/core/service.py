"""Service: one stable address for the pods of a workload."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import NAME_HELP, Referable, manifest, present
from plugins.core.ports import ServicePort, pod_port, service_ports, workload_ports
from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Group, Json, about
from plugins.sdk.nodetype import NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem


class ServiceData(Referable):
    name: Annotated[str, about("Name", NAME_HELP, required=True, format="dns-label-1035")] = ""
    type: Annotated[
        str,
        about("Type", "Who can reach it.", choices=("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")),
    ] = "ClusterIP"
    headless: Annotated[
        bool, about("Headless", "No address of its own: names resolve to the pods.", group=Group.NETWORK)
    ] = False
    ports: Annotated[
        list[ServicePort] | None, about("Ports", "Empty means the ports of the workload.", group=Group.BASIC)
    ] = None
    selector: Annotated[
        dict[str, str] | None,
        about("Selector", "Instead of an edge to a workload.", widget="key-value", group=Group.ADVANCED),
    ] = None
    external_name: Annotated[
        str | None, about("External name", "For ExternalName.", format="host", group=Group.NETWORK)
    ] = None
    publish_not_ready: Annotated[bool | None, about("Also pods that are not ready", group=Group.NETWORK)] = None
    session_affinity: Annotated[
        str | None, about("Session affinity", choices=("None", "ClientIP"), group=Group.NETWORK)
    ] = None
    session_timeout_seconds: Annotated[
        int | None, about("Session timeout", minimum=1, maximum=86400, group=Group.NETWORK)
    ] = None
    cluster_ip: Annotated[str | None, about("Cluster address", group=Group.ADVANCED)] = None
    external_ips: Annotated[list[str] | None, about("External addresses", group=Group.ADVANCED)] = None
    external_traffic_policy: Annotated[
        str | None, about("External traffic", choices=("Cluster", "Local"), group=Group.ADVANCED)
    ] = None
    internal_traffic_policy: Annotated[
        str | None, about("Internal traffic", choices=("Cluster", "Local"), group=Group.ADVANCED)
    ] = None
    health_check_node_port: Annotated[int | None, about("Health check port", format="port", group=Group.ADVANCED)] = (
        None
    )
    load_balancer_ip: Annotated[str | None, about("Load balancer address", group=Group.ADVANCED)] = None
    load_balancer_class: Annotated[str | None, about("Load balancer class", group=Group.ADVANCED)] = None
    load_balancer_source_ranges: Annotated[list[str] | None, about("Allowed source ranges", group=Group.ADVANCED)] = (
        None
    )
    ip_families: Annotated[list[str] | None, about("IP families", group=Group.ADVANCED)] = None
    ip_family_policy: Annotated[
        str | None,
        about(
            "IP family policy",
            choices=("SingleStack", "PreferDualStack", "RequireDualStack"),
            group=Group.ADVANCED,
        ),
    ] = None


def compile_service(node: TypedNode[ServiceData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    spec: Json = {"type": data.type}
    if data.headless and data.type == "ClusterIP":
        spec["clusterIP"] = "None"
    elif data.cluster_ip is not None:
        spec["clusterIP"] = data.cluster_ip
    selector = _selector(node, context)
    if selector is not None:
        spec["selector"] = selector
    ports = [_port_body(port) for port in service_ports(node, context.wiring)]
    if data.type == "LoadBalancer" and len({port["protocol"] for port in ports}) > 1:
        context.require_minor(node, "ports", 24, "a load balancer with several protocols")
    if ports:
        spec["ports"] = ports
    spec |= present(
        externalName=data.external_name,
        publishNotReadyAddresses=data.publish_not_ready,
        sessionAffinity=data.session_affinity,
        externalIPs=data.external_ips,
        externalTrafficPolicy=data.external_traffic_policy,
        healthCheckNodePort=data.health_check_node_port,
        loadBalancerIP=data.load_balancer_ip,
        loadBalancerSourceRanges=data.load_balancer_source_ranges,
        ipFamilies=data.ip_families,
        ipFamilyPolicy=data.ip_family_policy,
    )
    if data.session_timeout_seconds is not None:
        spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": data.session_timeout_seconds}}
    _set_newer_fields(node, spec, context)
    yield manifest("v1", "Service", node.name, spec=spec)


def _set_newer_fields(node: TypedNode[ServiceData], spec: Json, context: CompileContext) -> None:
    data = node.data
    newer = (
        ("internal_traffic_policy", "internalTrafficPolicy", data.internal_traffic_policy, 22),
        ("load_balancer_class", "loadBalancerClass", data.load_balancer_class, 22),
    )
    for field, key, value, minor in newer:
        if value is not None and context.require_minor(node, field, minor):
            spec[key] = value


def _selector(node: TypedNode[ServiceData], context: CompileContext) -> dict[str, str] | None:
    """The workload's own labels; a label made for this service when it selects several workloads."""
    if node.data.selector is not None or node.data.type == "ExternalName":
        return node.data.selector
    workloads = context.wiring.targets(node, edges.SELECTS)
    if len(workloads) > 1:
        return {names.SERVICE_PREFIX + names.label_value(node.name): "true"}
    return context.selector(workloads[0]) if workloads else None


def _port_body(port: ServicePort) -> Json:
    """`protocol` is always written: Kubernetes 1.20 refuses to apply a port without it."""
    body: Json = {} if port.name is None else {"name": port.name}
    body |= {"port": port.port, "protocol": port.protocol or "TCP"}
    body |= present(targetPort=port.target_port, nodePort=port.node_port, appProtocol=port.app_protocol)
    return body


def check_service(node: TypedNode[ServiceData], wiring: Wiring) -> Iterator[Problem]:
    data = node.data
    if node.is_existing:
        return
    if data.type == "ExternalName":
        if not data.external_name:
            yield node.problem(
                "missing_field",
                "an ExternalName service needs external_name; fill it in",
                field="external_name",
            )
        return
    workloads = wiring.targets(node, edges.SELECTS)
    if data.selector is None and not workloads:
        yield node.problem(
            "service_without_target",
            "it leads nowhere; draw an edge to a workload or give a selector",
            field="selector",
        )
    if data.headless and data.type != "ClusterIP":
        yield node.problem("bad_value", f"a {data.type} service cannot be headless; choose ClusterIP", field="headless")
    yield from _check_ports(node, wiring)


def _check_ports(node: TypedNode[ServiceData], wiring: Wiring) -> Iterator[Problem]:
    ports = service_ports(node, wiring)
    if not ports and not node.data.headless:
        yield node.problem(
            "missing_ports",
            "it has no port; add one here or to the workload that it points to",
            field="ports",
        )
    seen: set[tuple[int | None, str]] = set()
    seen_names: set[str] = set()
    for index, port in enumerate(node.data.ports or ()):
        key = (port.port, port.protocol or "TCP")
        if port.port is not None and key in seen:
            yield node.problem(
                "duplicate_port", f"port {port.port} is there twice; remove one", field=f"ports.{index}.port"
            )
        if port.name and port.name in seen_names:
            yield node.problem(
                "duplicate_port", f"two ports are called {port.name}; rename one", field=f"ports.{index}.name"
            )
        is_unknown = isinstance(port.target_port, str) and pod_port(port, node, wiring) == port.target_port
        if is_unknown and wiring.targets(node, edges.SELECTS):
            yield node.warning(
                "unknown_port",
                f"no port of its workloads is called {port.target_port}; name one so, or give a number",
                field=f"ports.{index}.target_port",
            )
        target, heard = pod_port(port, node, wiring), _heard_ports(node, wiring)
        if isinstance(target, int) and heard and target not in heard:
            listed = " and ".join(str(number) for number in sorted(heard))
            yield node.warning(
                "unknown_port",
                f"it leads to port {target}, but the workload says that it listens on {listed}; correct one of them",
                field=f"ports.{index}.{'target_port' if port.target_port is not None else 'port'}",
            )
        if port.node_port is not None and node.data.type not in ("NodePort", "LoadBalancer"):
            yield node.problem(
                "bad_value",
                f"a {node.data.type} service has no node ports; clear it or choose NodePort",
                field=f"ports.{index}.node_port",
            )
        seen.add(key)
        seen_names.add(port.name or "")


def _heard_ports(node: TypedNode[ServiceData], wiring: Wiring) -> set[int]:
    """On which its workloads say they listen; none when one of them does not say."""
    found: set[int] = set()
    for workload in wiring.targets(node, edges.SELECTS):
        ports = {port.port for port in workload_ports(workload) if port.port is not None}
        if not ports:
            return set()
        found |= ports
    return found


NODE_TYPE = NodeType(
    name="service",
    display_name="Service",
    description="One stable address for the pods of a workload.",
    icon="network",
    category="network",
    data=ServiceData,
    compile=compile_service,
    check=check_service,
    kind="Service",
    api_versions=("v1",),
    defaults={"name": "service", "type": "ClusterIP"},
    connections=(edges.SERVICE_SELECTS, edges.ROUTE, edges.USES_ADDRESS, edges.MANIFEST_AFTER),
)
