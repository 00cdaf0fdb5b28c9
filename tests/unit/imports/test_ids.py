"""Names in an input may be longer than an id may be."""

from imports.ids import with_short_ids
from plugins.sdk.graph import Edge, Graph, Node
from workflows.graph.parse import dump_graph, parse_graph


def test_long_names_give_ids_that_fit_and_still_belong_together() -> None:
    long, other = "workload-" + "x" * 300, "workload-" + "x" * 299 + "y"
    nodes = [Node(long, "deployment"), Node(other, "deployment"), Node("short", "service")]
    edges = [Edge(f"{long}--{other}--after", long, other), Edge("short--a", "short", long)]
    graph = with_short_ids(Graph(nodes=nodes, edges=edges))
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == 3 and ids[2] == "short"
    assert [(edge.source, edge.target) for edge in graph.edges] == [(ids[0], ids[1]), ("short", ids[0])]
    dumped = dump_graph(graph)
    assert parse_graph(dumped["nodes"], dumped["edges"]) == (graph, [])
