"""Where nodes lie: workloads in columns by who waits for whom, what belongs to one beside it."""

from imports.compose.mapping.state import Plan
from plugins.sdk.graph import Position

_COLUMN, _ROW, _SIDE = 640.0, 120.0, 300.0


def place(plan: Plan) -> None:
    depths = _depths(plan)
    bottoms: dict[int, float] = {}
    owners: dict[str, list[str]] = {}
    workloads = {draft.node_id: draft.name for draft in plan.drafts.values()}
    placed: set[str] = set()
    for edge in plan.edges.values():
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if end in workloads and other not in workloads and other not in placed:
                owners.setdefault(end, []).append(other)
                placed.add(other)
    for node_id, name in workloads.items():
        column = depths[name]
        top = bottoms.get(column, 0.0)
        plan.nodes[node_id].position = Position(column * _COLUMN + _SIDE, top)
        beside = owners.get(node_id, [])
        for index, other in enumerate(beside):
            plan.nodes[other].position = Position(column * _COLUMN, top + index * _ROW)
        bottoms[column] = top + max(1, len(beside)) * _ROW + _ROW / 2
    rest = [node for node_id, node in plan.nodes.items() if node_id not in placed and node_id not in workloads]
    top = max(bottoms.values(), default=0.0)
    for index, node in enumerate(rest):
        node.position = Position((index % 4) * _SIDE, top + (index // 4) * _ROW)


def _depths(plan: Plan) -> dict[str, int]:
    """The longest chain of waiting below each service; there are no rings by now."""
    found: dict[str, int] = {}
    for start in plan.drafts:
        stack = [start]
        while stack:
            name = stack[-1]
            waits = [other for other in plan.drafts[name].service.depends_on or {} if other in plan.drafts]
            missing = [other for other in waits if other not in found]
            if missing and name not in found:
                stack.extend(missing)
                continue
            found.setdefault(name, 1 + max((found[other] for other in waits), default=-1))
            stack.pop()
    return found
