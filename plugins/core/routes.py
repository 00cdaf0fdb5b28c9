"""What ingress and HTTPRoute have in common: finding a service's port, and the routes that edges bring."""

from collections.abc import Iterator
from typing import Any

from plugins.core import edges
from plugins.core.ports import service_ports
from plugins.sdk.nodetype import AnyNode, TypedNode, Wiring
from plugins.sdk.problems import Problem


def services_of(node: AnyNode, wiring: Wiring) -> list[AnyNode]:
    return wiring.targets(node, edges.ROUTES)


def find_service(node: AnyNode, name: str | None, wiring: Wiring) -> AnyNode | None:
    """The service that a rule means: by name, or the first connected one when it names none."""
    connected = services_of(node, wiring)
    if not name:
        return connected[0] if connected else None
    for service in connected:
        if service.name == name:
            return service
    return next(
        (
            other
            for other in wiring.nodes.values()
            if other.type.name == "service" and other.name == name and other.namespace == node.namespace
        ),
        None,
    )


def port_of(service: AnyNode | None, wanted: int | str | None, wiring: Wiring) -> int | str | None:
    """The wanted port, else the service's first."""
    if wanted is not None:
        return wanted
    ports = service_ports(service, wiring) if service is not None else []
    return ports[0].port if ports else None


def number_of_port(service: AnyNode | None, wanted: int | str | None, wiring: Wiring) -> int | None:
    """As `port_of`, for what takes only numbers: a name is looked up."""
    port = port_of(service, wanted, wiring)
    if isinstance(port, str) and service is not None:
        return next((item.port for item in service_ports(service, wiring) if item.name == port), None)
    return port if isinstance(port, int) else None


def check_rule_services(node: TypedNode[Any], wiring: Wiring, rules: list[Any]) -> Iterator[Problem]:
    """Every rule leads to a service, by name or by an edge, at a port that can be known."""
    for index, rule in enumerate(rules):
        service = find_service(node, rule.service, wiring)
        if service is None and not rule.service:
            yield node.problem(
                "missing_service",
                f"rules.{index} leads nowhere; name a service or draw an edge to one.",
                field=f"rules.{index}.service",
            )
        elif port_of(service, rule.port, wiring) is None:
            yield node.problem(
                "missing_port",
                f"rules.{index} has no port, and none is known for the service; fill it in.",
                field=f"rules.{index}.port",
            )
    if not rules and not services_of(node, wiring):
        yield node.problem("missing_service", "it leads nowhere; draw an edge to a service.", field="rules")
    for link in wiring.outgoing(node, edges.ROUTES):
        if port_of(link.target, link.data.port, wiring) is None:
            yield node.problem(
                "missing_port",
                f"{link.target.label} has no known port; give the edge one.",
                field="port",
                edge_id=link.id,
            )
