"""Bounds for the steps that BuildKit runs inside a Docker Engine on this machine.

Old engines give BuildKit's steps no limits and take none from a client; all of them are below one control group. Where
we may write to it, the group as a whole gets what its builds together may take: one that forks or allocates without end
then hits that, and not the machine. Knows both versions of control groups, and cgroupfs as the engine's driver.
"""

import contextlib
import os
from pathlib import Path

from builds.engines.types import Bounds

ROOT = Path("/sys/fs/cgroup")
_GROUP = "docker/buildkit"
_PERIOD = 100_000
# Of the machine's processors: something is left for whoever waits for an answer.
_SHARE = 0.5


def hold(bounds: Bounds, *, builds: int, root: Path = ROOT) -> bool:
    """Set the bounds of `builds` builds together; whether that worked. Safe to repeat."""
    writes = (
        _version_2(bounds, builds, root) if (root / "cgroup.controllers").exists() else _version_1(bounds, builds, root)
    )
    try:
        for path, value in writes.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(value)
            if value not in ("max", path.read_text().strip()) and not path.name.startswith(("memory", "cpu")):
                return False
    except OSError:
        return False
    return True


def _quota(bounds: Bounds, builds: int) -> int:
    """Of processor time in each period, for all builds together."""
    return int(min(bounds.cpus * builds, (os.cpu_count() or 1) * _SHARE) * _PERIOD)


def _version_1(bounds: Bounds, builds: int, root: Path) -> dict[Path, str]:
    return {
        root / "pids" / _GROUP / "pids.max": str(bounds.pids * builds),
        root / "memory" / _GROUP / "memory.limit_in_bytes": str(bounds.memory * builds),
        root / "cpu" / _GROUP / "cpu.cfs_quota_us": str(_quota(bounds, builds)),
    }


def _version_2(bounds: Bounds, builds: int, root: Path) -> dict[Path, str]:
    group = root / _GROUP
    for parent in (root, root / "docker"):
        with contextlib.suppress(OSError):
            (parent / "cgroup.subtree_control").write_text("+pids +memory +cpu")
    return {
        group / "pids.max": str(bounds.pids * builds),
        group / "memory.max": str(bounds.memory * builds),
        group / "cpu.max": f"{_quota(bounds, builds)} {_PERIOD}",
    }
