"""Reading runs, targets and how nodes fare, always as somebody."""

import re
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from clusters.selectors import may, name_as_seen
from clusters.types import Need
from core.errors import InvalidInput
from core.principal import Principal, system_principal
from workflows import stored
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.sight import NodeView
from workflows.models import NodeStatus, Run, RunStatus, Target, Workflow
from workflows.runs.errors import RunNotFound, TargetNotFound
from workflows.runs.events import node_json, row_json, run_json
from workflows.selectors import get_workflow, shared_with
from workflows.types import Need as WorkflowNeed

Json = dict[str, Any]

_RUN_ID = re.compile(r"run_[0-9a-f]{32}")
_TARGET_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What a list has no use for, and what may be megabytes.
_LARGE = ("journal", "plan", "release__content")
# For the eye only: they compile to nothing, so there is nothing to say of them.
NOT_SHARED = "The cluster is no longer shared with you."
_DRAWN = frozenset({"group", "note"})


def theirs(actor: Principal) -> Q:
    """Of one's own workflows, the deleted ones included, and of those that are shared with one."""
    return Q(workspace_id=actor.workspace) | Q(workflow__in=shared_with(actor).values("workflow"))


def refuse_onlookers(row: Run | Target, actor: Principal) -> None:
    """A 403 for whoever may see it and change nothing."""
    if row.workspace_id != actor.workspace:
        get_workflow(workflow_id=row.workflow_id, need=WorkflowNeed.EDIT, actor=actor)


def visible_runs(actor: Principal) -> QuerySet[Run]:
    rows = Run.objects.filter(theirs(actor)).select_related("target", "release")
    return rows.annotate(cluster_name=name_as_seen(actor, "target__cluster"))


def get_run(*, run_id: str, workflow: Workflow | None = None, actor: Principal) -> Run:
    """Also of a workflow that was deleted: its clean-up may still be under way."""
    rows = visible_runs(actor).select_related("release__version", "rolls_back")
    if workflow is not None:
        rows = rows.filter(workflow=workflow)
    run = rows.filter(pk=run_id).first() if _RUN_ID.fullmatch(run_id) else None
    if run is None:
        raise RunNotFound
    return run


def list_runs(
    *, workflow_id: str, status: str = "", target_id: str = "", search: str = "", actor: Principal
) -> QuerySet[Run]:
    """`search` looks into ids, messages, clusters and namespaces."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    rows = visible_runs(actor).filter(workflow=workflow).defer(*_LARGE)
    # Of the plan, which is large, only how much it came to.
    rows = rows.annotate(plan_summary=KeyTransform("summary", "plan"))
    if status:
        if status not in RunStatus.values:
            message = f"There is no status {status!r}; use one of {', '.join(RunStatus.values)}."
            raise InvalidInput(message, fields={"status": [message]})
        rows = rows.filter(status=status)
    if target_id:
        rows = rows.filter(target=_pick_target(workflow, target_id))
    return rows.filter(_matches(search)) if search else rows


def _matches(search: str) -> Q:
    text = search.replace("\x00", "")
    return (
        Q(pk__icontains=text)
        | Q(message__icontains=text)
        | Q(started_by__icontains=text)
        | Q(target__namespace__icontains=text)
        | Q(cluster_name__icontains=text)
    )


def visible_targets(actor: Principal) -> QuerySet[Target]:
    rows = Target.objects.filter(theirs(actor)).select_related("current_release__version")
    return rows.annotate(cluster_name=name_as_seen(actor))


def list_targets(*, workflow_id: str, search: str = "", actor: Principal) -> QuerySet[Target]:
    """Where the workflow runs or ran."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    rows = visible_targets(actor).filter(workflow=workflow).defer("current_release__content")
    if search:
        text = search.replace("\x00", "")
        rows = rows.filter(Q(namespace__icontains=text) | Q(cluster_name__icontains=text))
    return rows


def get_target(*, target_id: str, actor: Principal) -> Target:
    rows = visible_targets(actor).defer("current_release__content")
    target = rows.filter(pk=target_id).first() if _TARGET_ID.fullmatch(target_id) else None
    if target is None:
        raise TargetNotFound
    return target


def _pick_target(workflow: Workflow, target_id: str) -> Target:
    rows = Target.objects.filter(workflow=workflow)
    target = rows.filter(pk=target_id).first() if _TARGET_ID.fullmatch(target_id) else None
    if target is None:
        raise TargetNotFound
    return target


def last_runs(targets: list[Target]) -> dict[str, Run]:
    """The newest run of each target, in one query."""
    newer = Run.objects.filter(target=OuterRef("target"), pk__gt=OuterRef("pk"))
    rows = Run.objects.filter(target__in=targets).exclude(Exists(newer)).select_related("target")
    return {run.target_id: run for run in rows.defer("journal", "plan")}


def last_version(target: Target) -> int | None:
    """The version that was last run there."""
    rows = Run.objects.filter(target=target).exclude(version_number=None).order_by("-pk")
    return rows.values_list("version_number", flat=True).first()


def is_live(target: Target) -> bool:
    """Whether something of it is, or may be, in the cluster."""
    is_released = target.current_release is not None and not target.current_release.is_tombstone
    return bool(target.inventory) or is_released


def live_on_cluster(cluster_id: str) -> list[str]:
    """What runs on a cluster, each as "shop in namespace prod": for whoever wants to remove that cluster. What those
    with whom it is shared call theirs is not for them to read."""
    rows = Target.objects.filter(cluster_id=cluster_id).select_related("workflow", "current_release")
    found = rows.defer("workflow__graph", "current_release__content").order_by("pk")
    named = found.annotate(is_owners=Q(cluster__workspace=F("workspace")))
    return [
        f"{target.workflow.name if target.is_owners else 'somebody else'} in namespace {target.namespace}"
        for target in named
        if is_live(target)
    ]


def sets_of_workflow(workflow_id: str, actor: Principal) -> list[str]:
    """The marks that everything carries which it deployed, on whichever cluster."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    places = Target.objects.filter(workflow=workflow).values_list("pk", "namespace")
    return [parent_of_target(pk, namespace).id for pk, namespace in places]


def shown_target(*, workflow: Workflow, target_id: str = "") -> tuple[Target | None, Run | None]:
    """The target with this id (a 404 when the workflow has no such), or that of the last run; and its last
    run."""
    rows = Run.objects.filter(workflow=workflow).select_related("target").defer("plan").order_by("-pk")
    if target_id:
        target = _pick_target(workflow, target_id)
        return target, rows.filter(target=target).first()
    run = rows.first()
    return (run.target, run) if run is not None else (None, None)


def status_document(*, workflow_id: str, target_id: str = "", actor: Principal) -> Json:
    """How every node fares: those of the draft in its order, then what still runs though it was removed from
    the draft. What never ran is idle."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    target, run = shown_target(workflow=workflow, target_id=target_id)
    is_seen = target is None or may_look_at(target)
    rows = {row.node_id: row for row in NodeStatus.objects.filter(target=target)} if target and is_seen else {}
    drawn = [node["id"] for node in stored.lists(workflow.graph)["nodes"] if node.get("type") not in _DRAWN]
    why = "" if is_seen else NOT_SHARED
    nodes = [row_json(rows.pop(node_id)) if node_id in rows else idle_json(node_id, why) for node_id in drawn]
    nodes += [row_json(rows[node_id]) for node_id in sorted(rows)]
    return {
        "workflow_id": workflow.pk,
        "target": target_json(target, name_for(target, actor)) if target is not None else None,
        "run": run_json(run) if run is not None else None,
        "nodes": nodes,
    }


def name_for(target: Target, actor: Principal) -> str | None:
    """What `actor` calls its cluster; None when it is not theirs to see."""
    rows = Target.objects.filter(pk=target.pk)
    return rows.annotate(cluster_name=name_as_seen(actor)).values_list("cluster_name", flat=True).first()


def may_look_at(target: Target) -> bool:
    """Whether the cluster is still the workspace's own, or shared with it: else nothing that is seen there is theirs
    to know."""
    if target.cluster_id is None:
        return True
    owner = system_principal("runs", target.workspace_id)
    return may(cluster_id=target.cluster_id, need=Need.LOOK, namespace=target.namespace, actor=owner)


def idle_json(node_id: str, message: str = "") -> Json:
    return node_json(node_id, NodeView("idle", "unknown", message))


def target_json(target: Target, cluster_name: str | None) -> Json:
    """The short form of a target. A cluster that is shared may have another name for each who sees it."""
    return {"id": target.pk, "cluster": cluster_name, "namespace": target.namespace}


def cluster_name_of(row: Run | Target) -> str | None:
    """Of a row of these selectors."""
    name: str | None = getattr(row, "cluster_name", None)
    return name
