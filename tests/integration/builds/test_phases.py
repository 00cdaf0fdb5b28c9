"""In each phase of a build: cancelled it ends at once and leaves nothing; when its worker is killed another goes on."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builds.errors import BuildFinished
from builds.models import Build
from builds.services import cancel_build, start_build
from builds.services.queue import WORK_KIND
from builds.types import Consumer, GivenBuild, GivenSource
from core.work import services as work
from core.work.models import Work
from core.work.runner import run_next
from tests.integration.builds.git_server import Repositories, serving
from tests.integration.builds.support import (
    BASE,
    GONE_SECONDS,
    Builder,
    Worker,
    assert_nothing_left,
    children_of,
    containers_of,
    everything,
    in_thread,
    left_of,
    lines_of,
    sleeping,
    wait_for,
)
from workflows.models import Version, Workflow
from workflows.services import create_workflow
from workflows.types import GraphInput, WorkflowFields

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]
Start = Callable[..., Worker]
USING = "workflows.built"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Repositories]:
    folder = tmp_path / "repositories"
    folder.mkdir()
    with serving(folder) as found:
        yield found
        found.may_answer.set()


@contextmanager
def silent_registry(builder: Builder, build: Build) -> Iterator[threading.Event]:
    """The image is for a host that takes a connection and says nothing; set once the engine has come."""
    came = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connections: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    connections.append(listener.accept()[0])
                except OSError:
                    return
                came.set()

        threading.Thread(target=take, daemon=True).start()
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        registry = builder.registries["open"]
        registry.host = host
        registry.save()
        Build.objects.filter(pk=build.pk).update(image=f"{host}/{builder.word}/app")
        yield came
        listener.shutdown(socket.SHUT_RDWR)
        for each in connections:
            each.close()


def from_git(builder: Builder, server: Repositories) -> Build:
    server.make("app", {"Dockerfile": f"FROM {BASE}\nRUN echo {builder.word}\n"})
    server.may_answer.clear()
    given = {"image": f"{builder.word}/app", "registry_id": builder.registries["open"].pk}
    source = GivenSource(git_url=f"{server.url}/app.git")
    return start_build(given=GivenBuild(source=source, **given), actor=builder.actor)


def cancelled(builder: Builder, build: Build, is_there: Callable[[], Any]) -> None:
    """Carried out in a thread of ours, cancelled once `is_there`, and over within five seconds."""
    here, before = os.getpid(), children_of(os.getpid())
    thread = in_thread(lambda: builder.carry_out(Build.objects.get(pk=build.pk)))
    wait_for(lambda: is_there() or not thread.is_alive())
    assert thread.is_alive(), lines_of(build)
    started = children_of(here) - before
    asked = time.monotonic()
    cancel_build(build_id=build.pk, actor=builder.actor)
    thread.join(GONE_SECONDS)
    assert not thread.is_alive() and time.monotonic() - asked < GONE_SECONDS
    assert_nothing_left(builder, build, of=started)
    build.refresh_from_db()
    assert (build.status, build.error_code, build.error) == ("cancelled", "", "It was cancelled.")
    assert not (builder.folder(build)).exists()
    assert everything(build)[-1][1][0] == "done" and everything(build)[-1][1][1]["status"] == "cancelled"
    assert not Work.objects.filter(key=build.pk, state__in=["queued", "leased"]).exists()


class TestCancelled:
    def test_queued(self, builder: Builder) -> None:
        first, second = builder.start(sleeping(builder)), builder.start(sleeping(builder))
        assert first.admitted_at is not None and second.admitted_at is None
        for build in (second, first):
            assert cancel_build(build_id=build.pk, actor=builder.actor).status == "cancelled"
            assert_nothing_left(builder, build)
        assert not run_next([WORK_KIND])

    def test_fetching(self, builder: Builder, server: Repositories, settings: Any) -> None:
        build = from_git(builder, server)
        settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
        cancelled(builder, build, lambda: server.seen and left_of(build.pk))

    def test_detecting(self, builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
        import asyncio

        held = threading.Event()

        async def slow(*_: Any) -> None:
            held.set()
            await asyncio.sleep(60)

        asked: list[Any] = []
        monkeypatch.setattr("builds.work_steps.check_hosts", slow)
        monkeypatch.setattr("builds.engines.docker.engine.remove_containers", lambda *about: asked.append(about))
        cancelled(builder, builder.start(sleeping(builder)), held.is_set)
        assert asked == [], "the end does not wait for an engine that was asked for nothing"

    def test_building(self, builder: Builder, kind: str) -> None:
        build = builder.start(sleeping(builder))

        def is_building() -> bool:
            return "begun" in lines_of(build) and bool(left_of(builder.word)) and self._has_container(build, kind)

        cancelled(builder, build, is_building)

    @staticmethod
    def _has_container(build: Build, kind: str) -> bool:
        return bool(containers_of(build)) == (kind == "classic")

    def test_pushing(self, builder: Builder, kind: str) -> None:
        build = builder.start(f"FROM {BASE}\nRUN echo begun {builder.word}\n")
        with silent_registry(builder, build) as came:
            cancelled(builder, build, came.is_set)

    def test_using(self, builder: Builder) -> None:
        """The build is over; what follows is quick, and no longer its own."""
        build, _ = used(builder)
        with pytest.raises(BuildFinished):
            cancel_build(build_id=build.pk, actor=builder.actor)
        assert_nothing_left(builder, build)
        assert run_next([USING])


def killed(builder: Builder, build: Build, worker: Worker, work_kind: str = WORK_KIND) -> None:
    """The worker dies where it is, and with it everything that it started."""
    started = children_of(worker.process.pid)
    worker.kill()
    assert_nothing_left(builder, build, of=started)
    assert work.expire_dead(kinds=[work_kind]) == 1


def goes_on(builder: Builder, build: Build) -> None:
    assert not Build.objects.get(pk=build.pk).is_finished
    build = builder.carry_out(Build.objects.get(pk=build.pk))
    assert build.status == "succeeded", (build.error, lines_of(build))
    assert build.journal["attempt"] == 2 and build.digest
    assert "The worker that had this build stopped; another one goes on." in lines_of(build)
    numbers = [number for number, _ in everything(build)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not builder.folder(build).exists()


class TestKilled:
    def test_queued(self, builder: Builder, start_builder: Start) -> None:
        build, worker = builder.start(f"FROM {BASE}\nLABEL a=b\n"), start_builder()
        worker.wait_for("ready")
        worker.kill()
        build = builder.carry_out(build)
        assert (build.status, build.journal["attempt"]) == ("succeeded", 1), build.error

    def test_fetching(self, builder: Builder, start_builder: Start, server: Repositories, settings: Any) -> None:
        build, worker = from_git(builder, server), start_builder()
        worker.go()
        wait_for(lambda: server.seen and left_of(build.pk))
        killed(builder, build, worker)
        server.may_answer.set()
        settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
        goes_on(builder, build)

    def test_detecting(self, builder: Builder, start_builder: Start) -> None:
        build, worker = builder.start(f"FROM {BASE}\nRUN echo {builder.word}\n"), start_builder(hold="detecting")
        worker.go()
        worker.wait_for("held")
        killed(builder, build, worker)
        goes_on(builder, build)

    def test_building(self, builder: Builder, start_builder: Start, kind: str) -> None:
        build = builder.start(f"FROM {BASE}\nRUN echo begun {builder.word} && sleep 3\n")
        worker = start_builder(builder=kind)
        worker.go()
        wait_for(lambda: f"begun {builder.word}" in lines_of(build) and left_of("sleep 3"))
        killed(builder, build, worker)
        goes_on(builder, build)

    def test_pushing(self, builder: Builder, start_builder: Start, kind: str) -> None:
        """The image is in the engine, and is not built again."""
        build, worker = builder.start(f"FROM {BASE}\nRUN echo begun {builder.word}\n"), start_builder(builder=kind)
        host, image = builder.registries["open"].host, build.image
        with silent_registry(builder, build) as came:
            worker.go()
            assert came.wait(60)
            killed(builder, build, worker)
        builder.registries["open"].host = host
        builder.registries["open"].save()
        Build.objects.filter(pk=build.pk).update(image=image)
        goes_on(builder, build)
        assert lines_of(build).count(f"begun {builder.word}") == 1

    def test_using(self, builder: Builder, start_builder: Start) -> None:
        """The image is set once, by whoever comes next."""
        (build, workflow), worker = used(builder), start_builder(USING, hold="using")
        worker.go()
        worker.wait_for("held")
        killed(builder, build, worker, USING)
        assert "built" not in workflow_graph(workflow)
        assert run_next([USING]) and not run_next([USING])
        assert f"{build.image}@{build.digest}" in workflow_graph(workflow)
        assert Version.objects.filter(workflow=workflow).count() == 1


def used(builder: Builder) -> tuple[Build, Workflow]:
    """A build of a workflow's node that has ended, and what follows of it waits."""
    at = {"position": {"x": 0, "y": 0}}
    node = {"id": "source", "type": "build", "data": {"image": f"{builder.word}/app"}, **at}
    workflow = create_workflow(
        fields=WorkflowFields(name="App"), sent=GraphInput(nodes=[node], edges=[]), actor=builder.actor
    )
    source = GivenSource(files={"Dockerfile": f"FROM {BASE}\nLABEL a=b\n"})
    given = GivenBuild(source=source, image=f"{builder.word}/app", registry_id=builder.registries["open"].pk)
    consumer = Consumer("workflow", f"{workflow.pk}/source")
    build = builder.carry_out(start_build(given=given, consumer=consumer, actor=builder.actor))
    assert build.status == "succeeded", (build.error, lines_of(build))
    return build, workflow


def workflow_graph(workflow: Workflow) -> str:
    workflow.refresh_from_db()
    return str(workflow.graph)
