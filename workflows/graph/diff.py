"""What changed between two graphs, field by field; secret values only as "changed"."""

from collections.abc import Iterator
from typing import Any

from plugins.sdk.graph import Edge, Graph, Json, Node
from workflows.graph.secrets import SECRET_TYPE, VALUES

HIDDEN = "(secret)"
_ABSENT: Any = object()


def compare_graphs(a: Graph, b: Graph) -> Json:
    """From `a` to `b`. A node that only lies or looks elsewhere is `moved`, not `changed`.

    Paths are dotted and begin at the node: `data.ports.0.port`; items of a list that all have a name are
    found again by it: `data.env.LOG_LEVEL.value`.
    """
    return {"nodes": _compare_nodes(a.nodes, b.nodes), "edges": _compare_edges(a.edges, b.edges)}


def _compare_nodes(before: list[Node], after: list[Node]) -> Json:
    old, new = {node.id: node for node in before}, {node.id: node for node in after}
    changed, moved = [], []
    for node_id, node in new.items():
        other = old.get(node_id)
        if other is None:
            continue
        changes = list(_node_changes(other, node))
        if changes:
            changed.append({"id": node_id, "type": node.type, "name": _name(node), "changes": changes})
        elif other.position != node.position or other.ui != node.ui:
            moved.append({"id": node_id, "type": node.type, "from": _place(other), "to": _place(node)})
    return {
        "added": [_node_summary(node) for node_id, node in new.items() if node_id not in old],
        "removed": [_node_summary(node) for node_id, node in old.items() if node_id not in new],
        "changed": changed,
        "moved": moved,
    }


def _compare_edges(before: list[Edge], after: list[Edge]) -> Json:
    old, new = {edge.id: edge for edge in before}, {edge.id: edge for edge in after}
    changed = []
    for edge_id, edge in new.items():
        other = old.get(edge_id)
        changes = [] if other is None else list(_changes(_edge_content(other), _edge_content(edge), ""))
        if changes:
            changed.append({**_edge_summary(edge), "changes": changes})
    return {
        "added": [_edge_summary(edge) for edge_id, edge in new.items() if edge_id not in old],
        "removed": [_edge_summary(edge) for edge_id, edge in old.items() if edge_id not in new],
        "changed": changed,
    }


def _name(node: Node) -> str | None:
    name = node.data.get("name")
    return name if isinstance(name, str) and name else None


def _place(node: Node) -> Json:
    return {"x": node.position.x, "y": node.position.y}


def _node_summary(node: Node) -> Json:
    return {"id": node.id, "type": node.type, "name": _name(node)}


def _edge_summary(edge: Edge) -> Json:
    return {"id": edge.id, "source": edge.source, "target": edge.target}


def _edge_content(edge: Edge) -> Json:
    content: Json = {"source": edge.source, "target": edge.target, "data": edge.data}
    handles = (("sourceHandle", edge.source_handle), ("targetHandle", edge.target_handle))
    return content | {key: value for key, value in handles if value is not None}


def _node_changes(before: Node, after: Node) -> Iterator[Json]:
    if before.type != after.type:
        yield {"path": "type", "from": before.type, "to": after.type}
    if SECRET_TYPE not in (before.type, after.type):
        yield from _changes(before.data, after.data, "data")
        return
    yield from _changes(_without_values(before.data), _without_values(after.data), "data")
    yield from _hidden_changes(before.data.get(VALUES), after.data.get(VALUES))


def _without_values(data: Json) -> Json:
    return {key: value for key, value in data.items() if key != VALUES}


def _hidden_changes(before: Any, after: Any) -> Iterator[Json]:
    """Both sides of a secret value look the same, and neither shows it nor its reference."""
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    for key in dict.fromkeys([*old, *new]):
        if old.get(key, _ABSENT) != new.get(key, _ABSENT):
            sides = {side: HIDDEN if key in values else None for side, values in (("from", old), ("to", new))}
            yield {"path": f"data.{VALUES}.{key}", **sides}


def _changes(before: Any, after: Any, path: str) -> Iterator[Json]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _pairwise(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(before, after, path)
    elif before != after or isinstance(before, bool) is not isinstance(after, bool):
        yield {"path": path, "from": _shown(before), "to": _shown(after)}


def _shown(value: Any) -> Any:
    return None if value is _ABSENT else value


def _pairwise(before: Json, after: Json, path: str) -> Iterator[Json]:
    for key in dict.fromkeys([*before, *after]):
        where = f"{path}.{key}" if path else str(key)
        yield from _changes(before.get(key, _ABSENT), after.get(key, _ABSENT), where)


def _list_changes(before: list[Any], after: list[Any], path: str) -> Iterator[Json]:
    old, new = _by_name(before), _by_name(after)
    if old is not None and new is not None:
        found = list(_pairwise(old, new, path))
        yield from found
        if not found and list(old) != list(new):
            yield {"path": path, "from": list(old), "to": list(new)}
        return
    for index in range(max(len(before), len(after))):
        left = before[index] if index < len(before) else _ABSENT
        right = after[index] if index < len(after) else _ABSENT
        yield from _changes(left, right, f"{path}.{index}")


def _by_name(items: list[Any]) -> Json | None:
    """The items by their names, when every one has a name of its own; an order that changed shows as such."""
    named = {item["name"]: item for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)}
    return named if len(named) == len(items) else None
