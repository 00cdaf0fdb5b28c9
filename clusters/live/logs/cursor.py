"""Where a reader is, in one opaque word: for each container the restart, the time of its last line, and which of the
lines with that time it was.

Fixed slots in one buffer, so that the word of each line costs next to nothing. Pure.
"""

import base64
import binascii
import hashlib
import struct
from typing import NamedTuple

from clusters.kube.gateway import LogLine

_VERSION = "1."
# Key, restart, nanoseconds, ordinal: 18 bytes, which base64 turns into 24 characters without padding.
_SLOT = struct.Struct(">6sHQH")
_WIDTH = 24
MOST = 200
_TOP = 0xFFFF
Key = bytes


class Position(NamedTuple):
    """The last line that was sent. With ordinal 0 none was: all from `nanos` on are to come."""

    restart: int = 0
    nanos: int = 0
    ordinal: int = 0


def following(position: Position, line: LogLine, restart: int) -> Position:
    """The position of a line that comes after another one. Lines without a time, which are words of the node about
    the log, have no place of their own."""
    if not line.nanos:
        return position
    is_same = position.nanos == line.nanos and position.restart == restart
    return Position(restart, line.nanos, position.ordinal + 1 if is_same else 1)


def key_of(uid: str, container: str) -> Key:
    return hashlib.sha256(f"{uid}/{container}".encode()).digest()[:6]


class Cursor:
    """Positions by container, and at any moment the word for all of them."""

    def __init__(self) -> None:
        self._slots: dict[Key, int] = {}
        self._text = bytearray()

    def put(self, key: Key, position: Position) -> None:
        restart, nanos, ordinal = position
        packed = _SLOT.pack(key, min(restart, _TOP), nanos, min(ordinal, _TOP))
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = len(self._text)
        self._text[slot : slot + _WIDTH] = base64.urlsafe_b64encode(packed)

    def drop(self, key: Key) -> None:
        """Nothing of it is left to read."""
        slot = self._slots.pop(key, None)
        if slot is None:
            return
        del self._text[slot : slot + _WIDTH]
        self._slots = {other: at - _WIDTH if at > slot else at for other, at in self._slots.items()}

    @property
    def word(self) -> str:
        return _VERSION + self._text.decode("ascii")


def read_word(word: str) -> dict[Key, Position] | None:
    """The positions that a client came back with; None when it is no word of ours."""
    body = word.removeprefix(_VERSION)
    if body == word or len(body) % _WIDTH or len(body) > MOST * _WIDTH:
        return None
    try:
        packed = base64.b64decode(body, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return {key: Position(restart, nanos, ordinal) for key, restart, nanos, ordinal in _SLOT.iter_unpack(packed)}
