"""The secret values inside a graph, for whoever stores them elsewhere or hides them. Pure.

Which type holds secrets is known here only by its name, so that a graph can be masked without a registry.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from plugins.sdk.graph import Graph, Json, Node
from plugins.sdk.secrets import SecretRef

SECRET_TYPE = "secret"  # noqa: S105
VALUES = "values"


class SecretEntry(NamedTuple):
    """One key of one secret node. `value`: a text (to be set), None (to be kept), or a reference."""

    node: Node
    key: str
    value: str | SecretRef | None


def secret_entries(graph: Graph) -> Iterator[SecretEntry]:
    """Every value of every secret node, references as `SecretRef`; what is malformed is left out."""
    for node in graph.nodes:
        if node.type != SECRET_TYPE:
            continue
        values = node.data.get(VALUES)
        if not isinstance(values, dict):
            continue
        for key, value in values.items():
            if value is None or isinstance(value, str):
                yield SecretEntry(node, key, value)
            elif isinstance(value, dict) and (reference := _reference(value)) is not None:
                yield SecretEntry(node, key, reference)


def _reference(value: Json) -> SecretRef | None:
    try:
        return msgspec.convert(value, SecretRef)
    except msgspec.ValidationError:
        return None


def replace_secrets(graph: Graph, replace: Callable[[Node, str, Any], SecretRef | str | None]) -> Graph:
    """A copy in which `replace(node, key, value)` gives what stands for each value, most often its reference."""

    def values_of(node: Node, values: Json) -> Json:
        return {key: msgspec.to_builtins(replace(node, key, value)) for key, value in values.items()}

    return _with_values(graph, values_of)


def _with_values(graph: Graph, change: Callable[[Node, Json], Json]) -> Graph:
    return Graph(nodes=[_changed(node, change) for node in graph.nodes], edges=list(graph.edges))


def _changed(node: Node, change: Callable[[Node, Json], Json]) -> Node:
    values = node.data.get(VALUES)
    if node.type != SECRET_TYPE or not isinstance(values, dict):
        return node
    return msgspec.structs.replace(node, data={**node.data, VALUES: change(node, values)})
