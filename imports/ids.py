"""Ids of what an import draws. They are made of names in the input, which may be of any length."""

from plugins.sdk.graph import Graph
from plugins.sdk.names import shortened

# Far below what a graph may have: a merge puts a number behind an id that is taken.
_LONGEST = 150


def with_short_ids(graph: Graph) -> Graph:
    """`graph` with its longest ids cut; the same name gives the same id each time."""
    for node in graph.nodes:
        node.id = shortened(node.id, _LONGEST)
    for edge in graph.edges:
        edge.id = shortened(edge.id, _LONGEST)
        edge.source, edge.target = shortened(edge.source, _LONGEST), shortened(edge.target, _LONGEST)
    return graph
