"""Graphs that nobody placed: edges lead to the right, and nothing lies on anything else."""

from hypothesis import given
from hypothesis import strategies as st

from plugins.sdk.layout import layered

NODES = [f"n{number}" for number in range(12)]


def test_edges_lead_to_the_right() -> None:
    links = [("service", "app"), ("login", "app"), ("login", "db"), ("app", "db"), ("address", "db")]
    places = layered(["service", "app", "login", "db", "address"], links)
    assert {node: column for node, (column, _) in places.items()} == {
        "service": 0,
        "login": 0,
        "app": 1,
        "address": 1,
        "db": 2,
    }


def test_wires_do_not_cross_where_they_need_not() -> None:
    places = layered(["a", "b", "x", "y"], [("a", "y"), ("b", "x")])
    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


@given(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from([*NODES, "absent"])), max_size=40))
def test_any_graph(links: list[tuple[str, str]]) -> None:
    places = layered(NODES, links)
    assert set(places) == set(NODES)
    assert len(set(places.values())) == len(NODES)
    assert all(0 <= column < len(NODES) and 0 <= row < len(NODES) for column, row in places.values())


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40))
def test_without_cycles_every_edge_leads_to_the_right(pairs: list[tuple[int, int]]) -> None:
    links = [(NODES[min(pair)], NODES[max(pair)]) for pair in pairs if pair[0] != pair[1]]
    places = layered(NODES, links)
    assert all(places[source][0] < places[target][0] for source, target in links)
