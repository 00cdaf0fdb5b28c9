"""The graph as a row keeps it: compact JSON text, secret values by reference. Knows no database.

A graph without a secret goes out as it lies in the row, without being decoded.
"""

import hashlib
from typing import Any

import msgspec

from plugins.sdk.graph import Graph
from plugins.sdk.secrets import SecretRef
from workflows.graph.parse import dump_graph, parse_graph
from workflows.graph.secrets import mask_secrets, secret_entries

EMPTY = '{"nodes":[],"edges":[]}'
# Our own encoder writes it so; that another field may happen to read the same costs a decoding, no more.
_SECRET_MARK = '"type":"secret"'

SecretKey = tuple[str, str]


def encode(graph: Graph) -> str:
    """What a row keeps."""
    return msgspec.json.encode(dump_graph(graph)).decode()


def decode(text: str) -> Graph:
    """The graph of a row; it was checked when it was stored."""
    graph, _ = parse_graph(**msgspec.json.decode(text))
    return graph


def masked(text: str) -> str:
    """The text as a client may read it: `values: {KEY: null}`."""
    return encode(mask_secrets(decode(text))) if _SECRET_MARK in text else text


def masked_lists(text: str) -> dict[str, Any]:
    """`{"nodes": […], "edges": […]}` as a client may read it."""
    return dict(msgspec.json.decode(masked(text)))


def references(text: str) -> dict[SecretKey, SecretRef]:
    """The stored secret of each (node id, key)."""
    if _SECRET_MARK not in text:
        return {}
    return {
        (entry.node.id, entry.key): entry.value
        for entry in secret_entries(decode(text))
        if isinstance(entry.value, SecretRef)
    }


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
