"""Editing the two lists of a graph as a client would: what fixes do to nodes and edges."""

from collections.abc import Iterator
from typing import Any

from plugins.sdk.diagnosis import CannotFix, GraphLists, Json
from plugins.sdk.names import dns_label

_STEP = 180


def node_of(graph: GraphLists, node_id: str) -> Json:
    found = next((node for node in graph["nodes"] if node.get("id") == node_id), None)
    if found is None:
        raise CannotFix(f'The graph has no node "{node_id}" any more.')
    return found


def data_of(graph: GraphLists, node_id: str) -> Json:
    """The node's data, to be changed in place."""
    node = node_of(graph, node_id)
    if not isinstance(node.get("data"), dict):
        node["data"] = {}
    data: Json = node["data"]
    return data


def part(data: Json, *path: str) -> Json:
    """The map at `path`, made where it is not there yet."""
    for name in path:
        if not isinstance(data.get(name), dict):
            data[name] = {}
        data = data[name]
    return data


def nodes_of_type(graph: GraphLists, type_: str) -> Iterator[Json]:
    return (node for node in graph["nodes"] if node.get("type") == type_)


def by_name(graph: GraphLists, type_: str, name: str) -> Json | None:
    """The node that makes the object of this name."""
    found = (node for node in nodes_of_type(graph, type_) if (node.get("data") or {}).get("name") == name)
    return next(found, None)


def add_node(graph: GraphLists, type_: str, name: str, beside: str, **data: Any) -> str:
    """A new node next to `beside`; its id."""
    node_id = _free_id(graph, name)
    near = node_of(graph, beside).get("position") or {}
    position = {"x": (near.get("x") or 0) - _STEP, "y": (near.get("y") or 0) + _STEP}
    graph["nodes"].append({"id": node_id, "type": type_, "position": position, "data": {"name": name, **data}})
    return node_id


def add_edge(graph: GraphLists, source: str, target: str, **data: Any) -> None:
    """Once: an edge between the two that is there already is enough."""
    if any((edge.get("source"), edge.get("target")) == (source, target) for edge in graph["edges"]):
        return
    taken = {edge.get("id") for edge in graph["edges"]}
    edge_id, number = f"{source}-{target}", 2
    while edge_id in taken:
        edge_id, number = f"{source}-{target}-{number}", number + 1
    graph["edges"].append({"id": edge_id, "source": source, "target": target, **({"data": data} if data else {})})


def container_of(data: Json, name: str) -> Json:
    """The data of the container called `name`: the main one, one beside it, or one before it."""
    for side in (*(data.get("containers") or ()), *(data.get("init_containers") or ())):
        if name and side.get("name") == name:
            found: Json = side
            return found
    main = data.get("container_name") or dns_label(str(data.get("name") or ""))
    if name and name != main:
        raise CannotFix(f'The node has no container "{name}" in the drawing; it was deployed from an older one.')
    return data


def _free_id(graph: GraphLists, wanted: str) -> str:
    taken = {node.get("id") for node in graph["nodes"]}
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found
