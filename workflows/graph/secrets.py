"""The secret values inside a graph, for whoever stores them elsewhere or hides them. Pure.

Which type holds secrets is known here only by its name, so that a graph can be masked without a registry.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from plugins.sdk.graph import Graph, Json, Node
from plugins.sdk.secrets import SecretRef

SECRET_TYPE = "secret"  # noqa: S105
VALUES = "values"


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
