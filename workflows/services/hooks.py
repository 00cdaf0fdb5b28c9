"""What others do when a workflow goes: runs register here, so that workflows need not know them."""

from collections.abc import Sequence
from typing import Protocol

from core.principal import Principal
from workflows.models import Workflow


class Cleanup(Protocol):
    """Starts removing what the workflow deployed, everywhere, and returns the ids of the runs that do it.

    Called in the transaction of the deletion or archiving, before the row changes: what it raises (a run is
    still in progress: 409) refuses the whole.
    """

    def __call__(self, *, workflow: Workflow, delete_claims: Sequence[str], actor: Principal) -> list[str]: ...


_cleanups: dict[str, Cleanup] = {}


def register_cleanup(name: str, cleanup: Cleanup) -> None:
    """An app does so in `ready()`; the name makes registering twice harmless."""
    _cleanups[name] = cleanup


def clean_up(*, workflow: Workflow, delete_claims: Sequence[str] = (), actor: Principal) -> list[str]:
    """Ids of all runs that were started."""
    return [
        run_id
        for name in sorted(_cleanups)
        for run_id in _cleanups[name](workflow=workflow, delete_claims=delete_claims, actor=actor)
    ]
