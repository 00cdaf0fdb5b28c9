"""What a source is, what it may take, and what was brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GitSource:
    """`ref` is a branch, a tag or a commit; without one the repository's own default. `token` alone is enough for most
    hosts; it is never part of the address. `submodules` are only fetched when they are asked for."""

    url: str
    ref: str = ""
    subdirectory: str = ""
    username: str = ""
    token: str = field(default="", repr=False)
    submodules: bool = False


@dataclass(frozen=True, slots=True)
class UploadSource:
    path: Path


@dataclass(frozen=True, slots=True)
class InlineSource:
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """Of what is brought: how long it may take, how large it is unpacked, and how many files it has."""

    seconds: float
    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """`revision` is the commit; empty where there is none."""

    root: Path
    revision: str
    bytes: int
    files: int
