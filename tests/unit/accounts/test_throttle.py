"""Counting tries."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from accounts.throttle import Limit, allow, give_back, hit
from core.errors import TooManyRequests

LIMIT = Limit("test", 3, 60)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_the_fourth_of_three_is_refused_until_the_window_ends() -> None:
    with time_machine.travel(1_000_000_020, tick=False) as clock:  # 20 s before the window ends
        for _ in range(3):
            hit(LIMIT, "a")
        with pytest.raises(TooManyRequests) as caught:
            hit(LIMIT, "a")
        assert caught.value.retry_after == 60 - 1_000_000_020 % 60
        hit(LIMIT, "b")
        clock.shift(caught.value.retry_after)
        hit(LIMIT, "a")


def test_what_is_given_back_does_not_count() -> None:
    with time_machine.travel(1_000_000_020, tick=False):
        for _ in range(10):
            assert allow(LIMIT, "a")
            give_back(LIMIT, "a")


def test_giving_back_nothing_is_harmless() -> None:
    give_back(LIMIT, "never seen")


def test_any_text_is_a_subject() -> None:
    assert allow(LIMIT, "with spaces\x00\ud800 and more" * 50)
