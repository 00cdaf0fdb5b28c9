"""How the events of a build's stream are kept: many to a row, compressed. Pure."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

# (name, data) as it goes over the wire.
StreamItem = tuple[str, Any]
_LEVEL = 3
_encoder = msgspec.json.Encoder()


def pack_items(items: Iterable[StreamItem]) -> bytes:
    return zlib.compress(b"\n".join(_encoder.encode(item) for item in items), _LEVEL)


def unpack_items(data: bytes | memoryview) -> Iterator[StreamItem]:
    for line in zlib.decompress(data).split(b"\n"):
        name, content = msgspec.json.decode(line)
        yield name, content
