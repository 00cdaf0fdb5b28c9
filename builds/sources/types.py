"""What a source is, what it may take, and what was brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GitSource:
    url: str
    ref: str = ""
    subdirectory: str = ""
    username: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class UploadSource:
    path: Path


@dataclass(frozen=True, slots=True)
class InlineSource:
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float
    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class Fetched:
    root: Path
    revision: str
    bytes: int
    files: int
