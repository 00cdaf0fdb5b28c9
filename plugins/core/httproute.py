"""HTTPRoute of the Gateway API: requests that a gateway took in reach services."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from plugins.core import edges
from plugins.core.base import Placed, manifest
from plugins.core.routes import check_rule_services, find_service, number_of_port
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Data, Group, Json, about
from plugins.sdk.nodetype import AnyNode, NodeType, TypedNode, Wiring
from plugins.sdk.problems import Problem

API_VERSIONS = ("gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1")
_PATH_TYPES = {"Prefix": "PathPrefix", "ImplementationSpecific": "PathPrefix"}


class RouteRule(Data):
    """Our short form, or `matches`, `filters`, `backendRefs`, `timeouts` in the Gateway API's own words."""

    path: Annotated[str | None, about("Path", format="http-path")] = None
    path_type: Annotated[
        str | None,
        about(
            "Path type",
            choices=("Prefix", "PathPrefix", "Exact", "RegularExpression", "ImplementationSpecific"),
        ),
    ] = None
    method: Annotated[str | None, about("Method", "Such as GET.")] = None
    service: Annotated[
        str | None, about("Service", "By name; defaults to the connected one.", format="dns-label-1035")
    ] = None
    port: Annotated[int | str | None, about("Port", format="port-or-name")] = None
    matches: Annotated[list[Json] | None, about("Matches", widget="json")] = None
    filters: Annotated[list[Json] | None, about("Filters", widget="json")] = None
    backend_refs: Annotated[list[Json] | None, about("Backends", widget="json")] = msgspec.field(
        default=None, name="backendRefs"
    )
    timeouts: Annotated[Json | None, about("Timeouts", widget="json")] = None
    name: Annotated[str | None, about("Name")] = None


class HttpRouteData(Placed):
    parents: Annotated[
        list[str | Json],
        about("Gateways", "By name, as namespace/name, or in the Gateway API's own words."),
    ] = []
    hostnames: Annotated[
        list[Annotated[str, about(format="host")]] | None, about("Host names", "Empty means every host.")
    ] = None
    rules: Annotated[list[RouteRule] | None, about("Rules", "Beside those that edges bring.", group=Group.NETWORK)] = (
        None
    )


def compile_route(node: TypedNode[HttpRouteData], context: CompileContext) -> Iterable[Json]:
    data = node.data
    wiring = context.wiring
    spec: Json = {"parentRefs": [_parent(parent) for parent in data.parents]}
    links = wiring.outgoing(node, edges.ROUTES)
    drawn = [link.data.host for link in links if link.data.host]
    hostnames = list(dict.fromkeys([*(data.hostnames or ()), *drawn]))
    if hostnames:
        spec["hostnames"] = hostnames
    rules = [_rule_body(node, rule, wiring) for rule in data.rules or ()]
    served = {_served_by(node, rule, wiring) for rule in data.rules or ()}
    for link in links:
        if link.data.path or link.data.port is not None or link.target.name not in served:
            rule = RouteRule(path=link.data.path, path_type=link.data.path_type, port=link.data.port)
            rules.append(_simple_rule(rule, link.target, node, wiring))
    if rules:
        spec["rules"] = rules
    yield manifest(context.api_version("HTTPRoute", API_VERSIONS), "HTTPRoute", node.name, spec=spec)


def _parent(parent: str | Json) -> Json:
    if isinstance(parent, dict):
        return parent
    namespace, _, name = parent.rpartition("/")
    return {"namespace": namespace, "name": name} if namespace else {"name": name}


def _served_by(node: AnyNode, rule: RouteRule, wiring: Wiring) -> str:
    service = find_service(node, rule.service, wiring)
    return rule.service or (service.name if service else "")


def _rule_body(node: AnyNode, rule: RouteRule, wiring: Wiring) -> Json:
    return _simple_rule(rule, find_service(node, rule.service, wiring), node, wiring)


def _simple_rule(rule: RouteRule, service: AnyNode | None, node: AnyNode, wiring: Wiring) -> Json:
    body: Json = {} if rule.name is None else {"name": rule.name}
    matches = rule.matches if rule.matches is not None else [_match(rule)]
    body["matches"] = matches
    if rule.filters is not None:
        body["filters"] = rule.filters
    if rule.backend_refs is not None:
        body["backendRefs"] = rule.backend_refs
    elif service is not None or rule.service:
        body["backendRefs"] = [_backend(rule, service, node, wiring)]
    if rule.timeouts is not None:
        body["timeouts"] = rule.timeouts
    return body


def _match(rule: RouteRule) -> Json:
    kind = _PATH_TYPES.get(rule.path_type or "", rule.path_type) or "PathPrefix"
    match: Json = {"path": {"type": kind, "value": rule.path or "/"}}
    if rule.method:
        match["method"] = rule.method
    return match


def _backend(rule: RouteRule, service: AnyNode | None, node: AnyNode, wiring: Wiring) -> Json:
    body: Json = {"name": rule.service or (service.name if service else "")}
    if service is not None and service.namespace != node.namespace:
        body["namespace"] = service.namespace
    port = number_of_port(service, rule.port, wiring)
    return body if port is None else body | {"port": port}


def check_route(node: TypedNode[HttpRouteData], wiring: Wiring) -> Iterator[Problem]:
    """Rules that redirect or name their own backends need no service."""
    if not node.data.parents:
        yield node.warning("missing_gateway", "it belongs to no gateway, so nothing uses it; name one", field="parents")
    rules = node.data.rules or []
    if rules and all(rule.backend_refs is not None or rule.filters is not None for rule in rules):
        return
    yield from check_rule_services(node, wiring, [rule for rule in rules if rule.backend_refs is None])


NODE_TYPE = NodeType(
    name="httproute",
    display_name="HTTP route",
    description="Routes the requests of a gateway to services (Gateway API).",
    icon="waypoints",
    category="network",
    data=HttpRouteData,
    compile=compile_route,
    check=check_route,
    kind="HTTPRoute",
    api_versions=API_VERSIONS,
    defaults={"name": "route", "parents": ["gateway"]},
    connections=(edges.ROUTE,),
)
