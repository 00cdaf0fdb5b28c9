"""The fence before each write: one question for many writes of one moment, and never a stale answer."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from core.work import registry
from core.work import services as work
from core.work.models import Work
from core.work.types import Lease, LeaseLost
from workflows.runs import fence

KIND = "tests.fence"


@pytest.fixture
def lease(transactional_db: None) -> Iterator[Lease]:
    registry.register(KIND, lambda lease: None, "run")
    work.enqueue(kind=KIND, key="one", payload={}, workspace="")
    found = work.claim(kinds=[KIND], worker="first", lease_seconds=30)
    assert found is not None
    yield found
    registry.unregister(KIND)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each question to the database."""
    found: list[int] = []
    real = work.check

    def check(*args: Any, **more: Any) -> None:
        found.append(1)
        real(*args, **more)

    monkeypatch.setattr(work, "check", check)
    return found


def take_over() -> None:
    assert work.cancel(kind=KIND, key="one")


def test_writes_of_one_moment_share_a_question(lease: Lease, asked: list[int]) -> None:
    guard = fence.guard_of(lease)

    async def many() -> None:
        await asyncio.gather(*(guard() for _ in range(50)))

    asyncio.run(many())
    assert len(asked) == 1


def test_after_a_moment_it_is_asked_again(lease: Lease, asked: list[int]) -> None:
    guard = fence.guard_of(lease)

    async def later() -> None:
        await guard()
        await asyncio.sleep(fence.SHARED_SECONDS * 1.5)
        with pytest.raises(LeaseLost):
            await guard()

    asyncio.run(_with_takeover(guard, later))
    assert len(asked) == 2


async def _with_takeover(guard: Any, later: Any) -> None:
    task = asyncio.ensure_future(later())
    await asyncio.sleep(fence.SHARED_SECONDS / 2)
    await asyncio.to_thread(_in_thread)
    await task


def _in_thread() -> None:
    from django.db import connections

    take_over()
    connections.close_all()


def test_nobody_writes_once_it_is_lost(lease: Lease, asked: list[int]) -> None:
    take_over()
    guard = fence.guard_of(lease)

    async def many() -> list[Any]:
        return await asyncio.gather(*(guard() for _ in range(5)), return_exceptions=True)

    assert all(isinstance(each, LeaseLost) for each in asyncio.run(many()))


def test_a_lease_that_is_about_to_end_is_none(lease: Lease) -> None:
    from datetime import timedelta

    from django.db.models.functions import Now

    Work.objects.update(lease_until=Now() + timedelta(seconds=fence.SPARE_SECONDS / 2))
    with pytest.raises(LeaseLost):
        asyncio.run(fence.guard_of(lease)())  # type: ignore[arg-type]
