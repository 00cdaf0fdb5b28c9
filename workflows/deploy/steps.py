"""The step function of a run, its first half: what may be done next. Pure.

    next_steps(state) -> steps that may run at the same time
    record(state, step, result) -> the state after it (`workflows.deploy.record`)

A worker may die between any two calls: whoever loads the journal gets the same steps again, and every step is
safe to repeat. Knows no cluster and no clock; each result brings the time at which it was had.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from plugins.sdk.objects import Wait
from workflows.deploy.inventory import Stale
from workflows.deploy.journal import Item, ItemState, Phase, State
from workflows.deploy.plan import Action
from workflows.deploy.sight import Sight

Json = dict[str, Any]


class StepKind(StrEnum):
    PLAN = "plan"
    PREPARE = "prepare"
    CHECK = "check"
    APPLY = "apply"
    OBSERVE = "observe"
    SWEEP = "sweep"
    DELETE = "delete"
    NARROW = "narrow"
    LEAVE = "leave"


WRITES = frozenset({StepKind.PREPARE, StepKind.APPLY, StepKind.DELETE, StepKind.NARROW, StepKind.LEAVE})


class Step(msgspec.Struct, frozen=True):
    """`index` is the position of an object (apply) or of a removal (delete)."""

    kind: StepKind
    index: int = -1


class Verdict(msgspec.Struct, frozen=True):
    """What a plan or check found for one object: the part of a `Check` that the journal keeps."""

    action: Action
    reason: str = ""
    verified: bool = True
    replaces: str = ""
    uid: str = ""


class Result(msgspec.Struct, frozen=True):
    """What came of a step, had at time `at`. `error` ends the run; `trouble` is worth another try."""

    at: float
    error: str = ""
    trouble: str = ""
    verdicts: dict[int, Verdict] = {}
    refusals: tuple[str, ...] = ()
    missing: dict[str, str] = {}
    has_namespace: bool = False
    sights: dict[int, Sight] = {}
    uid: str = ""
    is_made: bool = False
    stale: tuple[Stale, ...] = ()
    made_namespace: bool = False
    namespace_uid: str = ""
    is_gone: bool = False
    remaining: tuple[str, ...] = ()
    note: str = ""


# --- what may be done next ------------------------------------------------------------------------


def next_steps(state: State) -> list[Step]:
    """Steps that may run at the same time, in any order; empty when the run is over."""
    if state.outcome is not None:
        return []
    return _NEXT[state.phase](state)


def _apply_stage(stage: int) -> Callable[[State], list[Step]]:
    def steps(state: State) -> list[Step]:
        ready = [item for item in state.items if item.stage == stage and is_ready(state, item)]
        if not ready:
            return [Step(StepKind.OBSERVE)]
        # What others stand on comes first: a pod whose config map is not there yet starts with an error.
        rank = min(item.rank for item in ready)
        return [Step(StepKind.APPLY, item.position) for item in ready if item.rank == rank]

    return steps


def _one(kind: StepKind) -> Callable[[State], list[Step]]:
    return lambda state: [Step(kind)]


def removals(state: State) -> list[Step]:
    """What is to be deleted next: kinds and namespaces only once all that lives in them is gone."""
    todo = [(index, each.stale) for index, each in enumerate(state.stale) if not (each.is_done or each.stale.is_kept)]
    first = min((stale.tier for _, stale in todo), default=0)
    return [Step(StepKind.DELETE, index) for index, stale in todo if stale.tier == first]


def _close(state: State) -> list[Step]:
    if state.operation == "undeploy":
        return [Step(StepKind.LEAVE)]
    return [Step(StepKind.NARROW)]


_NEXT: dict[Phase, Callable[[State], list[Step]]] = {
    Phase.PLANNING: _one(StepKind.PLAN),
    Phase.PREPARING: _one(StepKind.PREPARE),
    Phase.FIRST: _apply_stage(0),
    Phase.GATING: _one(StepKind.OBSERVE),
    Phase.CHECKING: _one(StepKind.CHECK),
    Phase.APPLYING: _apply_stage(1),
    Phase.WAITING: _one(StepKind.OBSERVE),
    Phase.SWEEPING: _one(StepKind.SWEEP),
    Phase.PRUNING: removals,
    Phase.CLOSING: _close,
    Phase.DONE: lambda state: [],
}


def is_ready(state: State, item: Item) -> bool:
    """Whether `item` is to be written and nothing holds it back."""
    return item.state is ItemState.TODO and (item.stage == 0 or not holding(state, item))


def holding(state: State, item: Item) -> list[Wait]:
    """The waits that keep `item` from being applied."""
    mine = [wait for wait in state.waits if wait.node_id == item.node_id]
    return [wait for wait in mine if not _is_reached(state, wait)]


def _is_reached(state: State, wait: Wait) -> bool:
    awaited = [item for item in state.items if item.node_id == wait.for_node_id]
    return all(
        item.state is ItemState.DONE
        and (not item.is_watched or (item.sight is not None and item.sight.has_reached(wait.condition)))
        for item in awaited
    )
