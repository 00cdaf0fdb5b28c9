"""Reading workflows and versions, always as somebody: fetching and authorising are one call."""

import functools
import json
import operator
import re
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from clusters import selectors as clusters
from core.errors import InvalidInput
from core.principal import Principal
from workflows import stored
from workflows.errors import NotAllowed, VersionNotFound, WorkflowNotFound
from workflows.graph.diff import compare_graphs
from workflows.models import Version, Workflow, WorkflowShare, WorkflowStatus
from workflows.types import ALLOWED, DRAFT, OWNER, Need

UNDO_TIME = timedelta(days=30)
# Only its name is shown; these are long, and one of them sealed.
_OF_THE_CLUSTER = ("cluster__credentials", "cluster__ca_data", "cluster__metadata")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def visible_workflows(actor: Principal, need: Need = Need.EDIT) -> QuerySet[Workflow]:
    """What `actor` may see, their own and what is shared with them; deleted ones left out. Of these `pick` refuses
    with a 403 the one in which they may not do what they `need` to."""
    given = _given_to(actor)
    mine = Q(workspace_id=actor.workspace) | Q(pk__in=given.values("workflow"))
    rows = _shown(Workflow.objects.filter(mine, deleted_at=None), actor)
    role = given.filter(workflow=OuterRef("pk")).values("role")[:1]
    return rows.annotate(given_role=Subquery(role), needed=Value(need.value))


def deleted_workflows(actor: Principal) -> QuerySet[Workflow]:
    """What `actor` can still bring back."""
    rows = Workflow.objects.filter(workspace_id=actor.workspace, deleted_at__gt=timezone.now() - UNDO_TIME)
    return _shown(rows, actor)


def restorable_workflows(actor: Principal) -> QuerySet[Workflow]:
    """Those and what needs no bringing back: one's own."""
    there = Q(deleted_at=None) | Q(deleted_at__gt=timezone.now() - UNDO_TIME)
    return _shown(Workflow.objects.filter(there, workspace_id=actor.workspace), actor)


def shared_with(actor: Principal) -> QuerySet[WorkflowShare]:
    """For queries of what belongs to workflows: which of somebody else's `actor` has, deleted ones left out."""
    return _given_to(actor).filter(workflow__deleted_at=None)


def _given_to(actor: Principal) -> QuerySet[WorkflowShare]:
    return WorkflowShare.objects.filter(workspace_id=actor.workspace)


def _shown(rows: QuerySet[Workflow], actor: Principal) -> QuerySet[Workflow]:
    rows = rows.select_related("cluster").defer("node_words", *_OF_THE_CLUSTER)
    return rows.annotate(cluster_name=clusters.name_as_seen(actor))


def role_of(workflow: Workflow) -> str:
    """That of whoever read `workflow`, or made it."""
    return str(getattr(workflow, "given_role", None) or OWNER)


def cluster_name_of(workflow: Workflow) -> str | None:
    """What whoever read `workflow`, or gave it its cluster, calls that cluster; None when it is not theirs to see."""
    cluster = workflow.cluster
    if cluster is None:
        return None
    name: str | None = getattr(cluster, "shown_name", None) or getattr(workflow, "cluster_name", None)
    return name


def carry_cluster_name(read: Workflow, workflow: Workflow) -> None:
    """`workflow` has the cluster of `read`, and is shown to whoever read that."""
    workflow.cluster_name = cluster_name_of(read)  # type: ignore[attr-defined]


def get_workflow(*, workflow_id: str, need: Need = Need.VIEW, actor: Principal) -> Workflow:
    """The workflow, or a 404 that does not tell whether it is somebody else's; or a 403 where it is shared with them
    for less than they `need`."""
    return pick(visible_workflows(actor, need), workflow_id)


def pick(rows: QuerySet[Workflow], workflow_id: str) -> Workflow:
    """The one of `rows` with this id. What is no id of ours never reaches the database."""
    workflow = rows.filter(pk=workflow_id).first() if _ID.fullmatch(workflow_id) else None
    if workflow is None:
        raise WorkflowNotFound
    role, need = role_of(workflow), Need(getattr(workflow, "needed", Need.VIEW))
    if need not in ALLOWED[role]:
        raise NotAllowed(role, need)
    return workflow


def list_shares(*, workflow_id: str, search: str = "", actor: Principal) -> QuerySet[WorkflowShare]:
    """With whom a workflow is shared, for its owner."""
    workflow = get_workflow(workflow_id=workflow_id, need=Need.OWN, actor=actor)
    rows = WorkflowShare.objects.filter(workflow=workflow).select_related("user")
    return rows.filter(Q(email__icontains=search) | Q(user__name__icontains=search)) if search else rows


def list_workflows(
    *, status: str = "", search: str = "", with_graph: bool = True, deleted: bool = False, actor: Principal
) -> QuerySet[Workflow]:
    """`search` looks for its words literally in name, description and tags; `deleted` for what can be brought
    back."""
    rows = deleted_workflows(actor) if deleted else visible_workflows(actor, Need.VIEW)
    if status:
        if status not in WorkflowStatus.values:
            message = f"There is no status {status!r}; use one of {', '.join(WorkflowStatus.values)}."
            raise InvalidInput(message, fields={"status": [message]})
        rows = rows.filter(status=status)
    if search:
        rows = rows.annotate(tag_text=Cast("tags", TextField())).filter(_matches(search))
    return rows if with_graph else rows.defer("graph")


# What the JSON of every list of tags holds besides the tags.
_BETWEEN_TAGS = frozenset("[],")


def _matches(search: str) -> Q:
    text = search.replace("\x00", "")
    found = Q(name__icontains=text) | Q(description__icontains=text)
    if text in _BETWEEN_TAGS:
        return found
    # As it stands in JSON, so that a quote is one of a tag. SQLite escapes what is beyond ASCII, PostgreSQL does not.
    written = {json.dumps(text, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
    return functools.reduce(operator.or_, (Q(tag_text__icontains=each) for each in written), found)


def list_versions(*, workflow_id: str, search: str = "", actor: Principal) -> QuerySet[Version]:
    """Without the graphs: a list of a hundred would be megabytes."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    rows = Version.objects.filter(workflow=workflow).defer("graph")
    if search:
        text = search.replace("\x00", "")
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(tag__icontains=text))
    return rows


def get_version(*, workflow_id: str, number: str | int, actor: Principal) -> Version:
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    return version_of(workflow, number)


def version_of(workflow: Workflow, number: str | int, *, for_update: bool = False) -> Version:
    """A version of a workflow that the caller has been let see."""
    text = str(number)
    rows = Version.objects.select_for_update() if for_update else Version.objects.all()
    found = rows.filter(workflow=workflow, number=int(text)).first() if _NUMBER.fullmatch(text) else None
    if found is None:
        raise VersionNotFound(number)
    return found


def compare_versions(*, workflow_id: str, v1: str, v2: str, actor: Principal) -> dict[str, Any]:
    """What changed from `v1` to `v2`; each is a number, or `draft` for what is being drawn."""
    for name, value in (("v1", v1), ("v2", v2)):
        if not value:
            message = f"Say with ?{name}= which version to compare: a number, or draft."
            raise InvalidInput(message, fields={name: [message]})
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    sides = [_side(workflow, value) for value in (v1, v2)]
    (first, before), (second, after) = sides
    changes = compare_graphs(stored.decode(before), stored.decode(after))
    return {"v1": first, "v2": second, **changes}


def _side(workflow: Workflow, value: str) -> tuple[int | str, str]:
    if value == DRAFT:
        return DRAFT, workflow.graph
    version = version_of(workflow, value)
    return version.number, version.graph
