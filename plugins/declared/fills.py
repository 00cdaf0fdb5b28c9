"""What an edge of a declared kind writes: facts of the node at its other end, put into an object or its variables.

The facts: name, namespace, kind, apiVersion, group, labels (of the object itself), selector (of its pods), port,
portName, host and hosts, and data.<field> for the words of the edge. What is not known is left out.
"""

import re
from copy import deepcopy
from typing import Any

from plugins.core.ports import service_ports, workload_ports
from plugins.sdk import names
from plugins.sdk.context import CompileContext
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode, Fill, Link

_FACT = re.compile(r"\$\{?([A-Za-z][A-Za-z.]*)\}?")
FACTS = (
    "name",
    "namespace",
    "kind",
    "apiVersion",
    "group",
    "labels",
    "selector",
    "port",
    "portName",
    "host",
    "hosts",
    "self",
)
_ABSENT = object()


def fill_object(body: Json, fill: Fill, link: Link, context: CompileContext) -> None:
    """Write one fill into `body`; what a person wrote there by hand stays."""
    other = link.target if fill.into == "source" else link.source
    own = link.source if fill.into == "source" else link.target
    known = {**facts_of(other, context), "self": own.name}
    known |= {f"data.{name}": value for name, value in _words(link).items()}
    value = _put_in(fill.value, known)
    if value is _ABSENT:
        return
    inner, parts = body, fill.at.split(".")
    for part in parts[:-1]:
        step = inner.setdefault(part, {})
        if not isinstance(step, dict):
            return
        inner = step
    last = parts[-1]
    if fill.append:
        present = inner.setdefault(last, [])
        if isinstance(present, list) and value not in present:
            present.append(value)
    elif isinstance(value, dict) and isinstance(inner.get(last), dict):
        inner[last] = {**value, **inner[last]}
    elif inner.get(last) in (None, "", [], {}):
        inner[last] = value


def facts_of(node: AnyNode, context: CompileContext) -> Json:
    """All that is known of a node; texts, numbers, maps of labels and lists of hosts."""
    own = getattr(node.data, "labels", None) or {}
    facts: Json = {
        "name": node.name,
        "namespace": node.namespace,
        "kind": node.type.kind,
        "apiVersion": _api_version(node, context),
        "group": node.type.group,
        "labels": _identity(node, context) | own,
    }
    if "workload" in node.type.roles:
        facts["selector"] = context.selector(node)
        ports = workload_ports(node)
    elif node.type.name == "service":
        ports = service_ports(node, context.wiring)
    else:
        ports = []
    if ports:
        facts["port"] = ports[0].port
        if ports[0].name:
            facts["portName"] = ports[0].name
    hosts = _hosts(node, context)
    if hosts:
        facts["hosts"], facts["host"] = hosts, hosts[0]
    return facts


def _identity(node: AnyNode, context: CompileContext) -> dict[str, str]:
    ours = context.labels(node)
    return {key: ours[key] for key in (names.NAME, names.INSTANCE)}


def _api_version(node: AnyNode, context: CompileContext) -> str:
    versions = node.type.api_versions
    return context.api_version(node.type.kind, versions) if versions else ""


def _hosts(node: AnyNode, context: CompileContext) -> list[str]:
    """Of an ingress or a route: those of its rules, then those of its edges."""
    found = [getattr(rule, "host", None) for rule in getattr(node.data, "rules", None) or ()]
    found += getattr(node.data, "hostnames", None) or []
    found += [getattr(link.data, "host", None) for link in context.outgoing(node, "routes")]
    return list(dict.fromkeys(host for host in found if host))


def _words(link: Link) -> Json:
    return {name: value for name in link.data.__struct_fields__ if (value := getattr(link.data, name)) is not None}


def _put_in(value: Any, known: Json) -> Any:
    if isinstance(value, str):
        return _text(value, known)
    if isinstance(value, list):
        items = [_put_in(item, known) for item in value]
        return [item for item in items if item is not _ABSENT]
    if isinstance(value, dict):
        filled = {key: _put_in(item, known) for key, item in value.items()}
        kept = {key: item for key, item in filled.items() if item is not _ABSENT}
        return kept if kept or not value else _ABSENT
    return value


def _text(text: str, known: Json) -> Any:
    """A text that is one fact becomes that fact, whatever it is; within a text facts become part of it."""
    whole = _FACT.fullmatch(text)
    if whole:
        found = known.get(whole[1], _ABSENT)
        return deepcopy(found) if found is not _ABSENT else _ABSENT
    if any(match[1] not in known for match in _FACT.finditer(text)):
        return _ABSENT
    return _FACT.sub(lambda match: str(known[match[1]]), text)
