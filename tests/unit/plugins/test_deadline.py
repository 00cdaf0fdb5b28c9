"""Strangers' code comes to an end for whoever called it, and loops are gone afterwards."""

import contextlib
import threading
import time
from collections.abc import Callable

import pytest

from plugins.loading import deadline
from plugins.loading.deadline import TooLong, bounded
from plugins.sdk.plugin import BadPlugin, ImportHint, Plugin


def _loops() -> None:
    while True:
        pass


def _tries_again() -> None:
    while True:
        with contextlib.suppress(Exception):
            sum(range(50))


def _fills() -> None:
    kept = []
    while True:
        kept.append(bytearray(2**20))
        time.sleep(0.001)


def _threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("plugin hook")}


def test_what_it_gives_and_raises() -> None:
    assert bounded(lambda: [1]) == [1]
    with pytest.raises(KeyError):
        bounded(lambda: {}["none"])
    with pytest.raises(SystemExit):
        bounded(lambda: exec("raise SystemExit(3)"))
    assert bounded(lambda: bounded(threading.get_ident)) != threading.get_ident()


@pytest.mark.parametrize("code", [_loops, _tries_again], ids=["loop", "tries again"])
def test_a_loop_is_left_behind_and_ends(code: Callable[[], None]) -> None:
    before = _threads()
    with pytest.raises(TooLong, match=r"took longer than 0\.1 s"):
        bounded(code, 0.1)
    for each in _threads() - before:
        each.join(30)
    assert [each for each in _threads() - before if each.is_alive()] == []
    assert bounded(lambda: 2) == 2


def test_what_catches_everything_is_left_behind() -> None:
    """Nothing ends it, but nobody waits for it."""
    is_told = False

    def swallows() -> None:
        while not is_told:
            with contextlib.suppress(BaseException):
                sum(range(50))

    with pytest.raises(TooLong):
        bounded(swallows, 0.1)
    is_told = True


def test_what_waits_is_left_behind() -> None:
    gate = threading.Event()
    with pytest.raises(TooLong):
        bounded(gate.wait, 0.1)
    gate.set()


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "MEMORY_BYTES", 32 * 2**20)
    with pytest.raises(TooLong, match="took more than 32 MiB of memory"):
        bounded(_fills, 60)


def test_many_at_once() -> None:
    """Each caller gets their own, and few threads are kept."""
    results: list[int] = []

    def ask(number: int) -> None:
        results.extend(bounded(lambda: number) for _ in range(50))

    callers = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for each in callers:
        each.start()
    for each in callers:
        each.join(30)
    assert sorted(results) == sorted(number for number in range(20) for _ in range(50))
    assert len(deadline._idle) <= deadline._MOST_IDLE


class _Hint(ImportHint, frozen=True):
    def is_for(self, image: str) -> bool:
        return bool(image)


def test_classes_of_its_own_are_refused() -> None:
    plugin = Plugin(
        name="own", display_name="Own", description="", category="c", import_hints=(_Hint(("redis",), "Read on."),)
    )
    with pytest.raises(BadPlugin, match=r"Its import_hints must be of plugins\.sdk\.plugin\.ImportHint itself"):
        plugin.check()
