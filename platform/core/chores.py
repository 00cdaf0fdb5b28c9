"""What apps want done now and then, whatever else goes on. Each registers its own when it is ready; whoever sweeps
carries them out. A chore can be done twice, and by two processes at once, without harm.
"""

from collections.abc import Callable

import msgspec


class Chore(msgspec.Struct, frozen=True):
    """Every so many seconds; `do` returns how much it did."""

    name: str
    every: float
    do: Callable[[], int]


_chores: dict[str, Chore] = {}


def register(name: str, every: float, do: Callable[[], int]) -> None:
    """The same name again replaces it: an app may become ready twice in tests."""
    _chores[name] = Chore(name, every, do)


def registered() -> tuple[Chore, ...]:
    return tuple(_chores.values())
