"""What of a cluster is in use by whoever deploys, which is above this app and says so here: whether something still
runs there, and what becomes of what goes on there when the right to it ends."""

from collections.abc import Callable, Sequence

# For the id of a cluster: a name for each thing that runs there ("shop in namespace prod"), or merely whether.
LiveTargetCheck = Callable[[str], Sequence[str] | bool]

_checks: list[LiveTargetCheck] = []


def register_live_target_check(callback: LiveTargetCheck) -> None:
    """An app that deploys calls this in `ready()`. The callback runs in the transaction of the delete."""
    if callback not in _checks:
        _checks.append(callback)


def live_targets(cluster_id: str) -> list[str] | None:
    """The names of what runs there, which may be an empty list; None when nothing does."""
    is_used = False
    names: list[str] = []
    for check in _checks:
        found = check(cluster_id)
        is_used = is_used or bool(found)
        if not isinstance(found, bool):
            names += found
    return names if is_used else None


# For the id of a cluster and of the workspace that may do less there than before, or nothing.
Revoked = Callable[[str, str], None]

_revoked: list[Revoked] = []


def register_revoked(callback: Revoked) -> None:
    """Called in the transaction in which the right ends; `clusters.selectors` tell what is left of it."""
    if callback not in _revoked:
        _revoked.append(callback)


def revoke(cluster_id: str, workspace: str) -> None:
    for callback in _revoked:
        callback(cluster_id, workspace)
