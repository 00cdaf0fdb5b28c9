"""What a Docker Engine and the docker commands of this machine can do: asked, never guessed, and remembered a while."""

import asyncio
import re
import shutil
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from builds import processes
from builds.engines.docker.arguments import Client

# The last of the docker commands that has BuildKit's client within; newer ones need buildx beside them.
_LAST_WITH_BUILDKIT = 22
_SECONDS = 10.0
_KEPT_SECONDS = 30.0
_VERSION = re.compile(rb"(\d+)\.\d+")


@dataclass(slots=True)
class Found:
    """`problem` is a sentence when the engine does not answer. `root` is its data directory where that is ours to
    look at, else empty."""

    problem: str = ""
    version: str = ""
    client: Client | None = None
    has_containerd_store: bool = False
    is_systemd: bool = False
    root: str = ""


@dataclass(slots=True)
class Discovery:
    """Of one engine. `command` is the docker command to use, empty to look for one that fits."""

    host: str
    command: str = ""
    _found: Found | None = None
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def look(self) -> Found:
        """Asks again after a while, and at once where the last answer was a problem."""
        with self._lock:
            if self._found is not None and not self._found.problem and time.monotonic() < self._until:
                return self._found
        found = await asyncio.to_thread(_ask, self.host)
        if not found.problem:
            found.client = await self._client()
        with self._lock:
            self._found, self._until = found, time.monotonic() + _KEPT_SECONDS
        return found

    async def _client(self) -> Client | None:
        """The first docker command with a client of BuildKit, whichever kind."""
        for path in _commands(self.command):
            if await _succeeds([path, "buildx", "version"]):
                return Client(path, has_buildx=True)
            version = await _output([path, "--version"])
            match = _VERSION.search(version)
            if match and int(match[1]) <= _LAST_WITH_BUILDKIT:
                return Client(path, has_buildx=False)
        return None


def _commands(command: str) -> list[str]:
    if command:
        return [command]
    folders = ("/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin")
    return list(dict.fromkeys(path for folder in folders if (path := shutil.which("docker", path=folder))))


def _ask(host: str) -> Found:
    import docker
    from docker.errors import DockerException

    try:
        client = docker.APIClient(base_url=host, version="auto", timeout=_SECONDS)
        try:
            info: dict[str, Any] = client.info()
        finally:
            client.close()
    except (DockerException, OSError, ValueError):
        return Found(problem=f"nothing answers at {host}.")
    status = {str(pair[0]): str(pair[1]) for pair in info.get("DriverStatus") or [] if len(pair) == 2}
    return Found(
        version=str(info.get("ServerVersion", "")),
        has_containerd_store="io.containerd.snapshotter" in status.get("driver-type", ""),
        is_systemd=info.get("CgroupDriver") == "systemd",
        root=str(info.get("DockerRootDir", "")) if host.startswith("unix://") else "",
    )


async def _output(argv: list[str]) -> bytes:
    said = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            await processes.run(argv, env={"PATH": "/usr/bin:/bin"}, on_output=said.extend)
    except (TimeoutError, OSError):
        return b""
    return bytes(said)


async def _succeeds(argv: list[str]) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return await processes.run(argv, env={"PATH": "/usr/bin:/bin"}, on_output=lambda _: None) == 0
    except (TimeoutError, OSError):
        return False
