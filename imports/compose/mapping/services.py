"""Services: the name that others use, aliases, and how far the outside reaches in."""

import re

from imports.compose.mapping import images
from imports.compose.mapping.routing import Route, routes_of
from imports.compose.mapping.state import APPROXIMATED, KEPT, MAPPED, REFUSED, Draft, Plan, port_number
from imports.report import Choice
from plugins.sdk.formats import dns_label_1035, host
from plugins.sdk.graph import Json

_OPTIONS = (
    ("cluster", "Only inside the cluster"),
    ("nodeport", "A port of every node: works on any cluster"),
    ("loadbalancer", "An address of its own: the cluster must give one"),
    ("ingress", "By host and path, for HTTP"),
)
_TYPES = {"nodeport": "NodePort", "loadbalancer": "LoadBalancer"}
_KOMPOSE = {"nodeport": "nodeport", "loadbalancer": "loadbalancer", "clusterip": "cluster", "headless": "cluster"}
_TYPE = "kompose.service.type"
_WHERE = {
    "cluster": "reachable inside the cluster only",
    "nodeport": "reachable at a port of every node that the cluster chooses",
    "loadbalancer": "reachable at an address that the cluster gives",
    "ingress": "reachable by host through the ingress",
}
_LOOPBACK = ("127.", "::1", "localhost")
_ONE_SHOT = ("job", "cronjob")


def add_services(plan: Plan) -> None:
    """After all workloads: their own names first, so that no alias takes one."""
    texts = {draft.name: draft.mentioned for draft in plan.drafts.values()}
    for draft in plan.drafts.values():
        plan.unique("service", draft.kube, f"service:{draft.name}")
    for draft in plan.drafts.values():
        if _needs_service(draft, plan, texts):
            _add_service(draft, plan)
        else:
            _refuse_ports(draft, plan)
            _tell_type(draft, plan, "")
        _add_aliases(draft, plan, texts)


def _needs_service(draft: Draft, plan: Plan, texts: dict[str, str]) -> bool:
    if draft.kind in _ONE_SHOT and not draft.service.expose:
        return False
    return bool(draft.ports) or draft.kind == "statefulset" or is_mentioned(draft.name, draft.name, texts)


def is_mentioned(word: str, owner: str, texts: dict[str, str]) -> bool:
    """Whether another service's settings speak of this name, as a host would be spoken of."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-])")
    return any(word in text and pattern.search(text) for name, text in texts.items() if name != owner)


def _refuse_ports(draft: Draft, plan: Plan) -> None:
    for index, _ in enumerate(draft.service.ports or ()):
        path = draft.at("ports", index)
        if not plan.rows.has(path):
            plan.rows.add(path, REFUSED, "What runs to its end is not reached from outside.", key="ports")


def _ports(draft: Draft, exposure: str) -> list[Json]:
    """Others reach a container at its own port; a load balancer listens at the published one too."""
    ports: list[Json] = [{"port": number, "protocol": protocol} for number, protocol in draft.ports]
    taken = set(draft.ports)
    if exposure == "loadbalancer":
        for (number, protocol), published in draft.ports.items():
            for outside in filter(None, map(port_number, published)):
                if (outside, protocol) not in taken:
                    taken.add((outside, protocol))
                    ports.append({"port": outside, "target_port": number, "protocol": protocol})
    return ports


def _add_service(draft: Draft, plan: Plan) -> None:
    routes = routes_of(draft)
    choice = _exposure(draft, plan, routes) if draft.ports and (draft.service.ports or routes) else None
    exposure = choice.value if choice else "cluster"
    deploy = draft.service.deploy
    is_headless = (
        draft.kind == "statefulset"
        or not draft.ports
        or (deploy is not None and deploy.endpoint_mode == "dnsrr")
        or draft.labels.get(_TYPE, "").lower() == "headless"
    )
    node_id = f"service-{draft.name}"
    data: Json = {"name": draft.kube, "headless": is_headless or None}
    if draft.ports:
        data["ports"] = _ports(draft, "cluster")
    outside = exposure in _TYPES
    if outside and not is_headless:
        data |= {"type": _TYPES[exposure], "ports": _ports(draft, exposure), **_traffic(draft)}
    plan.node(node_id, "service", data)
    plan.edge(node_id, draft.node_id)
    if outside and is_headless:
        name = plan.unique("service", f"{draft.kube}-public", f"public:{draft.name}")
        public = {"name": name, "type": _TYPES[exposure], "ports": _ports(draft, exposure), **_traffic(draft)}
        plan.node(f"service-public:{draft.name}", "service", public)
        plan.edge(f"service-public:{draft.name}", draft.node_id)
    if exposure == "ingress":
        _add_ingress(draft, plan, node_id, routes)
    _tell_ports(draft, plan, exposure, choice)
    _tell_type(draft, plan, exposure)


def _tell_type(draft: Draft, plan: Plan, exposure: str) -> None:
    """Whether it came as Kompose's label has it; `exposure` is empty where there is no service at all."""
    wanted = (draft.service.labels or {}).get(_TYPE)
    if wanted is None:
        return
    path, found = draft.at("labels", _TYPE), _KOMPOSE.get(wanted.lower())
    if found is None:
        message = f"'{wanted[:40]}' is no type of service; use ClusterIP, NodePort, LoadBalancer or headless."
        plan.rows.add(path, REFUSED, message, key=_TYPE)
    elif not exposure:
        plan.rows.add(path, REFUSED, "It has no ports, so there is no service that this could be about.", key=_TYPE)
    elif found != exposure:
        message = f"Its ports are {_WHERE[exposure]}, as is chosen there; the service itself stays inside."
        plan.rows.add(path, APPROXIMATED, message, target=f"service/{draft.kube}", key=_TYPE)


def _traffic(draft: Draft) -> Json:
    policy = draft.labels.get("kompose.service.external-traffic-policy", "").lower()
    return {"external_traffic_policy": policy.capitalize()} if policy in ("local", "cluster") else {}


def _exposure(draft: Draft, plan: Plan, routes: list[Route]) -> Choice:
    text = f"Who can reach the published ports of {draft.name}"
    has_tcp = any(protocol == "TCP" for _, protocol in draft.ports)
    options = [option for option in _OPTIONS if option[0] != "ingress" or has_tcp]
    return plan.answers.option(f"service.{draft.name}.exposure", text, _default(draft, routes), options)


def _default(draft: Draft, routes: list[Route]) -> str:
    labelled = _KOMPOSE.get(draft.labels.get(_TYPE, "").lower())
    has_tcp = any(protocol == "TCP" for _, protocol in draft.ports)
    if routes and has_tcp:
        return "ingress"
    if labelled:
        return labelled
    ports = draft.service.ports or []
    if all((port.host_ip or "").startswith(_LOOPBACK) for port in ports):
        return "cluster"
    known = images.known(draft.service.image)
    is_store = bool(known.paths) and not known.is_web
    return "cluster" if is_store else "nodeport"


def _tell_ports(draft: Draft, plan: Plan, exposure: str, choice: Choice | None) -> None:
    where = _WHERE[exposure]
    for index, port in enumerate(draft.service.ports or ()):
        path = draft.at("ports", index)
        if plan.rows.has(path):
            continue
        message = f"Port {port.target} is {where}."
        is_other = bool(port.published) and exposure in ("cluster", "nodeport", "ingress")
        if is_other and exposure != "ingress":
            message += f" The host's port {(port.published or '')[:20]} is not taken."
        if port.host_ip:
            message += " An address of your machine means nothing to a cluster."
        verdict = APPROXIMATED if is_other or port.host_ip else MAPPED
        choices = [choice] if choice else []
        plan.rows.add(path, verdict, message, target=f"service/{draft.kube}.ports", key="ports", choices=choices)


def _add_ingress(draft: Draft, plan: Plan, service_id: str, routes: list[Route]) -> None:
    """A route for each host that a label names; else one that a person names, or for every host."""
    if not routes:
        text = f"The host at which {draft.name} is reached"
        asked = plan.answers.question(plan.answers.text(f"service.{draft.name}.host", text, check=host))
        routes = [Route(host=asked.value)]
    node_id = f"ingress-{draft.name}"
    annotations = {
        key.removeprefix("kompose.ingress.annotation."): value
        for key, value in draft.labels.items()
        if key.startswith("kompose.ingress.annotation.")
    }
    hosts = [route.host for route in routes if route.host]
    tls_secret = draft.labels.get("kompose.service.expose.tls-secret")
    data: Json = {
        "name": plan.unique("ingress", draft.kube, node_id),
        "ingress_class": draft.labels.get("kompose.service.expose.ingress-class-name"),
        "annotations": annotations or None,
    }
    if tls_secret:
        data["tls"] = [{"hosts": hosts, "secret": tls_secret} if hosts else {"secret": tls_secret}]
    plan.node(node_id, "ingress", data)
    for index, route in enumerate(routes):
        entry: Json = {"port": _route_port(draft, route)}
        if route.host:
            entry["host"] = route.host
        if route.path:
            entry["path"] = route.path
        plan.edge(node_id, service_id, entry, tag=str(index))


def _route_port(draft: Draft, route: Route) -> int:
    numbers = [number for number, protocol in draft.ports if protocol == "TCP"]
    if route.port in numbers:
        return int(route.port or 0)
    return next((number for number in numbers if number in images.WEB_PORTS), numbers[0])


def _add_aliases(draft: Draft, plan: Plan, texts: dict[str, str]) -> None:
    """Each alias is a service of its own name for the same pods."""
    for path, alias, is_told in _aliases(draft):
        lower = alias.lower()
        if lower == draft.kube:
            plan.rows.add(
                path,
                KEPT,
                "It is the name of the service anyway.",
                target=f"service/{draft.kube}",
                key=path.rsplit(".", 1)[1] if not is_told else "aliases",
            )
        elif not is_told and not is_mentioned(alias, draft.name, texts):
            plan.rows.add(path, KEPT, f"Nobody uses this name; others find {draft.name} as {draft.kube}.")
        elif dns_label_1035(lower) is not None or not lower:
            message = f"'{alias[:60]}' cannot be a name in the cluster; use {draft.kube} instead."
            plan.rows.add(path, REFUSED, message)
        elif plan.is_taken("service", lower) and plan.unique("service", lower, f"alias:{draft.name}:{lower}") != lower:
            plan.rows.add(path, REFUSED, f"'{lower[:60]}' names another service already; choose another name.")
        else:
            name = plan.unique("service", lower, f"alias:{draft.name}:{lower}")
            node_id = f"service-alias:{draft.name}:{lower}"
            ports = _ports(draft, "cluster")
            plan.node(node_id, "service", {"name": name, "headless": True, "ports": ports or None})
            plan.edge(node_id, draft.node_id)
            plan.rows.add(path, MAPPED, "A second name for the same pods.", target=f"service/{name}")


def _aliases(draft: Draft) -> list[tuple[str, str, bool]]:
    """(path, name, whether it was asked for as an alias)."""
    found = []
    for network, options in (draft.service.networks or {}).items():
        for index, alias in enumerate(options.aliases or ()):
            found.append((draft.at("networks", network, "aliases", index), alias, True))
    if draft.service.container_name is not None:
        found.append((draft.at("container_name"), draft.service.container_name, False))
    return found


def add_links(plan: Plan) -> None:
    """`links: [db:database]` gives the linked service a second name, for everyone in the cluster."""
    for draft in plan.drafts.values():
        for index, link in enumerate(draft.service.links or ()):
            path = draft.at("links", index)
            name, _, alias = link.partition(":")
            other = plan.drafts.get(name)
            if other is None:
                plan.rows.add(path, REFUSED, f"'{name[:60]}' is not among the services that are on.")
                continue
            wanted = (alias or name).lower()
            if wanted == other.kube or plan.is_taken("service", wanted):
                plan.rows.add(path, MAPPED, f"Found by the name {wanted[:60]}.", target=f"service/{other.kube}")
            elif dns_label_1035(wanted) is not None:
                plan.rows.add(path, REFUSED, f"'{wanted[:60]}' cannot be a name in the cluster; use {other.kube}.")
            else:
                node_id = f"service-alias:{name}:{wanted}"
                plan.unique("service", wanted, f"alias:{name}:{wanted}")
                plan.node(
                    node_id, "service", {"name": wanted, "headless": True, "ports": _ports(other, "cluster") or None}
                )
                plan.edge(node_id, other.node_id)
                plan.rows.add(path, MAPPED, "A second name, for everyone in the cluster.", target=f"service/{wanted}")
