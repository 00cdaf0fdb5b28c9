"""How a write is to be done, and what came of it.

Must not know resources or storage.
"""

from __future__ import annotations

from dataclasses import dataclass

from .objects import Obj


@dataclass(frozen=True)
class Options:
    """How one write is to be done."""

    manager: str = "unknown"
    dry_run: bool = False
    validation: str = "Warn"  # Ignore | Warn | Strict
    force: bool = False
    internal: bool = False  # written by a controller: trusted, not decoded again


CONTROLLER = Options(manager="kube-controller-manager", internal=True)
KUBELET = Options(manager="kubelet", internal=True)
SCHEDULER = Options(manager="kube-scheduler", internal=True)


@dataclass(frozen=True)
class Deletion:
    """What a client asks of a deletion."""

    propagation: str = ""
    grace: int | None = None
    uid: str = ""
    version: str = ""
    dry_run: bool = False


@dataclass
class Result:
    obj: Obj
    is_created: bool = False
    warnings: tuple[str, ...] = ()
