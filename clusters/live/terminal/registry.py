"""The terminals of this process. Their ids name it, so that another process knows that they are not its own."""

import asyncio
import os
import secrets
from typing import TYPE_CHECKING

from clusters.kube import loop

if TYPE_CHECKING:
    from clusters.live.terminal.session import TerminalSession

MOST_PER_PERSON = 20
_sessions: "dict[str, TerminalSession]" = {}
_process: tuple[int, str] = (0, "")


class TooMany(Exception):
    """The person has as many terminals open as one may."""


def new_id() -> str:
    return f"{_own_name()}.{secrets.token_urlsafe(18)}"


def is_own(session_id: str) -> bool:
    """Whether it was given out by this process."""
    return session_id.partition(".")[0] == _own_name()


def _own_name() -> str:
    """Made anew in a forked child, which has none of its parent's sessions."""
    global _process
    if _process[0] != os.getpid():
        _process = (os.getpid(), secrets.token_hex(4))
        _sessions.clear()
    return _process[1]


def add(session: "TerminalSession") -> None:
    """Called on the cluster loop, whose end is that of all terminals."""
    mine = sum(each.actor.id == session.actor.id for each in _sessions.values())
    if mine >= MOST_PER_PERSON:
        raise TooMany
    if not _sessions:
        loop.forget(close_all)
        loop.at_stop(close_all)
    _sessions[session.id] = session


def remove(session: "TerminalSession") -> None:
    _sessions.pop(session.id, None)


def get(session_id: str) -> "TerminalSession | None":
    return _sessions.get(session_id)


def count() -> int:
    return len(_sessions)


async def close_all() -> None:
    await asyncio.gather(*(session.close("shutdown") for session in list(_sessions.values())), return_exceptions=True)
