"""Builds that end before their end: cancelled, out of bounds, or with their worker."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from builds.models import Build
from builds.services import cancel_build
from core.work import services as work
from tests.integration.builds.support import (
    BASE,
    Builder,
    Worker,
    docker,
    everything,
    in_thread,
    left_of,
    lines_of,
    wait_for,
)

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]

GONE_SECONDS = 5.0


def sleeping(builder: Builder) -> str:
    """A Dockerfile whose step sleeps; its command names this test."""
    return f"FROM {BASE}\nRUN echo begun && sleep 600 && echo {builder.word}\n"


def is_building(build: Build) -> Callable[[], bool]:
    return lambda: "begun" in lines_of(build)


def assert_nothing_left(builder: Builder) -> None:
    since = time.monotonic()
    wait_for(lambda: not left_of(builder.word), GONE_SECONDS)
    assert time.monotonic() - since < GONE_SECONDS
    assert not docker("ps", "--quiet", "--no-trunc", "--filter", f"ancestor={builder.word}/app")


@pytest.fixture(params=["buildkit", "classic"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Either builder of the engine: without bounds for BuildKit the classic one is used."""
    if request.param == "classic":
        monkeypatch.setattr("builds.engines.docker.warden.hold", lambda *_, **__: False)
    return str(request.param)


def test_cancel_while_building(builder: Builder, kind: str) -> None:
    build = builder.start(sleeping(builder))
    thread = in_thread(lambda: builder.carry_out(Build.objects.get(pk=build.pk)))
    wait_for(is_building(build))
    assert left_of(builder.word)
    asked = time.monotonic()
    cancel_build(build_id=build.pk, actor=builder.actor)
    thread.join(GONE_SECONDS)
    assert time.monotonic() - asked < GONE_SECONDS
    build.refresh_from_db()
    assert (build.status, build.error_code) == ("cancelled", "")
    assert_nothing_left(builder)
    assert everything(build)[-1][1] == (
        "done",
        {"status": "cancelled", "image": f"{build.image}:latest", "digest": "", "error": "It was cancelled."},
    )


def test_cancel_while_it_waits(builder: Builder) -> None:
    first, second = builder.start(sleeping(builder)), builder.start(sleeping(builder))
    assert first.admitted_at is not None and second.admitted_at is None
    assert cancel_build(build_id=second.pk, actor=builder.actor).status == "cancelled"
    assert cancel_build(build_id=first.pk, actor=builder.actor).status == "cancelled"


def test_cancel_while_pushing(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of noise takes a moment; so that it is long enough, the registry's host answers nobody."""
    listener = _silent_registry()
    host = f"127.0.0.1:{next(listener)}"
    build = builder.start(f"FROM {BASE}\nRUN echo begun {builder.word}\n")
    registry = builder.registries["open"]
    registry.host = host
    registry.save()
    Build.objects.filter(pk=build.pk).update(image=f"{host}/{builder.word}/app")
    thread = in_thread(lambda: builder.carry_out(Build.objects.get(pk=build.pk)))
    wait_for(lambda: Build.objects.get(pk=build.pk).status == "pushing")
    time.sleep(0.5)
    cancel_build(build_id=build.pk, actor=builder.actor)
    thread.join(GONE_SECONDS)
    build.refresh_from_db()
    assert build.status == "cancelled", build.error
    next(listener, None)


def _silent_registry() -> Iterator[int]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_time_is_bounded(builder: Builder, kind: str, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_timeout_seconds": 3})
    build = builder.build(sleeping(builder))
    assert (build.status, build.error_code) == ("failed", "timed_out"), build.error
    assert_nothing_left(builder)


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
    assert_nothing_left(builder)


@pytest.mark.parametrize("phase", ["fetching", "building", "pushing"])
def test_killed_worker(builder: Builder, start_builder: Callable[..., Worker], phase: str) -> None:
    """Whoever comes next goes on, or begins anew, and nothing of the first is left."""
    step = "sleep 4" if phase == "building" else "true"
    noise = "&& head -c 60000000 /dev/urandom > /noise" if phase == "pushing" else ""
    build = builder.start(f"FROM {BASE}\nRUN echo begun {builder.word} && {step} {noise}\n")
    first = start_builder(fetch_seconds=60 if phase == "fetching" else 0)
    first.go()
    wait_for(lambda: Build.objects.get(pk=build.pk).status == phase)
    if phase == "building":
        wait_for(lambda: left_of(builder.word))
    first.kill()
    assert_nothing_left(builder)
    assert not Build.objects.get(pk=build.pk).is_finished
    work.expire_dead(kinds=["builds.build"])
    build = builder.carry_out(Build.objects.get(pk=build.pk))
    assert build.status == "succeeded", (build.error, lines_of(build))
    assert build.journal["attempt"] == 2
    assert "The worker that had this build stopped; another one goes on." in lines_of(build)


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
    assert_nothing_left(builder)
