"""Where a run is kept: its journal, its target's inventory and its nodes, saved in one fenced transaction each."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.work import services as work
from core.work.types import Lease
from realtime.services import publish_many
from realtime.types import NewEvent
from workflows.deploy.inventory import Entry, dump, load
from workflows.deploy.journal import Outcome, Phase, State, entries_after
from workflows.deploy.nodes import REMOVING, Shown, Weight, forgotten_nodes, removed_nodes, shown_nodes
from workflows.deploy.sight import NodeView
from workflows.deploy.steps import Step
from workflows.models import NodeStatus, Placement, PlacementState, Run, RunPhase, RunStatus, Target
from workflows.runs.events import RUN_ENDED, RUN_STARTED, log_events, run_event, workspace_event
from workflows.runs.nodes import OF_A_RUN, write_nodes
from workflows.runs.rollback import begin_rollback, end_rolled_back
from workflows.runs.types import UNDEPLOY

Json = dict[str, Any]

_PHASES = {
    Phase.PLANNING: RunPhase.PLANNING,
    Phase.PREPARING: RunPhase.APPLYING,
    Phase.FIRST: RunPhase.APPLYING,
    Phase.GATING: RunPhase.WAITING,
    Phase.CHECKING: RunPhase.APPLYING,
    Phase.APPLYING: RunPhase.APPLYING,
    Phase.WAITING: RunPhase.WAITING,
    Phase.SWEEPING: RunPhase.PRUNING,
    Phase.PRUNING: RunPhase.PRUNING,
    Phase.CLOSING: RunPhase.PRUNING,
    Phase.DONE: RunPhase.DONE,
}
_STATUS = {
    Outcome.SUCCEEDED: RunStatus.SUCCEEDED,
    Outcome.FAILED: RunStatus.FAILED,
    Outcome.CANCELLED: RunStatus.CANCELLED,
}
# A run that ends in these has written nothing that could be taken back.
_UNTOUCHED = frozenset({Phase.PLANNING, Phase.PREPARING})
_OVER = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.ROLLED_BACK})


class RunLedger:
    """The ledger of one run during one claim of it."""

    def __init__(self, run: Run, lease: Lease) -> None:
        self.run = run
        self.lease = lease
        self.known: dict[Any, Entry] = load(run.target.inventory)
        self._saved: State | None = None
        self._log_number = _last_line(run.journal.get("state"))
        self._seen: dict[str, NodeView] = {}
        self._written: dict[str, NodeView] = {}

    def is_cancelled(self) -> bool:
        status = Run.objects.filter(pk=self.run.pk).values_list("status", flat=True).first()
        return status != RunStatus.DEPLOYING

    def save(self, state: State, *, upcoming: Sequence[Step], document: Json | None) -> None:
        """One transaction: all of it holds, or the worker that comes next finds what was before."""
        with work.fenced(self.lease), transaction.atomic():
            events: list[NewEvent] = []
            if state != self._saved:
                self._save_target(state)
                events = self._save_run(state, document)
            self._save_nodes(state, upcoming, events)
        self._saved = state

    def _save_run(self, state: State, document: Json | None) -> list[NewEvent]:
        run = Run.objects.select_for_update().select_related("target").get(pk=self.run.pk)
        before = (run.status, run.phase, run.message, run.journal.get("progress"))
        others: list[Run] = []
        run.journal = journal_json(state)
        run.phase = RunPhase.DONE if state.outcome else _PHASES[state.phase]
        run.started_at = run.started_at or timezone.now()
        if document is not None:
            run.plan = document
        if state.outcome is not None and run.status not in _OVER:
            others = self._end_run(run, state)
        elif state.outcome is None:
            run.message = state.trouble
        run.save()
        self.run = run
        lines = [line for line in state.log if line.number > self._log_number]
        self._log_number = state.log[-1].number if state.log else 0
        events = log_events(run, lines)
        if (run.status, run.phase, run.message, run.journal["progress"]) != before:
            events.append(run_event(run))
        return [*events, *map(run_event, others)]

    def _end_run(self, run: Run, state: State) -> list[Run]:
        """The other runs that begin or end with it. What the workspace is told of all is told here: before
        nodes are locked, and before the stream of the workflow."""
        outcome = state.outcome or Outcome.FAILED
        self._place(run, outcome, state.message)
        if outcome is Outcome.FAILED:
            run.error = state.message
            following = begin_rollback(run=run) if state.phase not in _UNTOUCHED else None
            if following is not None:
                # Not over yet: it ends when the run that takes it back ends.
                run.phase, run.message = RunPhase.APPLYING, f"{state.message} Going back to what ran before."
                publish_many([workspace_event(following, RUN_STARTED)])
                return [following]
        run.status = _STATUS[outcome]
        run.message = state.message
        run.finished_at = timezone.now()
        taken_back = end_rolled_back(following=run)
        others = [taken_back] if taken_back else []
        publish_many([workspace_event(each, RUN_ENDED) for each in (run, *others)])
        return others

    @staticmethod
    def _place(run: Run, outcome: Outcome, message: str) -> None:
        """What of the release holds on its cluster now."""
        done = PlacementState.REMOVED if run.operation == UNDEPLOY else PlacementState.APPLIED
        state = done if outcome is Outcome.SUCCEEDED else PlacementState.FAILED
        Placement.objects.filter(release=run.release).update(state=state, message=message, updated_at=timezone.now())

    def _save_target(self, state: State) -> None:
        target = Target.objects.select_for_update().get(pk=self.run.target_id)
        target.inventory = dump(entries_after(state, self.known.values()))
        if state.namespace_uid:
            target.made_namespace = target.made_namespace or state.made_namespace
            target.namespace_uid = state.namespace_uid
        if state.outcome is Outcome.SUCCEEDED:
            target.current_release = self.run.release
            if self.run.operation == UNDEPLOY and not state.namespace_note:
                target.made_namespace, target.namespace_uid = False, ""
        target.save()

    # --- nodes -------------------------------------------------------------------------------------------

    def _save_nodes(self, state: State, upcoming: Sequence[Step], events: Sequence[NewEvent]) -> None:
        target = self.run.target
        shown = shown_nodes(state, upcoming)
        rows = dict(NodeStatus.objects.filter(target=target).values_list("node_id", "state"))
        views = {node_id: each.view for node_id, each in shown.items() if self._counts(node_id, each, rows, state)}
        going, gone = removed_nodes(state, self.known)
        views |= {node_id: REMOVING for node_id in going if node_id in rows}
        is_forgotten = forgotten_nodes(state, shown, entries_after(state, self.known.values()))
        removed = {node_id for node_id in rows if node_id in gone or is_forgotten(node_id)}
        if state.outcome is None:
            # What was written is not compared again each time; but at the end all must be as we say.
            views = {node_id: view for node_id, view in views.items() if self._written.get(node_id) != view}
        write_nodes(target=target, views=views, removed=removed, events=events)
        self._written |= views
        self._seen = {node_id: each.view for node_id, each in shown.items()}

    def _counts(self, node_id: str, shown: Shown, rows: dict[str, str], state: State) -> bool:
        """What was merely seen is left to the watcher, unless it has not shown it by our next look."""
        known = rows.get(node_id)
        if known is None or shown.weight is Weight.DECIDED:
            return True
        if shown.weight is Weight.ASSUMED:
            return False
        is_ours = known in OF_A_RUN or known == "idle"
        return is_ours or state.outcome is not None or self._seen.get(node_id) == shown.view


def journal_json(state: State) -> Json:
    """What the run's row keeps; `progress` apart, so that a list of runs need not read the whole state."""
    return {"state": state.to_json(), "progress": {"wave": state.wave, "waves": state.waves}}


def _last_line(raw: Json | None) -> int:
    log = (raw or {}).get("log") or []
    return int(log[-1]["number"]) if log else 0
