"""Where the nodes of a graph go when nobody placed them: columns from left to right along the edges.

The usual layered drawing (Sugiyama, 1981), in its simplest form: what an edge leaves is left of what it enters, and
each column is ordered by where its neighbours are. Pure.
"""

from collections.abc import Iterable, Sequence

COLUMN, ROW = 380, 190
_SWEEPS = 6

Link = tuple[str, str]


def layered(nodes: Sequence[str], links: Iterable[Link]) -> dict[str, tuple[int, int]]:
    """Column and row of each node, from 0. What is in a cycle goes where it is met first."""
    known = set(nodes)
    wires = [(source, target) for source, target in links if source != target and {source, target} <= known]
    columns = _columns(nodes, wires)
    rows: dict[int, list[str]] = {}
    for node in nodes:
        rows.setdefault(columns[node], []).append(node)
    order = {node: position for members in rows.values() for position, node in enumerate(members)}
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in wires:
        neighbours[source].append(target)
        neighbours[target].append(source)
    for sweep in range(_SWEEPS):
        for column in sorted(rows, reverse=sweep % 2 == 0):
            members = sorted(rows[column], key=lambda node: (_middle(neighbours[node], order, node), order[node]))
            rows[column] = members
            order |= {node: position for position, node in enumerate(members)}
    return {node: (columns[node], order[node]) for node in nodes}


def position(place: tuple[int, int]) -> dict[str, int]:
    """In canvas pixels. Every other column hangs lower by half a row: an edge that passes it then lies between its
    nodes, not on one."""
    column, row = place
    return {"x": column * COLUMN, "y": row * ROW + column % 2 * ROW // 2}


def _middle(neighbours: list[str], order: dict[str, int], node: str) -> float:
    if not neighbours:
        return float(order[node])
    return sum(order[each] for each in neighbours) / len(neighbours)


def _columns(nodes: Sequence[str], wires: list[Link]) -> dict[str, int]:
    """The longest way that leads there; and what nothing leads to stands right before what it leads to."""
    columns = dict.fromkeys(nodes, 0)
    for _ in range(min(len(nodes), 50)):
        changed = False
        for source, target in wires:
            if columns[target] <= columns[source] < len(nodes) - 1:
                columns[target] = columns[source] + 1
                changed = True
        if not changed:
            break
    entered = {target for _, target in wires}
    nearest: dict[str, int] = {}
    for source, target in wires:
        nearest[source] = min(nearest.get(source, columns[target]), columns[target])
    return columns | {node: max(0, column - 1) for node, column in nearest.items() if node not in entered}
