"""What an import made, what a person made of it, and what it makes now."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imports.merge import merge_graphs

Json = dict[str, Any]
EMPTY: Json = {"nodes": [], "edges": []}


def node(node_id: str, **data: Any) -> Json:
    return {"id": node_id, "type": "deployment", "position": {"x": 0, "y": 0}, "data": {"name": node_id, **data}}


def edge(source: str, target: str) -> Json:
    return {"id": f"{source}-{target}", "source": source, "target": target}


def graph(*nodes: Json, edges: tuple[Json, ...] = ()) -> Json:
    return {"nodes": list(nodes), "edges": list(edges)}


def data_of(merged: Any, node_id: str) -> Json:
    return dict(next(each["data"] for each in merged.nodes if each["id"] == node_id))


def test_into_an_empty_workflow() -> None:
    new = graph(node("a"), node("b"), edges=(edge("a", "b"),))
    merged = merge_graphs(base=EMPTY, current=EMPTY, new=new, ids={})
    assert (merged.nodes, merged.edges) == (new["nodes"], new["edges"])
    assert [note.what for note in merged.notes] == ["added", "added"]


def test_names_that_are_taken() -> None:
    current = graph(node("a", image="mine"), node("a-2"))
    merged = merge_graphs(base=EMPTY, current=current, new=graph(node("a"), edges=()), ids={})
    assert merged.ids == {"a": "a-3"}
    assert [each["id"] for each in merged.nodes] == ["a", "a-2", "a-3"]
    assert data_of(merged, "a")["image"] == "mine"


def test_an_export_into_its_own_workflow() -> None:
    current = graph(node("a", image="mine", replicas=2), node("b"), edges=({**edge("a", "b"), "id": "mine"},))
    new = graph(node("a", image="edited", selector={"x": "y"}), node("b"), node("c"), edges=(edge("a", "b"),))
    merged = merge_graphs(base=EMPTY, current=current, new=new, ids={}, own={"a", "b", "c"})
    assert (merged.nodes[:2], merged.edges) == (current["nodes"], current["edges"])
    assert [(note.node_id, note.what) for note in merged.notes] == [("a", "kept"), ("c", "added")]
    assert "differs in image" in merged.notes[0].message


def test_the_same_input_again_changes_nothing() -> None:
    new = graph(node("a", image="x"), node("b"), edges=(edge("a", "b"),))
    merged = merge_graphs(base=new, current=deepcopy(new), new=deepcopy(new), ids={"a": "a", "b": "b", "a-b": "a-b"})
    assert (merged.nodes, merged.edges, merged.notes) == (new["nodes"], new["edges"], ())


def test_field_by_field() -> None:
    ids = {"a": "a"}
    base = graph(node("a", image="one", replicas=1, labels={"x": "1", "y": "1"}))
    mine = graph({**node("a", image="one", replicas=3, labels={"x": "mine", "y": "1"}), "position": {"x": 9, "y": 9}})
    new = graph(node("a", image="two", replicas=2, labels={"x": "1", "y": "2", "z": "3"}))
    merged = merge_graphs(base=base, current=mine, new=new, ids=ids)
    assert data_of(merged, "a") == {
        "name": "a",
        "image": "two",
        "replicas": 3,
        "labels": {"x": "mine", "y": "2", "z": "3"},
    }
    assert merged.nodes[0]["position"] == {"x": 9, "y": 9}
    kept = [note.message for note in merged.notes if note.what == "kept"]
    assert kept == ["You changed replicas; the input says otherwise now."]


def test_a_field_that_left_the_input() -> None:
    base = graph(node("a", image="one", command=["x"]))
    new = graph(node("a", image="one"))
    assert "command" not in data_of(merge_graphs(base=base, current=deepcopy(base), new=new, ids={"a": "a"}), "a")
    mine = graph(node("a", image="one", command=["mine"]))
    assert data_of(merge_graphs(base=base, current=mine, new=new, ids={"a": "a"}), "a")["command"] == ["mine"]


def test_what_left_the_input_goes_unless_a_person_changed_it() -> None:
    base = graph(node("a"), node("b"), edges=(edge("a", "b"),))
    ids = {"a": "a", "b": "b", "a-b": "a-b"}
    moved = graph({**node("a"), "position": {"x": 5, "y": 5}}, node("b", image="mine"), edges=(edge("a", "b"),))
    merged = merge_graphs(base=base, current=moved, new=EMPTY, ids=ids)
    assert [each["id"] for each in merged.nodes] == ["b"]
    assert merged.edges == []
    assert {note.node_id: note.what for note in merged.notes} == {"a": "removed", "b": "kept"}


def test_what_a_person_removed_stays_away() -> None:
    base = graph(node("a"), node("b"), edges=(edge("a", "b"),))
    merged = merge_graphs(
        base=base, current=graph(node("b")), new=deepcopy(base), ids={"a": "a", "b": "b", "a-b": "a-b"}
    )
    assert [each["id"] for each in merged.nodes] == ["b"]
    assert merged.edges == []


def test_what_a_person_drew_stays() -> None:
    base = graph(node("a"))
    mine = graph(node("a"), node("own"), edges=(edge("own", "a"),))
    merged = merge_graphs(base=base, current=mine, new=graph(node("a", image="new")), ids={"a": "a"})
    assert [each["id"] for each in merged.nodes] == ["a", "own"]
    assert merged.edges == mine["edges"]


VALUES = st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2), max_size=3)


@given(VALUES, VALUES, VALUES)
def test_any_three(before: Json, mine: Json, fresh: Json) -> None:
    merged = merge_graphs(
        base=graph({"id": "n", "type": "t", "data": before}),
        current=graph({"id": "n", "type": "t", "data": mine}),
        new=graph({"id": "n", "type": "t", "data": fresh}),
        ids={"n": "n"},
    )
    data = merged.nodes[0]["data"]
    for name in "xyz":
        wanted = fresh.get(name) if mine.get(name) == before.get(name) else mine.get(name)
        assert data.get(name) == wanted
