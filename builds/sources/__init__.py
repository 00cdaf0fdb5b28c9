"""Bringing a source into a folder: a repository, an archive or a few files, within bounds."""

import asyncio
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from builds.sources.archives import unpack
from builds.sources.budget import Budget
from builds.sources.errors import SourceError
from builds.sources.git import fetch_git
from builds.sources.types import Fetched, GitSource, InlineSource, Limits, UploadSource
from clusters.kube.network import Guard

Source = GitSource | UploadSource | InlineSource


async def fetch(source: Source, into: Path, *, limits: Limits, guard: Guard, on_line: Callable[[str], None]) -> Fetched:
    """Everything is below `into`, an empty folder. Raises SourceError; a cancellation ends it at once."""
    budget = Budget(limits)
    try:
        async with asyncio.timeout(limits.seconds):
            if isinstance(source, GitSource):
                return await fetch_git(source, into, budget=budget, guard=guard, on_line=on_line)
            await _write(source, into, budget)
    except TimeoutError:
        raise SourceError(
            "source_too_slow", f"The source did not arrive within {limits.seconds:.0f} seconds."
        ) from None
    finally:
        budget.stop()
    return Fetched(into, "", budget.bytes, budget.files)


async def _write(source: UploadSource | InlineSource, into: Path, budget: Budget) -> None:
    """A thread cannot be ended from outside; it looks at the budget before each block."""
    if isinstance(source, UploadSource):
        await asyncio.to_thread(unpack, source.path, into, budget)
        return
    for name, content in source.files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise SourceError("path_outside", f"{name} leads out of the source.")
        budget.add_file()
        budget.add_bytes(len(content))
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
