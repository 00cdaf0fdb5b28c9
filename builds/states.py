"""The states of a build and which may follow which. Pure."""

from enum import StrEnum


class BuildStatus(StrEnum):
    QUEUED = "queued"
    FETCHING = "fetching"
    BUILDING = "building"
    PUSHING = "pushing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


_S = BuildStatus
FINISHED = (_S.SUCCEEDED, _S.FAILED, _S.CANCELLED)
UNFINISHED = (_S.QUEUED, _S.FETCHING, _S.BUILDING, _S.PUSHING)

# Backwards to fetching only where another worker begins anew, because what the first had on its disk died with it.
TRANSITIONS: dict[BuildStatus, frozenset[BuildStatus]] = {
    _S.QUEUED: frozenset({_S.FETCHING, _S.FAILED, _S.CANCELLED}),
    _S.FETCHING: frozenset({_S.FETCHING, _S.BUILDING, _S.FAILED, _S.CANCELLED}),
    # Straight to its end where the engine pushes what it builds.
    _S.BUILDING: frozenset({_S.FETCHING, _S.BUILDING, _S.PUSHING, _S.SUCCEEDED, _S.FAILED, _S.CANCELLED}),
    _S.PUSHING: frozenset({_S.FETCHING, _S.PUSHING, _S.SUCCEEDED, _S.FAILED, _S.CANCELLED}),
    _S.SUCCEEDED: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def sources_of(target: BuildStatus) -> tuple[str, ...]:
    """The states from which a build may become `target`; every UPDATE of a status filters by them."""
    return tuple(str(state) for state, targets in TRANSITIONS.items() if target in targets)
