"""Builds that end before their end: out of bounds, or with every worker that has them."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from core.work import services as work
from tests.integration.builds.support import (
    BASE,
    Builder,
    Worker,
    assert_nothing_left,
    left_of,
    lines_of,
    sleeping,
    wait_for,
)

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]


def test_time_is_bounded(builder: Builder, kind: str, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_timeout_seconds": 3})
    build = builder.build(sleeping(builder))
    assert (build.status, build.error_code) == ("failed", "timed_out"), build.error
    assert_nothing_left(builder, build)


def test_fork_bomb_hits_its_bound(builder: Builder, kind: str, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_timeout_seconds": 20, "build_pids": 32})
    bomb = f"RUN echo {builder.word}; i=0; while [ $i -lt 500 ]; do sleep 30 & i=$((i+1)); done; wait\n"
    build = builder.build(f"FROM {BASE}\n{bomb}")
    assert build.status == "failed"
    assert build.error_code in ("forks_exhausted", "timed_out", "command_failed"), (build.error, lines_of(build))
    assert not left_of("sleep 30")
    assert any("can't fork" in line for line in lines_of(build)), lines_of(build)


def test_memory_is_bounded(builder: Builder, kind: str, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_memory_mb": 32, "build_concurrency": 1})
    greedy = "RUN x=aaaaaaaaaaaaaaaa; while true; do x=$x$x$x$x; done"
    build = builder.build(f"FROM {BASE}\nENV W={builder.word}\n{greedy}\n")
    assert (build.status, build.error_code) == ("failed", "out_of_memory"), (build.error, lines_of(build))


def test_large_layer_hits_its_bound(builder: Builder, kind: str, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_disk_mb": 64, "build_concurrency": 1})
    step = f"RUN echo {builder.word}; dd if=/dev/zero of=/big bs=1M count=10240"
    started = time.monotonic()
    build = builder.build(f"FROM {BASE}\n{step}\n")
    assert build.status == "failed"
    assert build.error_code in ("disk_limit", "file_too_large"), (build.error, lines_of(build))
    assert time.monotonic() - started < 60
    assert_nothing_left(builder, build)


def test_worker_that_dies_each_time(builder: Builder, start_builder: Callable[..., Worker]) -> None:
    """After the last attempt it is said, honestly."""
    build = builder.start(sleeping(builder))
    for _ in range(3):
        worker = start_builder()
        seen = len(lines_of(build))
        worker.go()
        wait_for(lambda seen=seen: "begun" in lines_of(build)[seen:])
        worker.kill()
        work.expire_dead(kinds=["builds.build"])
    build = builder.carry_out(build)
    assert (build.status, build.error_code) == ("failed", "worker_lost")
    assert_nothing_left(builder, build)
