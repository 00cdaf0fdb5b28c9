"""Where nodes lie: from left to right along the edges."""

from imports.compose.mapping.state import Plan
from plugins.sdk.graph import Position
from plugins.sdk.layout import layered, position


def place(plan: Plan) -> None:
    links = [(edge.source, edge.target) for edge in plan.edges.values()]
    for node_id, where in layered(list(plan.nodes), links).items():
        spot = position(where)
        plan.nodes[node_id].position = Position(spot["x"], spot["y"])
