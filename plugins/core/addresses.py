"""How one workload finds another: the variables that a "uses" edge brings."""

from plugins.core import edges
from plugins.core.ports import ServicePort, pod_port, service_ports
from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode, Link, Wiring

_SCHEMES = {
    443: "https",
    1883: "mqtt",
    3306: "mysql",
    4222: "nats",
    5432: "postgresql",
    5672: "amqp",
    6379: "redis",
    8443: "https",
    9092: "kafka",
    27017: "mongodb",
}
_KNOWN = frozenset({*_SCHEMES.values(), "http", "grpc", "postgres", "ws", "wss", "ldap", "smtp", "ftp"})


def address_variables(link: Link, context: CompileContext) -> list[Json]:
    """NAME_HOST, NAME_PORT and NAME_URL of a service or an ingress, as far as they are known."""
    target = link.target
    prefix = link.data.prefix or names.env_prefix(target.name)
    if target.type.name == "ingress":
        found = _ingress_address(target, context.wiring)
    else:
        found = _service_address(link.source, target, context)
    if found is None:
        return []
    host, port, url = found
    variables = [{"name": f"{prefix}_HOST", "value": host}]
    if port is not None:
        variables += [{"name": f"{prefix}_PORT", "value": str(port)}, {"name": f"{prefix}_URL", "value": url}]
    return variables


def _service_address(source: AnyNode, service: AnyNode, context: CompileContext) -> tuple[str, int | None, str]:
    host = service.name if service.namespace == source.namespace else f"{service.name}.{service.namespace}"
    ports = service_ports(service, context.wiring)
    if not ports or ports[0].port is None:
        return host, None, ""
    port = ports[0]
    scheme = _scheme(port, pod_port(port, service, context.wiring))
    return host, port.port, f"{scheme}://{host}:{port.port}"


def _scheme(port: ServicePort, number: int | str | None) -> str:
    """As the port says of itself, else as its number, or that of the pod's port `number`, is known for."""
    for hint in (port.app_protocol, port.name):
        word = (hint or "").split("-")[0].lower()
        if word in _KNOWN:
            return word
    by_pod = _SCHEMES.get(number) if isinstance(number, int) else None
    return _SCHEMES.get(port.port or 0) or by_pod or "http"


def _ingress_address(ingress: AnyNode, wiring: Wiring) -> tuple[str, int | None, str] | None:
    """The first host that a rule or an edge names; an ingress for every host has no address of its own."""
    routes = [*(ingress.data.rules or ()), *(link.data for link in wiring.outgoing(ingress, edges.ROUTES))]
    route = next((route for route in routes if route.host), None)
    if route is None:
        return None
    secured = [*(ingress.data.tls or ()), *(link.data for link in wiring.incoming(ingress, edges.TLS))]
    has_tls = any(not tls.hosts or route.host in tls.hosts for tls in secured)
    scheme, port = ("https", 443) if has_tls else ("http", 80)
    path = route.path if route.path and route.path != "/" else ""
    return route.host, port, f"{scheme}://{route.host}{path}"
