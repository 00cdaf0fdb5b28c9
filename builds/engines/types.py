"""The interface of engines: what one can do, what it is asked, what it says, how it fails. Knows no database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

# A chunk of what the engine wrote, as bytes; and where one of its steps stands: (name, status, seconds or None).
OnOutput = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one build may take. `disk` is what it may add to the engine's store."""

    seconds: float
    cpus: float
    memory: int
    pids: int
    disk: int


@dataclass(frozen=True, slots=True)
class Registry:
    """A login for one host, as engines want it; empty user for none."""

    host: str
    username: str = ""
    password: str = field(default="", repr=False)
    is_plain_http: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One image to make. `context` is a tar that has the Dockerfile in it as `dockerfile`; `name` is image:tag."""

    build: str
    name: str
    context: Callable[[], Iterable[bytes]]
    dockerfile: str
    labels: Mapping[str, str]
    build_args: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    target: str
    platforms: tuple[str, ...]
    logins: tuple[Registry, ...]
    bounds: Bounds
    # A folder of this build's own, for what must be a file; whoever asks removes it.
    folder: Path


@dataclass(frozen=True, slots=True)
class Attestations:
    """What is asked of an engine that can attest: provenance, and an SBOM where `scanner`, the image of a program that
    writes one, is named. https://docs.docker.com/build/metadata/attestations/"""

    is_on: bool = True
    scanner: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("provenance", *(("sbom",) if self.scanner else ())) if self.is_on else ()


@dataclass(frozen=True, slots=True)
class Made:
    """An image in the engine. `digest` where it is in the registry already; `attestations` are those that went there
    with it (`Attestations.kinds`)."""

    image_id: str
    size: int | None
    digest: str = ""
    attestations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pushed:
    """An image in its registry."""

    digest: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine has. `problem` is a sentence when it cannot be used now."""

    name: str
    version: str = ""
    has_buildkit: bool = False
    has_attestations: bool = False
    is_bounded: bool = False
    problem: str = ""


class Engine(Protocol):
    """Everything may be cancelled: then no process and no container of the build is left."""

    name: str

    async def probe(self) -> Capabilities: ...

    async def build(self, order: Order, on_output: OnOutput) -> Made: ...

    async def push(self, order: Order, image_id: str, on_output: OnOutput) -> Pushed: ...

    async def has_image(self, image_id: str) -> bool: ...

    async def clean_up(self, build: str) -> None:
        """Remove what of this build is still there; called at its end, whatever that was."""
        ...


class EngineError(Exception):
    """A build that the engine could not carry out: a stable code, and one sentence for the person."""

    def __init__(self, code: str, message: str, *, is_ours: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        # Nothing of the person's is wrong; another attempt may do better.
        self.is_ours = is_ours
