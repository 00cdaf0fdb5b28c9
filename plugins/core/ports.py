"""Which ports a service has: its own, refined by its edges, else those of the workloads it selects.

Asked by everything that speaks of a service's ports: the service, routes, addresses, network policies.
"""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from plugins.core import edges
from plugins.sdk.fields import Data, about
from plugins.sdk.nodetype import AnyNode, Link, Wiring


class ServicePort(Data):
    port: Annotated[int | None, about("Port", required=True, format="port")] = None
    target_port: Annotated[
        int | str | None, about("Target port", "Of the pods; defaults to the port.", format="port-or-name")
    ] = None
    name: Annotated[str | None, about("Name", "Needed when there are several.", format="dns-label")] = None
    protocol: Annotated[str | None, about("Protocol", choices=("TCP", "UDP", "SCTP"))] = None
    node_port: Annotated[int | None, about("Node port", format="port")] = None
    app_protocol: Annotated[str | None, about("Application protocol", "Such as https or grpc.")] = None


def service_ports(service: AnyNode, wiring: Wiring) -> list[ServicePort]:
    """All ports, each with its target; named when there are several, as Kubernetes wants it."""
    key = ("service_ports", service.id)
    ports: list[ServicePort] | None = wiring.memo.get(key)
    if ports is None:
        ports = wiring.memo[key] = _service_ports(service, wiring)
    return ports


def _service_ports(service: AnyNode, wiring: Wiring) -> list[ServicePort]:
    links = wiring.outgoing(service, edges.SELECTS)
    own: list[ServicePort] | None = service.data.ports
    if own:
        ports = _refined(own, links)
    else:
        found = [port for link in links for port in _ports_of_link(link)]
        ports = list({(port.port, port.protocol): port for port in found}.values())
    return _named(ports) if len(ports) > 1 else ports


def workload_ports(workload: AnyNode) -> list[Any]:
    """What the containers say they listen on, the main one first."""
    data = workload.data
    ports = list(data.ports or ())
    for side in data.containers or ():
        ports += side.ports or ()
    return [port for port in ports if port.port is not None]


def pod_port(port: ServicePort, service: AnyNode, wiring: Wiring) -> int | str | None:
    """Where a service's port leads: a name is looked up in the workloads behind it, and stays if unknown."""
    target = port.target_port or port.port
    if isinstance(target, str):
        for workload in wiring.targets(service, edges.SELECTS):
            number = _number_of(target, workload_ports(workload))
            if number is not None:
                return number
    return target


def _ports_of_link(link: Link) -> Iterable[ServicePort]:
    data = link.data
    declared = workload_ports(link.target)
    if data.port is None and data.target_port is None:
        return [
            ServicePort(port=port.port, target_port=port.port, name=port.name, protocol=port.protocol or "TCP")
            for port in declared
        ]
    target = data.target_port
    if target is None:
        numbers = [port.port for port in declared]
        target = data.port if data.port in numbers or not numbers else numbers[0]
    number = data.port
    if number is None:
        number = target if isinstance(target, int) else _number_of(target, declared)
    protocol = next((port.protocol for port in declared if target in (port.port, port.name)), None) or "TCP"
    return [ServicePort(port=number, target_port=target, protocol=protocol)]


def _number_of(name: str, declared: list[Any]) -> int | None:
    return next((port.port for port in declared if port.name == name), None)


def _refined(own: list[ServicePort], links: list[Link]) -> list[ServicePort]:
    """The service's own ports; an edge that names a target port gives it to the port that it means."""
    ports = list(own)
    for link in links:
        if link.data.port is None and link.data.target_port is None:
            continue
        for index, port in enumerate(ports):
            if link.data.port in (None, port.port):
                if port.target_port is None and link.data.target_port is not None:
                    ports[index] = msgspec.structs.replace(port, target_port=link.data.target_port)
                break
        else:
            ports.extend(_ports_of_link(link))
    return ports


def _named(ports: list[ServicePort]) -> list[ServicePort]:
    taken: set[str] = set()
    named = []
    for port in ports:
        name = port.name
        if not name or name in taken:
            name = f"{(port.protocol or 'TCP').lower()}-{port.port}"
        taken.add(name)
        named.append(port if name == port.name else msgspec.structs.replace(port, name=name))
    return named
