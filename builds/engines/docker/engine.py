"""A Docker Engine: BuildKit through the docker command where there is a client for it, else the classic builder.

The command is given a context on its standard input, a configuration directory of its own and no shell.
"""

import asyncio
import contextlib
import json
import sys
import tarfile
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builds import processes
from builds.engines.docker import disk, warden
from builds.engines.docker.arguments import Client, build_arguments
from builds.engines.docker.clients import Discovery, Found
from builds.engines.docker.configuration import write_configuration, write_secrets
from builds.engines.docker.images import look, remove_containers, remove_dangling, size_of
from builds.engines.reasons import explain
from builds.engines.types import Attestations, Capabilities, EngineError, Made, OnOutput, Order, Pushed

_CHILD = Path(__file__).resolve().parent / "child.py"
_TAIL = 60
_TAIL_BYTES = 64 * 1024


class Tail:
    """The last lines of what went by, and the result that a child of ours wrote at its end."""

    def __init__(self, on_output: OnOutput) -> None:
        self._on_output = on_output
        self._rest = b""
        self.lines: deque[str] = deque(maxlen=_TAIL)
        self.result: dict[str, Any] | None = None

    def __call__(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        shown = []
        for line in lines:
            if line.startswith(b"\0"):
                self.result = json.loads(line[1:])
                continue
            shown.append(line)
            self.lines.append(line[-2000:].decode(errors="replace"))
        # A line without end goes on at once, so that nothing is held back without bound.
        if len(rest) > _TAIL_BYTES:
            shown, rest = [b"\n".join([*shown, rest])], b""
            self._on_output(shown[0])
        elif shown:
            self._on_output(b"\n".join(shown) + b"\n")
        self._rest = rest

    def end(self) -> None:
        if self._rest and not self._rest.startswith(b"\0"):
            self.lines.append(self._rest[-2000:].decode(errors="replace"))
            self._on_output(self._rest)
        self._rest = b""


@dataclass
class DockerEngine:
    """`builds` is how many may be under way at once; `is_strict`: without bounds BuildKit is not used."""

    host: str
    builds: int
    command: str = ""
    network: str = ""
    is_strict: bool = True
    attests: Attestations = field(default_factory=Attestations)
    name: str = "docker"
    _discovery: Discovery = field(init=False)

    def __post_init__(self) -> None:
        self._discovery = Discovery(self.host, self.command)

    async def probe(self) -> Capabilities:
        found = await self._discovery.look()
        return Capabilities(
            name=self.name,
            version=found.version,
            has_buildkit=found.client is not None,
            has_attestations=self._attests(found),
            problem=found.problem,
        )

    async def build(self, order: Order, on_output: OnOutput) -> Made:
        found = await self._reach()
        tail = Tail(on_output)
        is_bounded = found.client is not None and _is_ours(found) and warden.hold(order.bounds, builds=self.builds)
        use_buildkit = found.client is not None and (is_bounded or not self.is_strict)
        if order.secrets and not use_buildkit:
            raise EngineError(
                "secrets_unsupported",
                "This engine cannot give secrets to a build without leaving them in the image: it has no BuildKit "
                "whose builds can be bounded.",
            )
        if len(order.platforms) > 1 and not self._attests(found):
            raise EngineError("platforms_unsupported", "This engine builds for one platform at a time. Choose one.")
        async with _bounded(order, found, self.builds):
            if use_buildkit and found.client is not None:
                made = await self._with_buildkit(order, found, found.client, tail)
            else:
                made = await self._classic(order, found, tail)
        return made

    async def push(self, order: Order, image_id: str, on_output: OnOutput) -> Pushed:
        await self._reach()
        tail = Tail(on_output)
        login = order.logins[0] if order.logins else None
        job = {
            "host": self.host,
            "name": order.name,
            "image": image_id,
            "username": login.username if login else "",
            "password": login.password if login else "",
        }
        code = await self._child("push", job, None, tail, order.bounds.seconds)
        if code != 0 or not tail.result or not tail.result["digest"]:
            raise explain(tail.lines, while_doing="push")
        return Pushed(str(tail.result["digest"]))

    async def has_image(self, image_id: str) -> bool:
        return await asyncio.to_thread(size_of, self.host, image_id) is not None

    async def clean_up(self, build: str) -> None:
        await asyncio.to_thread(remove_containers, self.host, _groups(build))

    async def remove_dangling(self, *, older_than_seconds: float) -> int:
        """Images of ours that nothing names any more, and old build cache; how many bytes came free."""
        return await asyncio.to_thread(remove_dangling, self.host, older_than_seconds)

    def _attests(self, found: Found) -> bool:
        has_buildx = found.client is not None and found.client.has_buildx
        return self.attests.is_on and has_buildx and found.has_containerd_store

    async def _reach(self) -> Found:
        found = await self._discovery.look()
        if found.problem:
            raise EngineError("engine_unreachable", f"The engine cannot be reached: {found.problem}", is_ours=True)
        return found

    async def _with_buildkit(self, order: Order, found: Found, client: Client, tail: Tail) -> Made:
        """What cannot be scanned is built all the same."""
        attest = self.attests if self._attests(found) else None
        made = await self._attempt(order, client, tail, attest)
        if made is None and attest is not None and _is_of_scanner(attest, tail.lines):
            tail(f"There is no SBOM: {attest.scanner}, which writes it, cannot be had or fails.\n".encode())
            made = await self._attempt(order, client, tail, Attestations())
        if made is None:
            raise explain(tail.lines)
        return made

    async def _attempt(self, order: Order, client: Client, tail: Tail, attest: Attestations | None) -> Made | None:
        """None where the command failed."""
        iidfile, metadata = order.folder / "iid", order.folder / "metadata.json"
        argv = build_arguments(
            order,
            client,
            iidfile=iidfile,
            secret_files=write_secrets(order.folder, dict(order.secrets)),
            network=self.network,
            attest=attest,
            metadata=metadata if client.has_buildx else None,
        )
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(order.folder),
            "DOCKER_HOST": self.host,
            "DOCKER_CONFIG": str(write_configuration(order.folder, order.logins)),
            "DOCKER_BUILDKIT": "1",
        }
        code = await _in_time(
            processes.run(argv, env=environment, stdin=lambda: _recognisable(order), on_output=tail),
            order.bounds.seconds,
        )
        tail.end()
        if code != 0:
            return None
        said, digest = iidfile.read_text().strip(), _digest(metadata)
        image, size = await asyncio.to_thread(look, self.host, (said, digest, order.name))
        return Made(image or said, size, digest, attest.kinds) if attest else Made(image or said, size)

    async def _classic(self, order: Order, found: Found, tail: Tail) -> Made:
        group = _groups(order.build)[1 if found.is_systemd else 0]
        job = {
            "host": self.host,
            "name": order.name,
            "dockerfile": order.dockerfile,
            "build_args": dict(order.build_args),
            "labels": dict(order.labels),
            "target": order.target,
            "platform": order.platforms[0] if order.platforms else "",
            "network": self.network,
            "logins": {each.host: {"username": each.username, "password": each.password} for each in order.logins},
            "group": group,
            "memory": order.bounds.memory,
            "cpus": order.bounds.cpus,
            "pids": order.bounds.pids,
            "disk": order.bounds.disk,
        }
        code = await self._child("build", job, order, tail, order.bounds.seconds)
        if code != 0 or not tail.result:
            raise explain(tail.lines)
        image = str(tail.result["image"])
        return Made(image, await asyncio.to_thread(size_of, self.host, image))

    async def _child(self, verb: str, job: dict[str, Any], order: Order | None, tail: Tail, seconds: float) -> int:
        head = json.dumps(job).encode() + b"\n"

        def feed() -> Iterable[bytes]:
            yield head
            if order is not None:
                yield from order.context()

        # Isolated: nothing in the environment or the working directory is imported in its place.
        argv = [sys.executable, "-I", str(_CHILD), verb]
        code = await _in_time(processes.run(argv, env={"PYTHONUNBUFFERED": "1"}, stdin=feed, on_output=tail), seconds)
        tail.end()
        return code


def _is_ours(found: Found) -> bool:
    """Whether the control groups that we see are the engine's: with its store in sight, and not systemd's."""
    try:
        return bool(found.root) and not found.is_systemd and Path(found.root, "buildkit").is_dir()
    except OSError:
        return False


def _groups(build: str) -> tuple[str, str]:
    """The control group of a build's containers, as cgroupfs and as systemd want it."""
    return f"/sailcloth/{build}", f"sailcloth-{build.replace('-', '')}.slice"


async def _in_time(running: Any, seconds: float) -> int:
    try:
        async with asyncio.timeout(seconds):
            return int(await running)
    except TimeoutError:
        minutes = max(round(seconds / 60), 1)
        raise EngineError(
            "timed_out", f"It took longer than the {minutes} minutes that a build may take, and was stopped."
        ) from None


@contextlib.asynccontextmanager
async def _bounded(order: Order, found: Found, builds: int) -> AsyncIterator[None]:
    """What is inside is cancelled when the build takes more of the disk than it may."""
    task = asyncio.current_task()
    trouble: list[EngineError] = []

    async def guard() -> None:
        try:
            # What others write at the same time counts too: nobody says whose it is.
            await disk.watch(found.root, order.bounds.disk * builds)
        except EngineError as error:
            trouble.append(error)
            if task is not None:
                task.cancel()

    watching = asyncio.create_task(guard())
    try:
        yield
    except asyncio.CancelledError:
        if not trouble:
            raise
        if task is not None:
            task.uncancel()
        raise trouble[0] from None
    finally:
        watching.cancel()


def _recognisable(order: Order) -> Iterable[bytes]:
    """The docker command takes a tar for a Dockerfile when its first block is an extension (PAX, GNU): so that it is a
    plain one, the folder itself stands in front."""
    root = tarfile.TarInfo("./")
    root.type, root.mode = tarfile.DIRTYPE, 0o755
    yield root.tobuf(tarfile.USTAR_FORMAT)
    yield from order.context()


def _is_of_scanner(attest: Attestations, lines: Iterable[str]) -> bool:
    """The image that writes SBOMs is the installation's; no Dockerfile names it."""
    errors = [line for line in lines if "ERROR" in line or "failed to" in line]
    return bool(attest.scanner) and any(attest.scanner in line for line in errors)


def _digest(metadata: Path) -> str:
    """As buildx says it; empty from a client that says nothing."""
    return str(json.loads(metadata.read_text()).get("containerimage.digest", "")) if metadata.exists() else ""
