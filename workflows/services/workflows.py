"""Making and changing workflows: what they are called, where they run by default, and what they are worth."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from clusters import selectors as clusters
from core.errors import InvalidInput
from core.principal import Principal
from workflows import events, stored
from workflows.models import Workflow, WorkflowStatus
from workflows.selectors import carry_cluster_name, cluster_name_of, visible_workflows
from workflows.services.graphs import GRAPH_FIELDS, keep_graph, refuse_unrunnable
from workflows.services.hooks import clean_up
from workflows.services.rows import Check, lock, tell, unchecked, write
from workflows.types import ChangedStatus, GraphInput, Need, WorkflowFields

NAME_LENGTH = 200
MAX_TAGS = 50
TAG_LENGTH = 50
# Short enough that names made of it and of a node's name stay within what Kubernetes allows.
_SLUG_LENGTH = 40
_SLUG_TRIES = 20
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@transaction.atomic
def create_workflow(
    *, fields: WorkflowFields, sent: GraphInput | None = None, status: str = WorkflowStatus.DRAFT, actor: Principal
) -> Workflow:
    """A new one in the actor's workspace, with the graph if there is one already."""
    values = _checked(fields, actor)
    if not values.get("name"):
        raise _bad("name", "Give the workflow a name.")
    workflow = Workflow(workspace_id=actor.workspace, owner_id=actor.id, status=status, **values)
    if sent is not None and not sent.is_absent:
        keep_graph(sent, stored.EMPTY, workflow.workspace_id).put_into(workflow)
    _insert(workflow)
    tell(workflow, events.CREATED, actor)
    return workflow


@transaction.atomic
def update_workflow(
    *,
    workflow_id: str,
    fields: WorkflowFields,
    sent: GraphInput | None = None,
    check: Check = unchecked,
    actor: Principal,
) -> Workflow:
    """Changes what is given and nothing else; a value that is there already is no change."""
    workflow = lock(visible_workflows(actor), workflow_id, check)
    values = _checked(fields, actor)
    if workflow.cluster is not None and cluster_name_of(workflow) is None and values.get("cluster", "") is None:
        # Whoever may not see where it runs sends back the nothing that they were shown.
        del values["cluster"]
    changed = [name for name, value in values.items() if getattr(workflow, name) != value]
    for name in changed:
        setattr(workflow, name, values[name])
    columns = list(changed)
    if sent is not None and not sent.is_absent:
        kept = keep_graph(sent, workflow.graph, workflow.workspace_id)
        if kept.put_into(workflow):
            columns += GRAPH_FIELDS
            changed.append("graph")
    if changed:
        write(workflow, *columns)
        tell(workflow, events.UPDATED, actor, detail={"changed": changed}, changed=changed)
    return workflow


@transaction.atomic
def clone_workflow(*, workflow_id: str, name: str = "", actor: Principal) -> Workflow:
    """A draft of one's own with the same graph. Its secrets point to the same revisions if it has the same owner,
    else they wait for values; nor does it run where somebody else's does."""
    original = lock(visible_workflows(actor, Need.VIEW), workflow_id)
    is_own = original.workspace_id == actor.workspace
    workflow = Workflow(
        workspace_id=actor.workspace,
        owner_id=actor.id,
        name=_clean_name(name) if name.strip() else _copy_name(original.name),
        description=original.description,
        tags=original.tags,
        cluster=original.cluster if cluster_name_of(original) is not None else None,
        namespace=original.namespace,
        graph=original.graph if is_own else stored.masked(original.graph),
        node_words=stored.node_words(original.graph),
        node_count=original.node_count,
        edge_count=original.edge_count,
    )
    _insert(workflow)
    carry_cluster_name(original, workflow)
    detail = {"cloned_from": original.pk}
    tell(workflow, events.CREATED, actor, action="workflow.cloned", detail=detail, **detail)
    return workflow


@transaction.atomic
def set_status(
    *,
    workflow_id: str,
    status: str,
    cleanup: bool = False,
    delete_claims: Sequence[str] = (),
    check: Check = unchecked,
    actor: Principal,
) -> ChangedStatus:
    """Publishing is refused while the graph could not run. Archiving may also remove what was deployed."""
    workflow = lock(visible_workflows(actor, Need.OWN if cleanup else Need.EDIT), workflow_id, check)
    run_ids: list[str] = []
    if status == WorkflowStatus.PUBLISHED:
        refuse_unrunnable(workflow)
    if cleanup:
        if status != WorkflowStatus.ARCHIVED:
            raise _bad("cleanup", "Only archiving and deleting can clean up; leave cleanup out.")
        run_ids = clean_up(workflow=workflow, delete_claims=delete_claims, actor=actor)
    if status != workflow.status:
        detail = {"from": workflow.status, "to": status}
        workflow.status = status
        write(workflow, "status")
        tell(workflow, events.UPDATED, actor, action="workflow.status_changed", detail=detail, changed=["status"])
    return ChangedStatus(workflow, run_ids)


def _checked(fields: WorkflowFields, actor: Principal) -> dict[str, Any]:
    """The columns to set."""
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = _clean_name(fields["name"])
    if "description" in fields:
        values["description"] = fields["description"]
    if "tags" in fields:
        values["tags"] = _clean_tags(fields["tags"])
    if "namespace" in fields:
        values["namespace"] = _clean_namespace(fields["namespace"])
    if "cluster" in fields:
        named = fields["cluster"]
        values["cluster"] = clusters.get_cluster(name_or_id=named, actor=actor) if named else None
    return values


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LENGTH:
        raise _bad("name", f"A name has 1 to {NAME_LENGTH} characters.")
    if any(unicodedata.category(char) == "Cc" for char in cleaned):
        raise _bad("name", "A name has no control characters; remove them.")
    return cleaned


def _clean_tags(tags: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(cleaned) > MAX_TAGS or any(len(tag) > TAG_LENGTH for tag in cleaned):
        raise _bad("tags", f"A workflow has at most {MAX_TAGS} tags, each of at most {TAG_LENGTH} characters.")
    return cleaned


def _clean_namespace(namespace: str) -> str:
    cleaned = namespace.strip()
    if cleaned and _NAMESPACE.fullmatch(cleaned) is None:
        raise _bad(
            "namespace",
            "A namespace has up to 63 lower case letters, digits and dashes, and neither begins nor ends with one.",
        )
    return cleaned


def _copy_name(name: str) -> str:
    ending = " (copy)"
    return name[: NAME_LENGTH - len(ending)].rstrip() + ending


def _bad(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: [message]})


def _insert(workflow: Workflow) -> None:
    """Under a slug that nobody in the workspace has, deleted workflows included: they may come back."""
    workflow.updated_at = timezone.now()
    base = slugify(workflow.name)[:_SLUG_LENGTH].strip("-_") or "workflow"
    base = base.replace("_", "-")
    for attempt in range(_SLUG_TRIES):
        workflow.slug = _free_slug(base, workflow.workspace_id)
        try:
            with transaction.atomic():
                workflow.save(force_insert=True)
        except IntegrityError:  # Somebody else took the slug between our look and our insert.
            if attempt == _SLUG_TRIES - 1:
                raise
        else:
            return


def _free_slug(base: str, workspace: str) -> str:
    rows = Workflow.objects.filter(workspace_id=workspace, slug__startswith=base)
    taken = set(rows.values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
