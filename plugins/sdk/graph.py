"""The graph as a client writes it: nodes, edges, and nothing that was derived from them.

Knows no node type: what `data` may hold is the business of the type (`plugins.sdk.nodetype`).
"""

from typing import Any

import msgspec

Json = dict[str, Any]


class Position(msgspec.Struct):
    """Where a node lies on the canvas, in canvas pixels."""

    x: float = 0.0
    y: float = 0.0


class Node(msgspec.Struct):
    """One box of the picture. `ui` holds the client's own top-level keys, kept and not understood."""

    id: str
    type: str
    data: Json = msgspec.field(default_factory=dict)
    position: Position = msgspec.field(default_factory=Position)
    ui: Json = msgspec.field(default_factory=dict)


class Edge(msgspec.Struct):
    """One arrow; what it means follows from the types of its two ends, refined by `data`."""

    id: str
    source: str
    target: str
    source_handle: str | None = None
    target_handle: str | None = None
    data: Json = msgspec.field(default_factory=dict)
    ui: Json = msgspec.field(default_factory=dict)


class Graph(msgspec.Struct):
    """The whole picture. The order of nodes and edges carries no meaning."""

    nodes: list[Node] = msgspec.field(default_factory=list)
    edges: list[Edge] = msgspec.field(default_factory=list)
