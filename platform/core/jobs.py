"""Waking work by name: services say *what* should run, `config.celery` binds the name to a task.

So services never import tasks. The wake-up is sent when the transaction commits; it carries ids only and may be lost,
which is why what matters is leased work (`core.work`) that the sweep finds anyway.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

Sender = Callable[[str, tuple[Any, ...]], None]
_sender: Sender | None = None


def bind(sender: Sender) -> None:
    """Called once by `config.celery`; `sender(name, args)` puts the task on its queue."""
    global _sender
    _sender = sender


def wake(name: str, *args: str) -> None:
    """Ask for the task `name` to run with `args` after the current transaction commits."""
    transaction.on_commit(lambda: _send(name, args), robust=True)


def _send(name: str, args: tuple[Any, ...]) -> None:
    if _sender is not None:
        _sender(name, args)
