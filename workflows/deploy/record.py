"""The step function of a run, its second half: what follows from the result of a step. Pure.

States are never changed, each call gives a new one. Knows no cluster and no clock.
"""

from collections.abc import Callable, Iterable

import msgspec

from plugins.sdk.health import HealthStatus
from workflows.deploy.journal import Item, ItemState, Outcome, Phase, StaleItem, State, Stretch
from workflows.deploy.plan import Action
from workflows.deploy.sight import MISSING, Sight
from workflows.deploy.steps import Result, Step, StepKind, Verdict, is_ready, removals

# An unreachable cluster is waited for this long before the run gives up.
PATIENCE = 120.0
# How long what had failed before this run may take to recover by it.
GRACE = 30.0
# What a run does not wait for may still be so when it ends, and then it says so.
_UNREADY = (HealthStatus.PROGRESSING, HealthStatus.DEGRADED, HealthStatus.MISSING)
# How often a run makes again what is gone before it ends.
_MAKES_AGAIN = 3


def record(state: State, step: Step, result: Result) -> State:
    """The state after `step` had `result`. Results of one batch may be recorded in any order."""
    after = state.copy()
    if result.trouble:
        return _troubled(after, result)
    after.trouble, after.trouble_since = "", 0.0
    _RECORD[step.kind](after, step, result)
    if after.outcome is None:
        _advance(after, step.kind, result.at)
    return after


def cancel(state: State, at: float) -> State:
    """Stop where it is: what is applied stays, nothing more is written."""
    after = state.copy()
    if after.outcome is None:
        _end(after, Outcome.CANCELLED, at, "Cancelled. What was applied stays as it is.")
    return after


def abort(state: State, at: float, reason: str) -> State:
    """End it as failed for a reason outside of the steps."""
    after = state.copy()
    if after.outcome is None:
        _end(after, Outcome.FAILED, at, reason)
    return after


def _troubled(state: State, result: Result) -> State:
    state.trouble = result.trouble
    if not state.trouble_since:
        state.trouble_since = result.at
        state.say(result.at, f"{result.trouble} Trying again.", "warning")
    too_long = result.at - state.trouble_since >= PATIENCE
    if state.outcome is None and (too_long or result.at >= state.deadline):
        _end(state, Outcome.FAILED, result.at, result.trouble)
    return state


def _planned(state: State, step: Step, result: Result) -> None:
    state.missing = dict(result.missing)
    if result.error or result.refusals:
        _refuse(state, result)
        return
    _take_verdicts(state, result.verdicts, stages=(0, 1))
    for position, sight in result.sights.items():
        if state.items[position].state is ItemState.DONE:
            state.items[position] = msgspec.structs.replace(state.items[position], sight=sight)
    # What the plan could verify need not be asked again: it is applied right after.
    verified = all(verdict.verified for verdict in result.verdicts.values())
    first = any(item.stage == 0 and item.is_written for item in state.items)
    state.is_first_checked = verified and result.has_namespace and not first
    state.say(result.at, _summary(state.items))


def _prepared(state: State, step: Step, result: Result) -> None:
    if result.error:
        _fail(state, result.at, result.error)
        return
    state.made_namespace = state.made_namespace or result.made_namespace
    state.namespace_uid = result.namespace_uid
    if result.note:
        state.say(result.at, result.note)


def _checked(state: State, step: Step, result: Result) -> None:
    if result.error or result.refusals:
        _refuse(state, result)
        return
    _take_verdicts(state, result.verdicts, stages=(1,))
    state.is_first_checked = True


def _applied(state: State, step: Step, result: Result) -> None:
    item = state.items[step.index]
    if result.error:
        sight = Sight(health="degraded", reason="Refused", message=result.error, is_final=True)
        state.items[step.index] = msgspec.structs.replace(
            item, state=ItemState.FAILED, reason=result.error, sight=sight
        )
        _fail(state, result.at, f"{item.key}: {result.error}")
        return
    state.items[step.index] = msgspec.structs.replace(
        item,
        state=ItemState.DONE,
        uid=result.uid,
        is_made=item.is_made or result.is_made,
        sight=result.sights.get(step.index, item.sight),
        applied_at=result.at,
    )
    verb = {Action.CREATE: "Created", Action.REPLACE: "Replaced"}.get(item.action or Action.UPDATE, "Updated")
    state.say(result.at, f"{verb} {item.key}.")


def _observed(state: State, step: Step, result: Result) -> None:
    if result.error:
        _fail(state, result.at, result.error)
        return
    for position, sight in result.sights.items():
        item = state.items[position]
        if item.sight != sight and item.state is ItemState.DONE:
            if sight.is_overdue and not (item.sight and item.sight.is_overdue):
                state.say(result.at, f"{item.key}: {sight.message}", "warning")
            state.items[position] = msgspec.structs.replace(item, sight=sight)
    if _make_again(state, result.at):
        return
    if state.phase is Phase.APPLYING and any(is_ready(state, item) for item in state.items if item.stage == 1):
        return
    lost = _lost(state, result.at)
    if lost:
        _fail(state, result.at, f"Failed: {_reasons(lost)}")
    elif result.at >= state.deadline:
        waiting = [item for item in _watched(state) if not _may_go_on(state, item)] or _held(state)
        if waiting:
            _fail(state, result.at, f"Not ready after {state.options.timeout_seconds} s: {_reasons(waiting)}")


def _make_again(state: State, at: float) -> bool:
    """What this run applied, or found as it should be, may be gone before the run is over: somebody deleted it, or
    the cluster lost what it had not written to its disk yet. The run goes back to where it makes things."""
    gone = [item for item in _watched(state) if item.sight == MISSING and item.key.kind != "Job"]
    begun = sum(each.name is Phase.PREPARING for each in state.stretches)
    if not gone or begun > _MAKES_AGAIN or at >= state.deadline:
        return False
    for item in gone:
        action = Action.CREATE if item.action is Action.UNCHANGED else item.action
        state.items[item.position] = msgspec.structs.replace(item, state=ItemState.TODO, action=action, sight=None)
    state.say(at, f"{gone[0].key} is gone, and is made again.", "warning")
    _enter(state, Phase.PREPARING, at)
    return True


def _swept(state: State, step: Step, result: Result) -> None:
    if result.error:
        _fail(state, result.at, result.error)
        return
    state.stale = [StaleItem(item) for item in result.stale]
    for item in result.stale:
        if item.is_kept:
            state.say(result.at, f"Kept {item.key}. {item.reason}")
    if result.note:
        state.say(result.at, result.note, "warning")


def _deleted(state: State, step: Step, result: Result) -> None:
    removal = state.stale[step.index]
    state.stale[step.index] = msgspec.structs.replace(removal, is_done=True, error=result.error)
    if result.error:
        state.say(result.at, f"{removal.stale.key} was not deleted: {result.error}", "error")
    else:
        state.say(result.at, f"Deleted {removal.stale.key}.")


def _narrowed(state: State, step: Step, result: Result) -> None:
    if result.error:
        _fail(state, result.at, result.error)
        return
    state.is_narrowed = True


def _left(state: State, step: Step, result: Result) -> None:
    """An undeploy is over when the cluster has let go of everything."""
    if result.error:
        _fail(state, result.at, result.error)
    elif result.is_gone:
        state.is_gone = True
        if result.note:
            state.say(result.at, result.note)
            state.namespace_note = result.note
    elif result.at >= state.deadline:
        _fail(
            state,
            result.at,
            f"Still there after {state.options.timeout_seconds} s: {', '.join(result.remaining)}.",
        )


_RECORD: dict[StepKind, Callable[[State, Step, Result], None]] = {
    StepKind.PLAN: _planned,
    StepKind.PREPARE: _prepared,
    StepKind.CHECK: _checked,
    StepKind.APPLY: _applied,
    StepKind.OBSERVE: _observed,
    StepKind.SWEEP: _swept,
    StepKind.DELETE: _deleted,
    StepKind.NARROW: _narrowed,
    StepKind.LEAVE: _left,
}


# --- from phase to phase --------------------------------------------------------------------------


# Phases of one step: over when that is recorded. All others are over when nothing is left of them.
_SINGLE = {Phase.PLANNING: StepKind.PLAN, Phase.PREPARING: StepKind.PREPARE, Phase.SWEEPING: StepKind.SWEEP}


def _advance(state: State, done: StepKind, at: float) -> None:
    """Go on as long as a phase has nothing left to do."""
    just: StepKind | None = done
    while state.outcome is None:
        needed = _SINGLE.get(state.phase)
        following = _following(state) if needed is None or needed is just else None
        if following is None:
            return
        just = None
        _enter(state, following, at)
        if following is Phase.DONE:
            _end(state, *_verdict(state, at))


def _following(state: State) -> Phase | None:
    """The phase after this one, or None while this one goes on."""
    phase = state.phase
    if phase is Phase.PLANNING:
        return Phase.SWEEPING if state.operation == "undeploy" else Phase.PREPARING
    if phase is Phase.PREPARING:
        return Phase.FIRST
    if phase is Phase.FIRST:
        return Phase.GATING if _all_applied(state, 0) else None
    if phase is Phase.GATING:
        gated = [item for item in state.items if item.stage == 0]
        return Phase.CHECKING if all(_may_go_on(state, item) for item in gated) else None
    if phase is Phase.CHECKING:
        return Phase.APPLYING if state.is_first_checked else None
    if phase is Phase.APPLYING:
        return Phase.WAITING if _all_applied(state, 1) else None
    if phase is Phase.WAITING:
        return Phase.SWEEPING if all(_may_go_on(state, item) for item in state.items) else None
    if phase is Phase.SWEEPING:
        return Phase.PRUNING
    if phase is Phase.PRUNING:
        return None if removals(state) else Phase.CLOSING
    return Phase.DONE if state.is_narrowed or state.is_gone else None


def _enter(state: State, phase: Phase, at: float) -> None:
    state.phase = phase
    if state.stretches:
        state.stretches[-1] = msgspec.structs.replace(state.stretches[-1], finished_at=at)
    state.stretches.append(Stretch(phase, at))


def _verdict(state: State, at: float) -> tuple[Outcome, float, str]:
    stuck = [item for item in state.stale if item.error]
    if stuck and state.operation == "undeploy":
        return Outcome.FAILED, at, f"Not everything could be deleted: {stuck[0].stale.key}: {stuck[0].error}"
    if state.operation == "undeploy":
        return (
            Outcome.SUCCEEDED,
            at,
            " ".join(part for part in ("Everything is removed.", state.namespace_note) if part),
        )
    unready = [item for item in _watched(state) if item.sight is not None and item.sight.health in _UNREADY]
    told = [f"{len(stuck)} old objects could not be deleted."] if stuck else []
    told += [f"Not ready yet: {_reasons(unready)}"] if unready else []
    return Outcome.SUCCEEDED, at, " ".join(["Running.", *told]) if told else "Everything is running."


def _all_applied(state: State, stage: int) -> bool:
    return all(item.state is ItemState.DONE for item in state.items if item.stage == stage)


def _watched(state: State) -> list[Item]:
    return [item for item in state.items if item.is_watched]


def _may_go_on(state: State, item: Item) -> bool:
    return not item.is_watched or (item.sight is not None and item.sight.is_settled)


def _lost(state: State, at: float) -> list[Item]:
    """What has failed for good. What this run did not touch may yet be cured by what it did, so it gets a
    while."""
    lost = [item for item in _watched(state) if item.sight and item.sight.is_lost]
    written = [item for item in lost if item.is_written]
    if written or state.phase is not Phase.WAITING:
        return written
    others = [item for item in _watched(state) if item not in lost and not _may_go_on(state, item)]
    last = max((item.applied_at for item in state.items), default=0.0)
    return [] if others or at - max(last, state.started_at) < GRACE else lost


def _held(state: State) -> list[Item]:
    return [item for item in state.items if item.state is ItemState.TODO]


def _take_verdicts(state: State, verdicts: dict[int, Verdict], stages: Iterable[int]) -> None:
    wanted = set(stages)
    for position, verdict in verdicts.items():
        item = state.items[position]
        if item.stage not in wanted or item.state is ItemState.DONE:
            continue
        taken = msgspec.structs.replace(
            item,
            action=verdict.action,
            reason=verdict.reason,
            replaces=verdict.replaces,
            uid=verdict.uid,
        )
        settled = taken.action in (Action.UNCHANGED, Action.KEEP) and verdict.verified
        state.items[position] = msgspec.structs.replace(taken, state=ItemState.DONE) if settled else taken


def _refuse(state: State, result: Result) -> None:
    reasons = result.refusals or (result.error,)
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    for position, verdict in result.verdicts.items():
        if verdict.action is Action.REFUSED and state.items[position].state is ItemState.TODO:
            sight = Sight(health="degraded", reason="Refused", message=verdict.reason, is_final=True)
            state.items[position] = msgspec.structs.replace(
                state.items[position],
                state=ItemState.FAILED,
                action=Action.REFUSED,
                reason=verdict.reason,
                sight=sight,
            )
    _fail(state, result.at, f"{reasons[0]}{more}")


def _fail(state: State, at: float, message: str) -> None:
    if state.outcome is None:
        _end(state, Outcome.FAILED, at, message)


def _end(state: State, outcome: Outcome, at: float, message: str) -> None:
    state.outcome, state.message = outcome, message
    if state.stretches:
        state.stretches[-1] = msgspec.structs.replace(state.stretches[-1], finished_at=at)
    state.say(at, message, "info" if outcome is Outcome.SUCCEEDED else "error")


def _reasons(items: Iterable[Item]) -> str:
    parts = []
    for item in items:
        sight = item.sight
        why = (sight.message or sight.reason) if sight else "not applied yet"
        parts.append(
            f"{item.key.kind} {item.key.name} ({why.rstrip('.')})" if why else f"{item.key.kind} {item.key.name}"
        )
    more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
    return f"{', '.join(parts[:5])}{more}."


def _summary(items: list[Item]) -> str:
    counts: dict[str, int] = {}
    for item in items:
        if item.action is not None:
            counts[item.action.value] = counts.get(item.action.value, 0) + 1
    told = ", ".join(f"{number} {action}" for action, number in sorted(counts.items()))
    return f"Planned: {told}." if told else "Planned: nothing to apply."
