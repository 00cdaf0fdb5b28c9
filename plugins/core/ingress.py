"""Ingress: requests from outside reach services by host and path."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from plugins.core import edges
from plugins.core.base import Placed, manifest, present
from plugins.core.routes import check_rule_services, find_service, port_of
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, about
from plugins.sdk.nodetype import AnyNode, NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

API_VERSIONS = ("networking.k8s.io/v1",)
_PATH_TYPES = {"PathPrefix": "Prefix", "RegularExpression": "ImplementationSpecific"}


class IngressRule(Data):
    host: Annotated[str | None, about("Host", "Empty means every host.", format="host")] = None
    path: Annotated[str | None, about("Path", "Defaults to /.", format="http-path")] = None
    path_type: Annotated[str | None, about("Path type", choices=("Prefix", "Exact", "ImplementationSpecific"))] = None
    service: Annotated[
        str | None, about("Service", "By name; defaults to the connected one.", format="dns-label-1035")
    ] = None
    port: Annotated[
        int | str | None, about("Port", "By number or name; defaults to the first.", format="port-or-name")
    ] = None


class IngressTls(Data):
    hosts: Annotated[
        list[Annotated[str, about(format="host")]] | None, about("Hosts", "Empty means all of the rules.")
    ] = None
    secret: Annotated[str | None, about("Secret", "With certificate and key.", format="dns-subdomain")] = None


class IngressBackend(Data):
    service: Annotated[str | None, about("Service", format="dns-label-1035")] = None
    port: Annotated[int | str | None, about("Port", format="port-or-name")] = None


class IngressData(Placed):
    ingress_class: Annotated[
        str | None, about("Class", "Which controller serves it; empty means the cluster's default.")
    ] = None
    rules: Annotated[list[IngressRule] | None, about("Rules", "Beside those that edges bring.")] = None
    tls: Annotated[list[IngressTls] | None, about("TLS", "Or draw an edge from a secret.", group=Group.SECURITY)] = None
    default_backend: Annotated[
        IngressBackend | None, about("Default backend", "For what no rule matches.", group=Group.ADVANCED)
    ] = None


class _Routes:
    """Rules by host, in the order in which hosts first came."""

    def __init__(self) -> None:
        self.paths: dict[str, list[Json]] = {}

    def add(self, host: str | None, path: str | None, path_type: str | None, backend: Json) -> None:
        entry = {
            "path": path or "/",
            "pathType": _PATH_TYPES.get(path_type or "", path_type) or "Prefix",
            "backend": backend,
        }
        paths = self.paths.setdefault(host or "", [])
        if entry not in paths:
            paths.append(entry)

    def body(self) -> list[Json]:
        return [({"host": host} if host else {}) | {"http": {"paths": paths}} for host, paths in self.paths.items()]

    def hosts(self) -> list[str]:
        return [host for host in self.paths if host]


def compile_ingress(node: TypedNode[IngressData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    routes = _routes(node, context.wiring)
    spec = present(ingressClassName=data.ingress_class)
    if data.default_backend is not None:
        backend = data.default_backend
        service = find_service(node, backend.service, context.wiring)
        spec["defaultBackend"] = _backend(backend.service, service, backend.port, context.wiring)
    rules = routes.body()
    if rules:
        spec["rules"] = rules
    tls = _tls(node, routes.hosts(), context.wiring)
    if tls:
        spec["tls"] = tls
    yield manifest(API_VERSIONS[0], "Ingress", node.name, spec=spec)


def _routes(node: TypedNode[IngressData], wiring: Wiring) -> _Routes:
    """The node's own rules, then its edges. An edge that says nothing adds no route to a service that a
    rule already leads to."""
    routes = _Routes()
    served: set[str] = set()
    for rule in node.data.rules or ():
        service = find_service(node, rule.service, wiring)
        served.add(rule.service or (service.name if service else ""))
        routes.add(rule.host, rule.path, rule.path_type, _backend(rule.service, service, rule.port, wiring))
    for link in wiring.outgoing(node, edges.ROUTES):
        data = link.data
        says_something = data.host or data.path or data.port is not None
        if says_something or link.target.name not in served:
            routes.add(data.host, data.path, data.path_type, _backend(None, link.target, data.port, wiring))
    return routes


def _backend(name: str | None, service: AnyNode | None, wanted: int | str | None, wiring: Wiring) -> Json:
    port = port_of(service, wanted, wiring)
    reference = {"name": port} if isinstance(port, str) else {"number": port}
    return {"service": {"name": name or (service.name if service else ""), "port": reference}}


def _tls(node: TypedNode[IngressData], hosts: list[str], wiring: Wiring) -> list[Json]:
    entries = []
    for item in node.data.tls or ():
        names = item.hosts if item.hosts is not None else hosts
        entries.append(({"hosts": names} if names else {}) | ({"secretName": item.secret} if item.secret else {}))
    for link in wiring.incoming(node, edges.TLS):
        names = link.data.hosts if link.data.hosts is not None else hosts
        entry = ({"hosts": names} if names else {}) | {"secretName": link.source.name}
        if entry not in entries:
            entries.append(entry)
    return entries


def check_ingress(node: TypedNode[IngressData], wiring: Wiring) -> Iterator[Problem]:
    if node.data.default_backend is None or node.data.rules:
        yield from check_rule_services(node, wiring, node.data.rules or [])
    elif (
        find_service(node, node.data.default_backend.service, wiring) is None and not node.data.default_backend.service
    ):
        yield node.problem(
            "missing_service",
            "the default backend names no service; fill it in.",
            field="default_backend.service",
        )


NODE_TYPE = NodeType(
    name="ingress",
    display_name="Ingress",
    description="Lets requests from outside in, by host and path.",
    icon="globe",
    category="network",
    data=IngressData,
    compile=compile_ingress,
    check=check_ingress,
    kind="Ingress",
    api_versions=API_VERSIONS,
    defaults={"name": "ingress"},
    connections=(edges.ROUTE, edges.SECURES, edges.USES_ADDRESS),
)
