"""Database settings from one URL, with the options that each engine needs to be safe."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def sqlite(path: str) -> dict[str, Any]:
    """WAL lets readers go on while one writes; IMMEDIATE takes the write lock at the start, so that a
    transaction waits for its turn instead of failing when it first writes."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def from_url(url: str, *, pooled: bool = True) -> dict[str, Any]:
    """`postgres://user:password@host:port/name?sslmode=require` or `sqlite:///path`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(unquote(parts.path[1:] if parts.path.startswith("//") is False else parts.path))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must begin with postgres:// or sqlite://, not {parts.scheme}://.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    # A process that stands still in the midst of a transaction keeps its locks: the server ends it before a lease
    # would, so that whoever takes its work over need not wait for it to wake up.
    options.setdefault("options", "-c idle_in_transaction_session_timeout=20s")
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # A stream must never hold a connection; the pool keeps them warm.
        "OPTIONS": options,
    }
