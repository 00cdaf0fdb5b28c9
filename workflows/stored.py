"""The graph as a row keeps it: compact JSON text, secret values by reference. Knows no database.

A graph without a secret goes out as it lies in the row, without being decoded.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from plugins.sdk.graph import Graph
from plugins.sdk.secrets import SecretRef
from workflows.graph.parse import dump_graph, parse_graph
from workflows.graph.secrets import SECRET_TYPE, VALUES

EMPTY = '{"nodes":[],"edges":[]}'
# Our own encoder writes it so; that another field may happen to read the same costs a decoding, no more.
_SECRET_MARK = '"type":"secret"'  # noqa: S105 - a mark, not a secret

SecretKey = tuple[str, str]


def encode(graph: Graph) -> str:
    """What a row keeps."""
    return encode_bytes(graph).decode()


def encode_bytes(graph: Graph) -> bytes:
    return msgspec.json.encode(dump_graph(graph))


def decode(text: str) -> Graph:
    """The graph of a row; it was checked when it was stored."""
    graph, _ = parse_graph(**lists(text))
    return graph


def lists(text: str) -> dict[str, list[Any]]:
    """The two lists of a row, references included: never for a client."""
    return dict(msgspec.json.decode(text))


def node_words(text: str) -> str:
    """The names, types and images of the nodes: what search finds them by, and never a secret's values."""
    return "\n".join(" ".join(words_of_node(node)) for node in lists(text)["nodes"])


def words_of_node(node: dict[str, Any]) -> tuple[str, str, str]:
    """Its name, type and image; of a node without a name its id."""
    data = node["data"]
    image = data.get("image")
    return str(data.get("name") or node["id"]), str(node["type"]), image if isinstance(image, str) else ""


def masked(text: str) -> str:
    """The text as a client may read it: `values: {KEY: null}`."""
    return msgspec.json.encode(masked_lists(text)).decode() if _SECRET_MARK in text else text


def masked_lists(text: str) -> dict[str, list[Any]]:
    """`{"nodes": […], "edges": […]}` as a client may read it."""
    found = lists(text)
    for node, values in _secret_values(found):
        node["data"][VALUES] = dict.fromkeys(values)
    return found


def digested_lists(text: str) -> dict[str, list[Any]]:
    """As `masked_lists`, with the digest of each value (empty while it waits for one)."""
    found = lists(text)
    for node, values in _secret_values(found):
        node["data"][VALUES] = {key: value["digest"] if value else "" for key, value in values.items()}
    return found


def references(text: str) -> dict[SecretKey, SecretRef | None]:
    """What is stored for each (node id, key); None where the key waits for its value."""
    if _SECRET_MARK not in text:
        return {}
    return {
        (node["id"], key): None if value is None else msgspec.convert(value, SecretRef)
        for node, values in _secret_values(lists(text))
        for key, value in values.items()
    }


def _secret_values(found: dict[str, list[Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each secret node that has values, with them."""
    for node in found["nodes"]:
        values = node["data"].get(VALUES) if node["type"] == SECRET_TYPE else None
        if isinstance(values, dict):
            yield node, values


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
