"""Small graphs as a client writes them."""

from typing import Any

Json = dict[str, Any]
API = "/v1/api"


def node(node_id: str, type_: str = "deployment", /, **data: Any) -> Json:
    return {"id": node_id, "type": type_, "position": {"x": 10, "y": 20.5}, "data": {"name": node_id, **data}}


def edge(edge_id: str, source: str, target: str, **data: Any) -> Json:
    return {"id": edge_id, "source": source, "target": target, **({"data": data} if data else {})}


NODES: list[Json] = [
    node("web", image="nginx:1.27", replicas=2, ports=[{"port": 80}]),
    node("front", "service"),
]
EDGES: list[Json] = [edge("e1", "front", "web")]
GRAPH: Json = {"nodes": NODES, "edges": EDGES}


def secret(node_id: str = "pw", **values: str | None) -> Json:
    return node(node_id, "secret", values=values)
