"""How much a build has written to an engine's store on this machine, watched while it goes on."""

import asyncio
import os

from builds.engines.types import EngineError

_EVERY = 0.5
# Below this the engine itself, and everything else on that disk, would stop working.
RESERVE = 512 * 1024**2


async def watch(root: str, most: int) -> None:
    """Raises when what is free has become less by `most` bytes, or less than `RESERVE`. Ends at once, without
    watching, where the store cannot be seen. Never returns otherwise."""
    before = _free(root)
    while before is not None:
        await asyncio.sleep(_EVERY)
        free = _free(root)
        if free is None:
            return
        if before - free > most:
            raise EngineError(
                "disk_limit",
                f"The build wrote more than the {most // 1024**2} MiB that it may add to the engine's disk.",
            )
        if free < RESERVE < before:
            raise EngineError("disk_full", "The engine's disk is full. Free some space there, then retry.")


def _free(root: str) -> int | None:
    if not root:
        return None
    try:
        found = os.statvfs(root)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize
