"""Between a client's JSON (the shape of React Flow) and our `Graph`, and back without loss.

Whatever top-level keys a client adds to a node or an edge are kept in `ui` and given back untouched.
"""

from typing import Any

from plugins.sdk.graph import Edge, Graph, Json, Node, Position
from plugins.sdk.problems import Problem

MAX_DEPTH = 64
# What happens to a node is kept under its id, in a column of this width; an edge's id often holds those of both ends.
MAX_NODE_ID, MAX_EDGE_ID = 200, 1_000
_MAX_INT = 2**63 - 1
_NUL = "holds a text with a NUL character; remove it"
_NODE_KEYS = frozenset({"id", "type", "data", "position"})
_EDGE_KEYS = frozenset({"id", "source", "target", "data"})
_HANDLES = (("sourceHandle", "source_handle"), ("targetHandle", "target_handle"))


def parse_graph(nodes: Any, edges: Any) -> tuple[Graph, list[Problem]]:
    """The graph, and what of the input could not be read (all fatal). Null stands for an empty list."""
    problems: list[Problem] = []
    graph = Graph(
        nodes=[
            node
            for index, raw in enumerate(_items(nodes, "nodes", problems))
            if (node := _parse_node(raw, index, problems)) is not None
        ],
        edges=[
            edge
            for index, raw in enumerate(_items(edges, "edges", problems))
            if (edge := _parse_edge(raw, index, problems)) is not None
        ],
    )
    return graph, problems


def dump_graph(graph: Graph) -> dict[str, list[Json]]:
    """The form in which the client wrote it."""
    return {
        "nodes": [dump_node(node) for node in graph.nodes],
        "edges": [dump_edge(edge) for edge in graph.edges],
    }


def dump_node(node: Node) -> Json:
    position = {"x": node.position.x, "y": node.position.y}
    return {**node.ui, "id": node.id, "type": node.type, "position": position, "data": node.data}


def dump_edge(edge: Edge) -> Json:
    dumped: Json = {"id": edge.id, "source": edge.source, "target": edge.target}
    for client, ours in _HANDLES:
        value = getattr(edge, ours)
        if value is not None:
            dumped[client] = value
    if edge.data:
        dumped["data"] = edge.data
    return {**edge.ui, **dumped}


def _items(raw: Any, name: str, problems: list[Problem]) -> list[Any]:
    if raw is None:
        return []
    if isinstance(raw, list):
        return raw
    problems.append(_fatal(f"{name} must be a list.", name))
    return []


def _fatal(
    message: str, field: str, node_id: str | None = None, edge_id: str | None = None, code: str = "wrong_type"
) -> Problem:
    return Problem(message=message, code=code, field=field, node_id=node_id, edge_id=edge_id, is_fatal=True)


def _parse_node(raw: Any, index: int, problems: list[Problem]) -> Node | None:
    where = f"nodes.{index}"
    if not _is_fit(raw, where, problems):
        return None
    id_, type_ = (_text(raw, key, where, problems, MAX_NODE_ID) for key in ("id", "type"))
    if id_ is None or type_ is None:
        return None
    data = _object(raw, "data", f'Node "{id_}"', problems, node_id=id_)
    ui = {key: value for key, value in raw.items() if key not in _NODE_KEYS}
    return Node(id_, type_, data, _position(raw.get("position"), id_, problems), ui)


def _parse_edge(raw: Any, index: int, problems: list[Problem]) -> Edge | None:
    where = f"edges.{index}"
    if not _is_fit(raw, where, problems):
        return None
    id_ = _text(raw, "id", where, problems, MAX_EDGE_ID)
    source, target = (_text(raw, key, where, problems, MAX_NODE_ID) for key in ("source", "target"))
    if id_ is None or source is None or target is None:
        return None
    data = _object(raw, "data", f'Edge "{id_}"', problems, edge_id=id_)
    ui = {key: value for key, value in raw.items() if key not in _EDGE_KEYS}
    if "data" in raw and not raw["data"]:
        ui["data"] = raw["data"]  # an empty object or null, given back as it came
    handles = [_handle(ui, client, id_, problems) for client, _ in _HANDLES]
    return Edge(id_, source, target, handles[0], handles[1], data, ui)


def _is_fit(raw: Any, where: str, problems: list[Problem]) -> bool:
    """Whether this is an object that can be kept, walked and written out again. `where` names it by number:
    it may not even have an id."""
    if not isinstance(raw, dict):
        problems.append(_fatal(f"{where} must be an object.", where))
        return False
    fault = _unfit(raw)
    if fault is None:
        return True
    id_ = raw.get("id")
    ids: dict[str, str] = {}
    if isinstance(id_, str) and "\x00" not in id_:
        ids = {"node_id" if where.startswith("nodes") else "edge_id": id_}
    problems.append(_fatal(f"{where} {fault}.", where, code="bad_json", **ids))
    return False


def _unfit(raw: Json) -> str | None:
    """What no database, walk or YAML could take. Without recursion: the depth is what is in question. The
    types are those of decoded JSON, so `type` is enough; this looks at every value of every save."""
    level: list[Any] = [raw]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for holder in level:
            values = holder
            if type(holder) is dict:
                values = holder.values()
                if "\x00" in "".join(holder):
                    return _NUL
            for value in values:
                kind = type(value)
                if kind is str:
                    if "\x00" in value:
                        return _NUL
                elif kind is dict or kind is list:
                    below.append(value)
                elif kind is int and not -_MAX_INT <= value <= _MAX_INT:
                    return "holds a number that is too large"
        if not below:
            return None
        level = below
    return f"is nested more than {MAX_DEPTH} levels deep; make it flatter"


def _text(raw: Json, key: str, where: str, problems: list[Problem], most: int) -> str | None:
    value = raw.get(key)
    if isinstance(value, str) and 0 < len(value) <= most:
        return value
    state = "is missing" if value is None or value == "" else "must be a text"
    if isinstance(value, str) and value:
        state = f"may have at most {most} characters"
    problems.append(_fatal(f"{where}.{key} {state}.", f"{where}.{key}"))
    return None


def _object(
    raw: Json,
    key: str,
    label: str,
    problems: list[Problem],
    *,
    node_id: str | None = None,
    edge_id: str | None = None,
) -> Json:
    value = raw.get(key)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    problems.append(_fatal(f"{label}: {key} must be an object.", key, node_id, edge_id))
    return {}


def _position(raw: Any, node_id: str, problems: list[Problem]) -> Position:
    if raw is None:
        return Position()
    if isinstance(raw, dict):
        x, y = raw.get("x", 0), raw.get("y", 0)
        if _is_number(x) and _is_number(y):
            return Position(x, y)
    problems.append(_fatal(f'Node "{node_id}": position must be {{x, y}} with two numbers.', "position", node_id))
    return Position()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _handle(ui: Json, key: str, edge_id: str, problems: list[Problem]) -> str | None:
    """An explicit null stays in `ui`, so that it comes back."""
    value = ui.get(key)
    if value is None:
        return None
    del ui[key]
    if isinstance(value, str):
        return value
    problems.append(_fatal(f'Edge "{edge_id}": {key} must be a text.', key, edge_id=edge_id))
    return None
