"""Ways to ask for builds, to carry them out, and to see what is left of them."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connections

from builds.configuration import folder_of
from builds.models import Build
from builds.selectors import read_stream
from builds.services import start_build
from builds.services.queue import WORK_KIND
from builds.types import GivenBuild, GivenSource
from clusters.registries.models import Registry
from core.principal import Principal
from core.work.runner import run_next

OPEN, PROTECTED = "127.0.0.1:5000", "127.0.0.1:5001"
BASE = "busybox:1"
PATIENCE = 60.0
DOCKER = "/usr/bin/docker"

# Does one piece of work of a kind, once a line comes in; held up where it is told to be, for whoever kills it there.
WORKER = """
import asyncio, time
from builds import work_steps
from builds.engines.docker import warden
from core.work.runner import run_next
from workflows.building import services as building
kind, hold, builder = sys.argv[1:4]
if builder == "classic":
    warden.hold = lambda *_, **__: False
async def slow(*_):
    print("held", flush=True)
    await asyncio.sleep(60)
def slow_image(*_):
    print("held", flush=True)
    time.sleep(60)
if hold == "detecting":
    work_steps.check_hosts = slow
if hold == "using":
    building.with_image = slow_image
print("ready", flush=True)
sys.stdin.readline()
print("took", run_next([kind]), flush=True)
"""


@lru_cache(maxsize=1)
def has_engine() -> bool:
    if not Path("/var/run/docker.sock").exists():
        return False
    try:
        urllib.request.urlopen(f"http://{OPEN}/v2/", timeout=2).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


class Builder:
    """One person who builds. Names of images begin with a word of this test's own."""

    def __init__(self, actor: Principal, registries: dict[str, Registry], word: str) -> None:
        self.actor, self.registries, self.word = actor, registries, word

    def start(
        self, dockerfile: str, *, files: dict[str, str] | None = None, registry: str = "open", **more: Any
    ) -> Build:
        source = GivenSource(files={"Dockerfile": dockerfile, **(files or {})})
        given = {"source": source, "image": f"{self.word}/app", "registry_id": self.registries[registry].pk, **more}
        return start_build(given=GivenBuild(**given), actor=self.actor)

    def build(self, dockerfile: str, **more: Any) -> Build:
        """To its end, in this process."""
        return self.carry_out(self.start(dockerfile, **more))

    def carry_out(self, build: Build) -> Build:
        while run_next([WORK_KIND]):
            pass
        build.refresh_from_db()
        return build

    def folder(self, build: Build) -> Path:
        return folder_of(build.pk)

    def clean_up(self) -> None:
        listed = docker("images", "--quiet", "--filter", f"reference=*/{self.word}/*")
        if listed.split():
            docker("rmi", "--force", *set(listed.split()))


class Worker:
    """A real process that carries out one build."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def go(self) -> None:
        assert self.process.stdin is not None
        self.wait_for("ready")
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def wait_for(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{word}\n"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


def docker(*arguments: str) -> str:
    return subprocess.run([DOCKER, *arguments], capture_output=True, text=True, check=False).stdout


def lines_of(build: Build) -> list[str]:
    return [data["text"] for _, (name, data) in everything(build) if name == "line"]


def everything(build: Build) -> list[tuple[int, tuple[str, Any]]]:
    found: list[tuple[int, tuple[str, Any]]] = []
    while page := read_stream(build.pk, found[-1][0] if found else 0):
        found += page
    return found


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


def left_of(marker: str) -> list[str]:
    """Processes of this machine, those in containers included, whose command has `marker` in it."""
    found = []
    for path in Path("/proc").iterdir():
        if not path.name.isdigit() or int(path.name) == os.getpid():
            continue
        try:
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if marker in command:
            found.append(f"{path.name} {command}")
    return found


def children_of(parent: int) -> set[int]:
    """The processes below one of this machine, whatever they are called."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, grown = {parent}, True
    while grown:
        more = {pid for pid, its in parents.items() if its in found} - found
        grown = bool(more)
        found |= more
    return found - {parent}


def containers_of(build: Build) -> list[str]:
    """Of the classic builder: they are known by the control group of the build."""
    listed = docker("ps", "--all", "--quiet").split()
    groups = docker("inspect", "--format", "{{.HostConfig.CgroupParent}}", *listed).split() if listed else []
    return [group for group in groups if build.pk in group]


def in_thread(function: Callable[[], Any]) -> Any:
    import threading

    def call() -> None:
        try:
            function()
        finally:
            connections.close_all()

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


GONE_SECONDS = 5.0


def sleeping(builder: Builder) -> str:
    """A Dockerfile whose step sleeps; its command names this test."""
    return f"FROM {BASE}\nRUN echo begun && sleep 600 && echo {builder.word}\n"


def assert_nothing_left(builder: Builder, build: Build, of: set[int] | None = None) -> None:
    """Within five seconds: no process that names the build or its image, no container, no folder, none of `of`."""
    wait_for(lambda: not left_of(builder.word) and not left_of(build.pk), GONE_SECONDS)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in of or ()), GONE_SECONDS)
    wait_for(lambda: not containers_of(build), GONE_SECONDS)
