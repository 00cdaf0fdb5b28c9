"""Deleting workflows, which can be undone for a while, and forgetting them after that."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.principal import Principal, system_principal
from vault import services as vault
from workflows import events, stored
from workflows.models import Release, Version, Workflow
from workflows.selectors import UNDO_TIME, restorable_workflows, visible_workflows
from workflows.services.hooks import clean_up
from workflows.services.rows import Check, lock, tell, unchecked, write
from workflows.types import DeletedWorkflow, Need


@transaction.atomic
def delete_workflow(
    *,
    workflow_id: str,
    cleanup: bool = False,
    delete_claims: Sequence[str] = (),
    check: Check = unchecked,
    actor: Principal,
) -> DeletedWorkflow:
    """Hides it. What it deployed stays unless `cleanup` asks for its removal, which runs as any run does."""
    workflow = lock(visible_workflows(actor, Need.OWN), workflow_id, check)
    run_ids = clean_up(workflow=workflow, delete_claims=delete_claims, actor=actor) if cleanup else []
    workflow.deleted_at = timezone.now()
    write(workflow, "deleted_at")
    tell(workflow, events.DELETED, actor, detail={"cleanup": cleanup})
    return DeletedWorkflow(workflow, workflow.deleted_at + UNDO_TIME, run_ids)


@transaction.atomic
def undelete_workflow(*, workflow_id: str, actor: Principal) -> Workflow:
    """As it was. Whoever undoes twice finds it there already."""
    workflow = lock(restorable_workflows(actor), workflow_id)
    if workflow.deleted_at is None:
        return workflow
    workflow.deleted_at = None
    write(workflow, "deleted_at")
    tell(workflow, events.RESTORED, actor)
    return workflow


def purge_deleted(*, older_than: timedelta = UNDO_TIME) -> int:
    """Forget workflows whose time for an undo is over, each with its versions, runs and secret values. The
    sweep calls it."""
    rows = Workflow.objects.filter(deleted_at__lt=timezone.now() - older_than)
    return sum(_purge(workflow_id, older_than) for workflow_id in rows.values_list("pk", flat=True))


@transaction.atomic
def _purge(workflow_id: str, older_than: timedelta) -> int:
    """One workflow per transaction: there may be many, and nobody should wait for all of them."""
    limit = timezone.now() - older_than
    workflow = Workflow.objects.select_for_update().filter(pk=workflow_id, deleted_at__lt=limit).first()
    if workflow is None:
        return 0
    own = set(_revisions(Workflow.objects.filter(pk=workflow_id)))
    tell(workflow, events.PURGED, system_principal("sweep", workflow.workspace_id))
    workspace = workflow.workspace_id
    workflow.delete()
    if own:
        # Clones point to the same revisions.
        own -= set(_revisions(Workflow.objects.filter(workspace_id=workspace)))
        vault.purge(ids=own, workspace=workspace)
    return 1


def _revisions(rows: QuerySet[Workflow]) -> Iterator[str]:
    """Every vault revision that the workflows, their versions and their releases point to."""
    texts = rows.values_list("graph", flat=True)
    old_texts = Version.objects.filter(workflow__in=rows).values_list("graph", flat=True)
    for text in (*texts.iterator(), *old_texts.iterator()):
        yield from (reference.revision for reference in stored.references(text).values() if reference is not None)
    for found in Release.objects.filter(target__workflow__in=rows).values_list("secret_revisions", flat=True):
        yield from found
