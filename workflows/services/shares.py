"""Giving others a workflow, and taking it back. What they may do with it is decided in `workflows.selectors`.

Locks are taken in one order, the workspace of whoever gets it first and the workflow then.
"""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import services as audit
from core.errors import InvalidInput
from core.principal import Principal, system_principal
from workflows import events
from workflows.errors import NotAllowed, ShareNotFound
from workflows.models import Workflow, WorkflowShare
from workflows.selectors import get_workflow, role_of, visible_workflows
from workflows.services.rows import lock
from workflows.types import OWNER, Need

_SHARER = 254


def share_workflow(*, workflow_id: str, email: str, role: str, actor: Principal) -> tuple[WorkflowShare, bool]:
    """Give somebody a role, or another role than before; and whether they had none before.

    An address that nobody has proven to be theirs waits for that.
    """
    seen = get_workflow(workflow_id=workflow_id, need=Need.OWN, actor=actor)
    user, address = accounts.find_user_by_email(email), email.strip().lower()
    if user is not None and user.personal_workspace.pk == seen.workspace_id:
        message = "The workflow is theirs already."
        raise InvalidInput(message, fields={"email": [message]})
    with transaction.atomic():
        if user is not None:
            _lock_workspace(user.personal_workspace.pk)
            # Whether the address is proven must be known as it is under the lock: proving it takes it as well.
            user = accounts.get_users({user.pk}).get(user.pk)
        workflow = lock(visible_workflows(actor, Need.OWN), workflow_id)
        rows = WorkflowShare.objects.select_for_update(of=("self",)).filter(workflow=workflow)
        share = rows.filter(workspace=user.personal_workspace.pk).first() if user is not None else None
        share = share or rows.filter(email=address).first()
        is_new = share is None
        if share is None:
            share = WorkflowShare(workflow=workflow, email=address)
        elif share.role == role:
            return share, False
        share.role, share.shared_by = role, actor.name[:_SHARER]
        if share.is_pending and user is not None and user.is_email_verified:
            _make_theirs(share, user)
        share.save(force_insert=is_new)
        _tell(workflow, share, events.SHARED if is_new else events.SHARE_CHANGED, actor)
        return share, is_new


@transaction.atomic
def unshare_workflow(*, workflow_id: str, share_id: str, actor: Principal) -> WorkflowShare:
    """Take it back; or give it back, for whoever has it may always leave."""
    workflow = get_workflow(workflow_id=workflow_id, actor=actor)
    rows = WorkflowShare.objects.select_for_update(of=("self",)).filter(workflow=workflow)
    share = rows.filter(pk=share_id).first()
    role = role_of(workflow)
    if role != OWNER and (share is None or share.workspace_id != actor.workspace):
        raise NotAllowed(role, Need.OWN)
    if share is None:
        raise ShareNotFound
    ident = share.pk
    share.delete()
    share.pk = ident
    _tell(workflow, share, events.UNSHARED, actor)
    return share


@transaction.atomic
def accept_shares(*, user: Any) -> int:
    """What waits for this person's address, which they have proven, becomes theirs. Returns how many."""
    workspace = user.personal_workspace.pk
    _lock_workspace(workspace)
    rows = WorkflowShare.objects.select_for_update(of=("self",)).select_related("workflow").defer("workflow__graph")
    accepted = 0
    for share in rows.filter(email=user.email, workspace=None).order_by("created_at", "pk"):
        if share.workflow.workspace_id == workspace:
            share.delete()  # They had it shared with an address that became theirs.
            continue
        earlier = WorkflowShare.objects.filter(workflow_id=share.workflow_id, workspace=workspace).first()
        if earlier is not None:
            # Shared with two addresses of one person: what was said last counts.
            share.delete()
            if share.updated_at <= earlier.updated_at:
                continue
            earlier.role, share = share.role, earlier
        else:
            _make_theirs(share, user)
        share.save()
        accepted += 1
        _tell(share.workflow, share, events.SHARED, system_principal("sharing", share.workflow.workspace_id))
    return accepted


def on_address_proven(*, user: Any, **_: Any) -> None:
    """Receiver of `accounts.events.user_registered` and `email_verified`, in their transaction."""
    if user.is_email_verified:
        accept_shares(user=user)


def _make_theirs(share: WorkflowShare, user: Any) -> None:
    share.user_id, share.workspace_id = user.pk, user.personal_workspace.pk
    share.accepted_at = timezone.now()


def _lock_workspace(workspace: str) -> None:
    rows = apps.get_model("accounts", "Workspace")._default_manager.select_for_update(no_key=True)
    rows.filter(pk=workspace).values_list("pk").first()


def _tell(workflow: Workflow, share: WorkflowShare, type: str, actor: Principal) -> None:
    """Audit record, and news for those with whom it is shared. Last in its transaction."""
    audit.record(
        action=type,
        object_type="workflow",
        object_id=workflow.pk,
        object_name=workflow.name,
        detail={"share": share.pk, "email": share.email, "role": share.role},
        workspace=workflow.workspace_id,
        actor=actor,
    )
    events.publish_share(share, type)
