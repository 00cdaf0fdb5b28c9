"""The graph as it grows: items with ids and the edges between them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from imports.ids import with_short_ids
from imports.manifests.items import Item
from plugins.registry import core_types
from plugins.sdk import names
from plugins.sdk.fields import Json
from plugins.sdk.graph import Edge, Graph, Node, Position
from plugins.sdk.layout import layered, position

WORKLOADS = frozenset(item.name for item in core_types() if "workload" in item.roles)


@dataclass
class Drawing:
    """`space` is the namespace of what names none. `edges` by id; what a workload's own references draw is kept apart
    in `wired`, because there are two ways to draw it."""

    items: list[Item]
    space: str
    edges: dict[str, Edge] = field(default_factory=dict)
    wired: dict[str, list[Edge]] = field(default_factory=dict)
    # The workloads by namespace and each label of their pods.
    labelled: dict[tuple[str, str, str], list[Item]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], Item] = field(init=False)

    def __post_init__(self) -> None:
        """The first of several of one name is meant."""
        self._known = {(item.type, item.namespace, item.name): item for item in reversed(self.items)}

    def edge(self, source: Item, target: Item, data: Json | None = None, *, order: int | None = None) -> Edge:
        """With `order` the id sorts by it, for several edges may bring parts of one list."""
        id = f"{source.node_id}--{target.node_id}"
        if order is not None:
            id = f"{target.node_id}--{order:02}--{source.node_id}"
        return Edge(id=id, source=source.node_id, target=target.node_id, data=data or {})

    def add(self, source: Item, target: Item, data: Json | None = None, *, order: int | None = None) -> None:
        edge = self.edge(source, target, data, order=order)
        self.edges.setdefault(edge.id, edge)

    def find(self, type: str, namespace: str, name: object) -> Item | None:
        return self._known.get((type, namespace, name)) if isinstance(name, str) else None

    def of_type(self, *types: str) -> Iterator[Item]:
        return (item for item in self.items if item.type in types)

    def workloads(self) -> Iterator[Item]:
        return self.of_type(*WORKLOADS)

    def graph(self) -> Graph:
        nodes = [Node(id=item.node_id, type=item.type, data=item.data) for item in self.items]
        edges = [*self.edges.values(), *(edge for edges in self.wired.values() for edge in edges)]
        return with_short_ids(Graph(nodes=nodes, edges=list({edge.id: edge for edge in edges}.values())))


def placed(graph: Graph) -> Graph:
    """Its nodes lie from left to right along the edges."""
    nodes = {node.id: node for node in graph.nodes}
    for id, where in layered(list(nodes), [(edge.source, edge.target) for edge in graph.edges]).items():
        spot = position(where)
        nodes[id].position = Position(spot["x"], spot["y"])
    return graph


def exported_id(item: Item) -> str | None:
    """Which node it was, where Sailcloth made it."""
    return item.labels.get(names.NODE) if item.labels.get(names.MANAGED_BY) == names.MANAGER else None


def give_ids(items: Sequence[Item]) -> None:
    """What Sailcloth exported gets the ids that it had; all else is called by type and name."""
    taken: set[str] = set()
    spaces = {item.namespace for item in items}
    for item in items:
        own = exported_id(item)
        place = f"{item.namespace}-" if len(spaces) > 1 and item.namespace else ""
        kind = item.kind.lower() if item.type == "manifest" else item.type
        wanted = own or names.shortened(f"{kind}-{place}{item.name}", 120)
        id, number = wanted, 2
        while id in taken:
            id, number = f"{wanted}-{number}", number + 1
        taken.add(id)
        item.node_id = id
