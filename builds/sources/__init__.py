"""Bringing a source into a folder."""

import asyncio
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from builds.sources.errors import SourceError
from builds.sources.types import Fetched, GitSource, InlineSource, Limits, UploadSource
from clusters.kube.network import Guard

Source = GitSource | UploadSource | InlineSource


async def fetch(source: Source, into: Path, *, limits: Limits, guard: Guard, on_line: Callable[[str], None]) -> Fetched:
    """Everything is below `into`."""
    if isinstance(source, GitSource):
        raise SourceError("git_unavailable", "Git is not there.")
    await asyncio.to_thread(_write, source, into)
    return Fetched(into, "", 0, 0)


def _write(source: UploadSource | InlineSource, into: Path) -> None:
    if isinstance(source, UploadSource):
        with tarfile.open(source.path) as archive:
            archive.extractall(into, filter="data")
        return
    for name, content in source.files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise SourceError("path_outside", f"{name} leads out of the source.")
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
