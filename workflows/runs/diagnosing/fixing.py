"""Applying a fix: a typed change of the graph, kept like any other edit, and then a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit import services as audit
from core.principal import Principal
from plugins.sdk.diagnosis import CannotFix, Fix, GraphLists
from workflows import stored
from workflows.diagnose import BadValues, changed
from workflows.models import Run, Workflow
from workflows.runs.diagnosing.errors import BadFixValues, ChangedMeanwhile, FixRefused
from workflows.runs.diagnosing.selectors import Seen, examine, fix_of, typed_node
from workflows.runs.places import find_place, refuse_archived, refuse_busy, target_of
from workflows.runs.services import start_run
from workflows.runs.types import RunOptions
from workflows.selectors import get_workflow
from workflows.services.bundles import refuse_errors
from workflows.services.graphs import save_graph
from workflows.services.rows import Check, unchecked
from workflows.types import GraphInput, Need


@dataclass(frozen=True, slots=True)
class Fixed:
    """The workflow after the fix, and the run that was started."""

    workflow: Workflow
    run: Run | None = None


def apply_fix(
    *,
    workflow_id: str,
    node_id: str,
    fix_type: str,
    values: Mapping[str, Any],
    run: bool = False,
    target_id: str = "",
    check: Check = unchecked,
    actor: Principal,
) -> Fixed:
    """The graph changes as the fix says; with `run` it is brought to the target that was looked at.

    Whatever would keep the run from starting is found out first, so that a fix is not half done.
    """
    workflow = get_workflow(workflow_id=workflow_id, need=Need.EDIT, actor=actor)
    check(workflow)
    fix = fix_of(typed_node(workflow, node_id), fix_type)
    seen = examine(workflow=workflow, node_id=node_id, target_id=target_id, actor=actor)
    is_run = run or fix.runs
    if is_run:
        _refuse_to_run(workflow, seen, actor)
    after = _changed(fix, seen, values)
    workflow = workflow if fix.runs else _save(seen, fix, after, check, is_run=is_run, actor=actor)
    return Fixed(workflow, _run(workflow, seen, fix, actor) if is_run else None)


def _changed(fix: Fix, seen: Seen, values: Mapping[str, Any]) -> GraphLists:
    try:
        after, _ = changed(fix, stored.masked_lists(seen.workflow.graph), seen.evidence, seen.verdict, values)
    except BadValues as problem:
        raise BadFixValues(str(problem), fields=problem.fields) from None
    except CannotFix as problem:
        raise FixRefused(str(problem)) from None
    return after


def _refuse_to_run(workflow: Workflow, seen: Seen, actor: Principal) -> None:
    """Whatever a start would refuse without looking at the graph."""
    refuse_archived(workflow)
    cluster, namespace = _place(seen)
    refuse_busy(target_of(find_place(workflow=workflow, cluster=cluster, namespace=namespace, actor=actor)))


def _place(seen: Seen) -> tuple[str, str]:
    target = seen.target
    return (target.cluster_id or "", target.namespace) if target is not None else ("", "")


def _save(seen: Seen, fix: Fix, after: GraphLists, check: Check, *, is_run: bool, actor: Principal) -> Workflow:
    """Only onto the graph that was looked at; and with errors left in it only if it is not to be run."""
    workflow = seen.workflow

    def unchanged(row: Workflow) -> None:
        check(row)
        if row.graph != workflow.graph:
            raise ChangedMeanwhile

    with transaction.atomic():
        sent = GraphInput(after["nodes"], after["edges"])
        saved = save_graph(workflow_id=workflow.pk, sent=sent, check=unchanged, actor=actor)
        if is_run:
            refuse_errors(saved.problems)
        audit.record(
            action="workflow.fix_applied",
            object_type="workflow",
            object_id=workflow.pk,
            object_name=workflow.name,
            detail={"node": seen.node.id, "fix": fix.fix_type},
            workspace=workflow.workspace_id,
            actor=actor,
        )
    return saved.workflow


def _run(workflow: Workflow, seen: Seen, fix: Fix, actor: Principal) -> Run:
    cluster, namespace = _place(seen)
    options = RunOptions(message=f"{fix.title}: {seen.node.label}", delete_claims=tuple(fix.gives_up(seen.evidence)))
    return start_run(workflow_id=workflow.pk, cluster=cluster, namespace=namespace, options=options, actor=actor)
