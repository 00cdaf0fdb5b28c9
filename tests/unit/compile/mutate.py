"""Graphs that may be wrong: right ones with something taken out, put in or changed, as people do."""

import copy
from random import Random
from typing import Any

from plugins.registry import core_types

Json = dict[str, Any]

VALUES: list[Any] = [
    "", "0", "no", "1e3", "x", "ü", "a b", "A", "-", "x" * 64, "x" * 254, 0, 1, -1, 65536, 2**31, 0.5, True, False,
    None, [], {}, ["x"], {"a": "b"}, "100%", "1Gi", "http", "$(A)",
]  # fmt: skip


def mutate(rng: Random, nodes: list[Json], edges: list[Json]) -> tuple[list[Json], list[Json]]:
    """Copies with one to three changes."""
    nodes, edges = copy.deepcopy(nodes), copy.deepcopy(edges)
    for _ in range(rng.randint(1, 3)):
        rng.choice((_drop_key, _drop_key, _change_value, _change_value, _change_value, _connect, _rename))(
            rng, nodes, edges
        )
    return nodes, edges


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[tuple[Any, ...]] = []
    for key, item in items:
        found += [(*path, key), *_places(item, (*path, key))]
    return found


def _pick(rng: Random, nodes: list[Json], edges: list[Json]) -> tuple[Any, Any] | None:
    """The container and key of one value of some data."""
    holder = rng.choice([*nodes, *(edge for edge in edges if edge.get("data"))])
    places = _places(holder["data"])
    if not places:
        return None
    *path, key = rng.choice(places)
    inside = holder["data"]
    for step in path:
        inside = inside[step]
    return inside, key


def _drop_key(rng: Random, nodes: list[Json], edges: list[Json]) -> None:
    picked = _pick(rng, nodes, edges)
    if picked is not None:
        del picked[0][picked[1]]


def _change_value(rng: Random, nodes: list[Json], edges: list[Json]) -> None:
    picked = _pick(rng, nodes, edges)
    if picked is not None:
        picked[0][picked[1]] = copy.deepcopy(rng.choice(VALUES))


def _rename(rng: Random, nodes: list[Json], edges: list[Json]) -> None:
    one, other = rng.choice(nodes), rng.choice(nodes)
    if "name" in other["data"]:
        one["data"]["name"] = other["data"]["name"]


def _connect(rng: Random, nodes: list[Json], edges: list[Json]) -> None:
    """One more legal edge."""
    pairs = [(one, two) for one in nodes for two in nodes if core_types().connection(one["type"], two["type"])]
    if pairs:
        source, target = rng.choice(pairs)
        edges.append({"id": f"extra{len(edges)}", "source": source["id"], "target": target["id"]})
