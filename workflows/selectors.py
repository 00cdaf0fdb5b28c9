"""Reading workflows and versions, always as somebody: fetching and authorising are one call."""

import json
import re
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from clusters import selectors as clusters
from core.errors import InvalidInput
from core.principal import Principal
from workflows import stored
from workflows.errors import VersionNotFound, WorkflowNotFound
from workflows.graph.diff import compare_graphs
from workflows.models import Version, Workflow, WorkflowStatus
from workflows.types import DRAFT

UNDO_TIME = timedelta(days=30)
# Only its name is shown; these are long, and one of them sealed.
_OF_THE_CLUSTER = ("cluster__credentials", "cluster__ca_data", "cluster__metadata")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def visible_workflows(actor: Principal) -> QuerySet[Workflow]:
    """What `actor` may see and change, deleted ones left out."""
    return _of_workspace(actor).filter(deleted_at=None)


def deleted_workflows(actor: Principal) -> QuerySet[Workflow]:
    """What `actor` can still bring back."""
    return _of_workspace(actor).filter(deleted_at__gt=timezone.now() - UNDO_TIME)


def _of_workspace(actor: Principal) -> QuerySet[Workflow]:
    rows = Workflow.objects.filter(workspace_id=actor.workspace).select_related("cluster").defer(*_OF_THE_CLUSTER)
    return rows.annotate(cluster_name=clusters.name_as_seen(actor))


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


def get_workflow(*, workflow_id: str, actor: Principal) -> Workflow:
    """The workflow, or a 404 that does not tell whether it is somebody else's."""
    return pick(visible_workflows(actor), workflow_id)


def pick(rows: QuerySet[Workflow], workflow_id: str) -> Workflow:
    """The one of `rows` with this id. What is no id of ours never reaches the database."""
    workflow = rows.filter(pk=workflow_id).first() if _ID.fullmatch(workflow_id) else None
    if workflow is None:
        raise WorkflowNotFound
    return workflow


def list_workflows(
    *, status: str = "", search: str = "", with_graph: bool = True, deleted: bool = False, actor: Principal
) -> QuerySet[Workflow]:
    """`search` looks for its words literally in name, description and tags; `deleted` for what can be brought
    back."""
    rows = deleted_workflows(actor) if deleted else visible_workflows(actor)
    if status:
        if status not in WorkflowStatus.values:
            message = f"There is no status {status!r}; use one of {', '.join(WorkflowStatus.values)}."
            raise InvalidInput(message, fields={"status": [message]})
        rows = rows.filter(status=status)
    if search:
        rows = rows.annotate(tag_text=Cast("tags", TextField())).filter(_matches(search))
    return rows if with_graph else rows.defer("graph")


def _matches(search: str) -> Q:
    text = search.replace("\x00", "")
    # SQLite keeps JSON as it was written, with everything beyond ASCII escaped.
    escaped = json.dumps(text)[1:-1]
    return (
        Q(name__icontains=text)
        | Q(description__icontains=text)
        | Q(tag_text__icontains=text)
        | Q(tag_text__icontains=escaped)
    )


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
