"""Where an ingress leads: another service, or another port of it."""

from collections.abc import Iterator, Sequence

from clusters.health.reading import dig, entries, text
from plugins.sdk.diagnosis import Asked, CannotFix, Evidence, Fix, GraphLists, Json, ValueKind, Values
from workflows.diagnose.asking import drawn
from workflows.diagnose.editing import by_name, data_of, node_of


def asks(evidence: Evidence, hints: Values) -> Sequence[Asked]:
    there = {text(dig(item, "metadata", "name")): item for item in evidence.listed.get("Service", ())}
    names = sorted({*there, *drawn(evidence, "service")} - {"kubernetes"})
    old = hints.get("service")
    new = old if old in there else (names[0] if len(names) == 1 else None)
    ports = [item.get("port") for item in entries(dig(there.get(new or ""), "spec", "ports"))]
    port = hints.get("port") or (ports[0] if ports else None)
    kind = ValueKind.CHOICE if names else ValueKind.NAME
    return (
        Asked("service", "Service now", ValueKind.NAME, "The one that it leads to wrongly.", old),
        Asked("new_service", "Service", kind, "Where it should lead.", new, tuple(names)),
        Asked("port", "Port", ValueKind.PORT, "Of that service.", port),
    )


def change(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
    data = data_of(graph, node_id)
    old, new, port = values["service"], values["new_service"], values["port"]
    changed = False
    for place in _places(data):
        if place.get("service") == old or (not place.get("service") and _first(graph, node_id) == old):
            place |= {"service": new, "port": port}
            changed = True
    for edge in list(graph["edges"]):
        if edge.get("source") == node_id and _name(graph, edge) == old:
            _turn(graph, edge, new, port, data)
            changed = True
    if not changed:
        raise CannotFix(f'Nothing in the drawing of this node leads to the service "{old}".')


def _places(data: Json) -> Iterator[Json]:
    yield from data.get("rules") or ()
    if isinstance(data.get("default_backend"), dict):
        yield data["default_backend"]


def _turn(graph: GraphLists, edge: Json, new: str, port: int | str, data: Json) -> None:
    """The edge leads to the node of the new service; to one that is not drawn only a rule can lead."""
    told = dict(edge.get("data") or {})
    target = by_name(graph, "service", new)
    if target is not None:
        edge["target"], edge["data"] = target["id"], {**told, "port": port}
        return
    graph["edges"].remove(edge)
    route = {key: told[key] for key in ("host", "path", "path_type") if told.get(key)}
    data["rules"] = [*(data.get("rules") or ()), {**route, "service": new, "port": port}]


def _name(graph: GraphLists, edge: Json) -> str:
    node = node_of(graph, str(edge.get("target")))
    return text((node.get("data") or {}).get("name")) if node.get("type") == "service" else ""


def _first(graph: GraphLists, node_id: str) -> str:
    names = [_name(graph, edge) for edge in graph["edges"] if edge.get("source") == node_id]
    return next((name for name in names if name), "")


FIX = Fix(
    "change_backend",
    "Lead it to a service that is there",
    "Corrects the service or its port in the rules of the ingress.",
    change,
    asks,
    frozenset({"ingress"}),
)
