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

WORKER = """
import asyncio
from builds import work_steps
from core.work.runner import run_next
fetch = work_steps.fetch
async def slow_fetch(*arguments, **more):
    await asyncio.sleep(float(sys.argv[1]))
    return await fetch(*arguments, **more)
work_steps.fetch = slow_fetch
print("ready", flush=True)
sys.stdin.readline()
print("took", run_next(["builds.build"]), flush=True)
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

    def clean_up(self) -> None:
        listed = docker("images", "--quiet", "--filter", f"reference=*/{self.word}/*")
        if listed.split():
            docker("rmi", "--force", *set(listed.split()))


class Worker:
    """A real process that carries out one build."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def go(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("\n")
        self.process.stdin.flush()

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
