"""Between a client's JSON and our graph: nothing is lost, and what cannot be read is named."""

from typing import Any

import pytest

from plugins.sdk.graph import Edge, Node, Position
from workflows.graph.parse import MAX_DEPTH, dump_graph, parse_graph


def nested(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = {"in": value}
    return value


def test_a_node_and_an_edge() -> None:
    graph, problems = parse_graph(
        [{"id": "a", "type": "deployment", "position": {"x": 1, "y": -2.5}, "data": {"name": "web"}, "width": 10}],
        [{"id": "e", "source": "a", "target": "b", "sourceHandle": "out", "targetHandle": None, "animated": True}],
    )
    assert problems == []
    assert graph.nodes == [Node("a", "deployment", {"name": "web"}, Position(1, -2.5), {"width": 10})]
    assert graph.edges == [Edge("e", "a", "b", "out", None, {}, {"targetHandle": None, "animated": True})]


@pytest.mark.parametrize("empty", [None, []])
def test_nothing_is_an_empty_graph(empty: Any) -> None:
    graph, problems = parse_graph(empty, empty)
    assert (graph.nodes, graph.edges, problems) == ([], [], [])


@pytest.mark.parametrize(
    "edge",
    [
        {"id": "e", "source": "a", "target": "b"},
        {"id": "e", "source": "a", "target": "b", "data": {}},
        {"id": "e", "source": "a", "target": "b", "data": None},
        {"id": "e", "source": "a", "target": "b", "data": {"port": 0}, "label": ""},
        {"id": "e", "source": "a", "target": "b", "sourceHandle": None, "targetHandle": "in"},
    ],
)
def test_edges_come_back_as_they_were(edge: dict[str, Any]) -> None:
    graph, problems = parse_graph([], [edge])
    assert problems == []
    assert dump_graph(graph)["edges"] == [edge]


def test_a_node_without_position_or_data() -> None:
    graph, problems = parse_graph([{"id": "n", "type": "note"}, {"id": "m", "type": "note", "position": None}], [])
    assert problems == []
    assert dump_graph(graph)["nodes"][0] == {"id": "n", "type": "note", "position": {"x": 0.0, "y": 0.0}, "data": {}}


@pytest.mark.parametrize(
    ("nodes", "edges", "field", "words"),
    [
        ("x", [], "nodes", "must be a list"),
        ([], 7, "edges", "must be a list"),
        ([None], [], "nodes.0", "must be an object"),
        ([{"id": "", "type": "note"}], [], "nodes.0.id", "is missing"),
        ([{"id": "a"}], [], "nodes.0.type", "is missing"),
        ([{"id": "a", "type": ["note"]}], [], "nodes.0.type", "must be a text"),
        ([{"id": "a", "type": "note", "data": "x"}], [], "data", "must be an object"),
        ([{"id": "a", "type": "note", "position": {"x": True}}], [], "position", "two numbers"),
        ([{"id": "a", "type": "note", "position": [1, 2]}], [], "position", "two numbers"),
        ([], [{"id": "e", "source": "a"}], "edges.0.target", "is missing"),
        ([], [{"id": "e", "source": 1, "target": "b"}], "edges.0.source", "must be a text"),
        ([], [{"id": "e", "source": "a", "target": "b", "data": []}], "data", "must be an object"),
        ([], [{"id": "e", "source": "a", "target": "b", "sourceHandle": 1}], "sourceHandle", "must be a text"),
        ([{"id": "a", "type": "note", "data": nested(MAX_DEPTH)}], [], "nodes.0", "levels deep"),
        ([{"id": "a", "type": "note", "data": {"x\x00": 1}}], [], "nodes.0", "NUL"),
        ([{"id": "a\x00", "type": "note"}], [], "nodes.0", "NUL"),
        ([{"id": "a", "type": "note", "data": {"x": 2**64}}], [], "nodes.0", "too large"),
    ],
)
def test_what_cannot_be_read(nodes: Any, edges: Any, field: str, words: str) -> None:
    _, problems = parse_graph(nodes, edges)
    assert [problem.field for problem in problems if problem.is_fatal] == [field]
    assert words in problems[0].message
    assert "\x00" not in problems[0].message + (problems[0].node_id or "")


def test_what_can_be_read_is_read_beside_it() -> None:
    graph, problems = parse_graph([{"id": "a"}, {"id": "b", "type": "note"}], [])
    assert [node.id for node in graph.nodes] == ["b"]
    assert len(problems) == 1


def test_as_deep_as_allowed() -> None:
    node = {"id": "a", "type": "note", "data": nested(MAX_DEPTH - 3)}
    graph, problems = parse_graph([node], [])
    assert problems == []
    assert dump_graph(graph)["nodes"][0]["data"] == node["data"]
