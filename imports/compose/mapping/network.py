"""Ports and names: what a container listens on, and under which names others find it."""

import ipaddress
import re

from imports.compose.mapping import images
from imports.compose.mapping.routing import routes_of
from imports.compose.mapping.state import APPROXIMATED, KEPT, MAPPED, REFUSED, Draft, Plan, port_number
from plugins.sdk.formats import dns_label_1035

_PROTOCOLS = {"tcp": "TCP", "udp": "UDP", "sctp": "SCTP"}
_ONE_SHOT = ("job", "cronjob")
_HOST = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")


def map_ports(draft: Draft, plan: Plan) -> None:
    for index, port in enumerate(draft.service.ports or ()):
        path = draft.at("ports", index)
        protocol = _PROTOCOLS.get(port.protocol.lower())
        if port.target is None or protocol is None:
            plan.rows.add(
                path,
                REFUSED,
                f"Kubernetes knows no protocol '{port.protocol[:20]}'; use tcp, udp or sctp.",
                key="ports",
            )
            continue
        published = draft.ports.setdefault((port.target, protocol), [])
        if port.published:
            published.append(port.published.partition("-")[0])
    for index, text in enumerate(draft.service.expose or ()):
        numbers, _, name = text.partition("/")
        path, protocol = draft.at("expose", index), _PROTOCOLS.get((name or "tcp").lower())
        low, _, high = numbers.partition("-")
        if not _is_port(low) or (high and not _is_port(high)) or protocol is None or int(high or low) - int(low) > 200:
            plan.rows.add(path, REFUSED, f"'{text[:40]}' is no port; correct it.")
            continue
        for number in range(int(low), int(high or low) + 1):
            draft.ports.setdefault((number, protocol), [])
        plan.rows.add(path, MAPPED, "A port of the container and of its service.", target=f"{draft.target}.ports")
    for route in routes_of(draft):
        if route.port is not None:
            draft.ports.setdefault((route.port, "TCP"), [])
    if not draft.ports and draft.kind not in _ONE_SHOT:
        for number in images.known(draft.service.image).ports:
            draft.ports[number, "TCP"] = []
    if draft.ports:
        draft.data["ports"] = [{"port": number, "protocol": protocol} for number, protocol in draft.ports]


def _is_port(text: str) -> bool:
    return port_number(text) is not None


def map_network_mode(draft: Draft, plan: Plan) -> None:
    mode, path = draft.service.network_mode, draft.at("network_mode")
    if mode is None:
        return
    if mode == "host":
        draft.data["host_network"] = True
        draft.data["dns_policy"] = "ClusterFirstWithHostNet"
        message = "Shares the network of its node; many clusters forbid it."
        plan.rows.add(path, MAPPED, message, target=f"{draft.target}.host_network")
    elif mode in ("bridge", "default", "private"):
        plan.rows.add(path, KEPT, "All pods are in one network anyway.")
    elif mode == "none":
        plan.node(
            f"policy-none:{draft.name}",
            "networkpolicy",
            {
                "name": plan.unique("policy", f"{draft.kube}-isolated", draft.name),
                "policy_types": ["Ingress", "Egress"],
                "ingress": [],
                "egress": [],
            },
        )
        plan.edge(f"policy-none:{draft.name}", draft.node_id)
        message = "A network policy that lets nothing in or out; the cluster must enforce policies."
        plan.rows.add(path, APPROXIMATED, message, target=f"networkpolicy/{draft.kube}-isolated")
    else:
        message = "Sharing another container's network means one pod: put both containers into one workload."
        plan.rows.add(path, REFUSED, message)


def map_dns(draft: Draft, plan: Plan) -> None:
    service, target = draft.service, f"{draft.target}.dns_config"
    for key, field in (("dns", "nameservers"), ("dns_search", "searches")):
        values = getattr(service, key)
        if not values:
            if values is not None:
                plan.rows.add(draft.at(key), KEPT, "Empty, so nothing changes.")
            continue
        good = [value for value in values if (_is_address(value) if field == "nameservers" else _HOST.match(value))]
        if good:
            draft.nested("dns_config")[field] = good[:3] if field == "nameservers" else good[:32]
        if len(good) == len(values) and (field != "nameservers" or len(good) <= 3):
            plan.rows.add(draft.at(key), MAPPED, "Beside the cluster's own.", target=target)
        else:
            message = "Not all of them can be taken over: Kubernetes takes three addresses, and valid names."
            plan.rows.add(draft.at(key), APPROXIMATED if good else REFUSED, message, target=target if good else "")
    if service.dns_opt is not None:
        pairs = [option.partition(":") for option in service.dns_opt]
        draft.nested("dns_config")["options"] = [
            {"name": name, **({"value": value} if separator else {})} for name, separator, value in pairs
        ]
        plan.rows.add(draft.at("dns_opt"), MAPPED, "Options of the resolver.", target=target)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def map_hosts(draft: Draft, plan: Plan) -> None:
    aliases: dict[str, list[str]] = {}
    for name, addresses in (draft.service.extra_hosts or {}).items():
        path, host = draft.at("extra_hosts", name), name.lower()
        good = [address for address in addresses if _is_address(address)]
        if "host-gateway" in addresses:
            message = "Your own machine is not the node of a cluster; give the address that it has for the cluster."
            plan.rows.add(path, REFUSED, message, key=name)
        elif not good or not _HOST.match(host):
            plan.rows.add(path, REFUSED, "It needs a host name and an address; correct it.", key=name)
        else:
            for address in good:
                aliases.setdefault(address, []).append(host)
            plan.rows.add(path, MAPPED, "An entry of /etc/hosts.", target=f"{draft.target}.host_aliases", key=name)
    if aliases:
        draft.data["host_aliases"] = [{"ip": ip, "hostnames": hosts} for ip, hosts in aliases.items()]
    hostname = draft.service.hostname
    if hostname is not None:
        short = hostname.partition(".")[0].lower()
        if dns_label_1035(short) is None and draft.kind != "statefulset" and (draft.replicas or 1) == 1:
            draft.data["hostname"] = short
            plan.rows.add(draft.at("hostname"), MAPPED, "The pod's host name.", target=f"{draft.target}.hostname")
        else:
            message = "A pod of several, or of a stateful set, keeps a name of its own; others find it by its service."
            plan.rows.add(draft.at("hostname"), REFUSED, message)
    if draft.service.domainname is not None:
        plan.rows.add(draft.at("domainname"), REFUSED, "The domain of pods is the cluster's; use an alias instead.")
