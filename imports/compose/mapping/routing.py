"""Hosts and paths that labels and variables give to well-known proxies, as routes of an ingress."""

import re

import msgspec

from imports.compose.mapping.state import Draft, port_number
from plugins.sdk.formats import host as host_fault

_HOST = re.compile(r"Host(?:Regexp)?\(([^()]{1,500})\)")
_PATH = re.compile(r"Path(?:Prefix)?\(\s*[`'\"](/[^`'\"()]{0,200})[`'\"]")
_QUOTED = re.compile(r"[`'\"]([^`'\"]{1,253})[`'\"]")
_RULE = re.compile(r"traefik\.https?\.routers\.[^.]+\.rule\Z")
_PORT = re.compile(r"traefik\.https?\.services\.[^.]+\.loadbalancer\.server\.port\Z", re.IGNORECASE)
_CADDY = re.compile(r"caddy(_\d+)?\Z")


class Route(msgspec.Struct, frozen=True):
    host: str = ""
    path: str = ""
    port: int | None = None


def is_routing(key: str) -> bool:
    """Whether this label was turned into a route."""
    return bool(_RULE.match(key) or _PORT.match(key) or _CADDY.match(key)) or key.startswith("kompose.service.expose")


def routes_of(draft: Draft) -> list[Route]:
    """What the service's labels and variables ask for; the same host and path once."""
    labels = draft.labels
    if labels.get("traefik.enable", "true").lower() == "false":
        return []
    ports = [port_number(value) for key, value in labels.items() if _PORT.match(key)]
    port = next(filter(None, ports), None)
    found: list[Route] = []
    for key, value in labels.items():
        if _RULE.match(key):
            found += _from_rule(value, port)
        elif _CADDY.match(key):
            found += [Route(name) for name in re.split(r"[\s,]+", value) if _is_host(name)]
    expose = labels.get("kompose.service.expose", "")
    if expose.lower() == "true":
        found.append(Route())
    elif expose and expose.lower() != "false":
        for item in expose.split(","):
            name, slash, path = item.strip().partition("/")
            if _is_host(name):
                found.append(Route(name, f"/{path}" if slash else ""))
    environment = draft.service.environment or {}
    for name in (environment.get("VIRTUAL_HOST") or "").split(","):
        if _is_host(name.strip()):
            number = environment.get("VIRTUAL_PORT") or ""
            found.append(Route(name.strip(), "", port_number(number)))
    return list(dict.fromkeys(found))


def _from_rule(rule: str, port: int | None) -> list[Route]:
    rule = rule[:4000]
    paths = _PATH.findall(rule) or [""]
    hosts = [name for group in _HOST.findall(rule) for name in _QUOTED.findall(group) if _is_host(name)]
    return [Route(name, path, port) for name in hosts for path in paths]


def _is_host(name: str) -> bool:
    return bool(name) and host_fault(name) is None
