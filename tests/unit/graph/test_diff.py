"""What changed between two graphs."""

from typing import Any

import pytest

from workflows.graph.diff import HIDDEN, compare_graphs
from workflows.graph.parse import parse_graph

Json = dict[str, Any]


def node(node_id: str = "a", type_: str = "deployment", /, **data: Any) -> Json:
    return {"id": node_id, "type": type_, "data": data}


def compare(before: list[Json], after: list[Json], edges: tuple[list[Json], list[Json]] = ([], [])) -> Json:
    return compare_graphs(parse_graph(before, edges[0])[0], parse_graph(after, edges[1])[0])


def changes(before: Json, after: Json) -> list[tuple[str, Any, Any]]:
    found = compare([node(**before)], [node(**after)])["nodes"]["changed"]
    return [(item["path"], item["from"], item["to"]) for each in found for item in each["changes"]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"image": "a"}, {"image": "b"}, [("data.image", "a", "b")]),
        ({}, {"replicas": 0}, [("data.replicas", None, 0)]),
        ({"replicas": 1}, {}, [("data.replicas", 1, None)]),
        ({"x": 0}, {"x": False}, [("data.x", 0, False)]),
        ({"x": 1}, {"x": 1.0}, []),
        ({"x": {"y": [True]}}, {"x": {"y": [1]}}, [("data.x.y.0", True, 1)]),
        ({"x": None}, {"x": ""}, [("data.x", None, "")]),
        ({"x": {}}, {}, [("data.x", {}, None)]),
        ({"x": {"y": {"z": 1}}}, {"x": {"y": {"z": 2, "w": 3}}}, [("data.x.y.z", 1, 2), ("data.x.y.w", None, 3)]),
        ({"x": [1, 2]}, {"x": [1, 3, 4]}, [("data.x.1", 2, 3), ("data.x.2", None, 4)]),
        ({"x": [1]}, {"x": {}}, [("data.x", [1], {})]),
        ({"x": [{"name": "a", "v": 1}], "y": []}, {"x": [{"name": "a", "v": 1}], "y": []}, []),
    ],
)
def test_fields(before: Json, after: Json, expected: list[tuple[str, Any, Any]]) -> None:
    found = changes(before, after)
    assert found == expected
    assert [(type(one), type(two)) for _, one, two in found] == [(type(one), type(two)) for _, one, two in expected]


def test_items_are_found_again_by_name() -> None:
    before = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    after = {"env": [{"name": "N"}, {"name": "A", "value": "1"}, {"name": "B", "value": "3"}]}
    assert changes(before, after) == [("data.env.B.value", "2", "3"), ("data.env.N", None, {"name": "N"})]


def test_another_order_shows_as_such() -> None:
    before, after = [{"name": "A"}, {"name": "B"}], [{"name": "B"}, {"name": "A"}]
    assert changes({"env": before}, {"env": after}) == [("data.env", ["A", "B"], ["B", "A"])]


def test_equal_graphs() -> None:
    nodes = [node("a", image="x"), node("b", "secret", values={"K": {"revision": "r", "digest": "d"}})]
    edge = {"id": "e", "source": "b", "target": "a", "data": {}}
    found = compare(nodes, list(reversed(nodes)), ([edge], [{**edge, "data": None}]))
    assert found == {
        "nodes": {"added": [], "removed": [], "changed": [], "moved": []},
        "edges": {"added": [], "removed": [], "changed": []},
    }


def test_lying_or_looking_elsewhere_is_no_change() -> None:
    before = {**node(), "position": {"x": 1, "y": 2}}
    for after in ({**before, "position": {"x": 3, "y": 2}}, {**before, "width": 100}):
        found = compare([before], [after])["nodes"]
        assert (len(found["moved"]), found["changed"]) == (1, [])
        assert found["moved"][0]["from"] == {"x": 1, "y": 2}


def test_another_type() -> None:
    found = compare([node("a", "job", name="n")], [node("a", "cronjob", name="n")])["nodes"]["changed"]
    assert found == [
        {"id": "a", "type": "cronjob", "name": "n", "changes": [{"path": "type", "from": "job", "to": "cronjob"}]}
    ]


def test_secret_values_never_show() -> None:
    def values(**digests: str | None) -> Json:
        held = {key: digest and {"revision": f"rev-{digest}", "digest": digest} for key, digest in digests.items()}
        return node("s", "secret", name="s", values=held)

    found = compare([values(A="1", B="2", C="3")], [values(A="1", B="9", D="4")])["nodes"]["changed"]
    assert found[0]["changes"] == [
        {"path": "data.values.B", "from": HIDDEN, "to": HIDDEN},
        {"path": "data.values.C", "from": HIDDEN, "to": None},
        {"path": "data.values.D", "from": None, "to": HIDDEN},
    ]
    other_type = compare([values(A="1")], [node("s", "configmap", name="s", values={"A": "x"})])
    assert "rev-1" not in str(other_type)


def test_edges() -> None:
    def edge(edge_id: str, target: str = "b", **data: Any) -> Json:
        return {"id": edge_id, "source": "a", "target": target, "data": data}

    found = compare([], [], ([edge("1"), edge("2"), edge("3")], [edge("2", "c"), edge("3", port=1), edge("4")]))
    assert [item["id"] for item in found["edges"]["added"]] == ["4"]
    assert [item["id"] for item in found["edges"]["removed"]] == ["1"]
    assert [(item["id"], item["changes"]) for item in found["edges"]["changed"]] == [
        ("2", [{"path": "target", "from": "b", "to": "c"}]),
        ("3", [{"path": "data.port", "from": None, "to": 1}]),
    ]
