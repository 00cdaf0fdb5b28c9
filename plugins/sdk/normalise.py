"""Writes out what an API server fills in by itself, where leaving it out breaks server-side apply.

The list of ports is keyed by number and protocol, and an old server (1.20) refuses an applied port
without the second key. Copies only along the path that it changes.
"""

from collections.abc import Callable
from typing import Any

from plugins.sdk.fields import Json

_TEMPLATED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})


def with_protocols(body: Json) -> Json:
    """The same object with a protocol in every port of a service or a container."""
    kind = body.get("kind")
    if kind == "Service":
        return _at(body, ("spec", "ports"), _ports)
    if kind == "Pod":
        return _at(body, ("spec",), _pod_spec)
    if kind in _TEMPLATED:
        return _at(body, ("spec", "template", "spec"), _pod_spec)
    if kind == "CronJob":
        return _at(body, ("spec", "jobTemplate", "spec", "template", "spec"), _pod_spec)
    return body


def _at(body: Json, path: tuple[str, ...], change: Callable[[Any], Any]) -> Json:
    """`body` with what stands at `path` changed; the same object when nothing changed."""
    head, *rest = path
    inner = body.get(head)
    if inner is None or (rest and not isinstance(inner, dict)):
        return body
    changed = _at(inner, tuple(rest), change) if rest else change(inner)
    return body if changed is inner else {**body, head: changed}


def _pod_spec(spec: Any) -> Any:
    if not isinstance(spec, dict):
        return spec
    for field in ("containers", "initContainers"):
        containers = spec.get(field)
        if isinstance(containers, list) and any("ports" in item for item in containers if isinstance(item, dict)):
            spec = {**spec, field: [_container(item) for item in containers]}
    return spec


def _container(item: Any) -> Any:
    return _at(item, ("ports",), _ports) if isinstance(item, dict) else item


def _ports(ports: Any) -> Any:
    if not isinstance(ports, list) or all(not isinstance(port, dict) or "protocol" in port for port in ports):
        return ports
    return [{**port, "protocol": port.get("protocol", "TCP")} if isinstance(port, dict) else port for port in ports]
