"""Identifiers: opaque to clients, ordered by time, made by us and never by the database."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    value = (millis & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_id() -> str:
    """A new id as a string of 36 characters."""
    return str(uuid7())


def new_run_id() -> str:
    """A new id of a run: `run_` and a UUIDv7 without dashes, 36 characters."""
    return f"run_{uuid7().hex}"
