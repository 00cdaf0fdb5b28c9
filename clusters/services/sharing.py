"""Giving others a cluster, and taking it back. What they may do with it is decided in `clusters.access`.

Locks are taken in one order, the workspace of whoever gets it first and the cluster then, so that two who share
with each other never wait for each other.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit.services import record
from clusters import events, selectors
from clusters.access import require, rights_of
from clusters.errors import BadField, NamespaceNotShared, ShareNotFound
from clusters.models import Cluster, ClusterShare
from clusters.names import check_namespace
from clusters.services.defaults import fall_back_to_practice
from clusters.services.live_targets import revoke
from clusters.services.rows import free_name, lock_cluster, lock_workspace, refuse_practice
from clusters.types import Need, Rights
from core.principal import Principal, system_principal

MAX_NAMESPACES = 200
_SHARER = 254


def share_cluster(
    *,
    name_or_id: str,
    email: str = "",
    user_id: str = "",
    role: str,
    namespaces: Sequence[str] = (),
    actor: Principal,
) -> tuple[ClusterShare, bool]:
    """Give somebody a role on a cluster, or another role than before; and whether they had none before.

    Without `namespaces` it is the whole cluster. An address that nobody has proven to be theirs waits for that.
    """
    seen = selectors.get_cluster(name_or_id=name_or_id, actor=actor, need=Need.SHARE)
    refuse_practice(seen, "shared")
    limit = _checked_namespaces(namespaces)
    user, address = _addressee(email, user_id)
    if user is not None and user.personal_workspace.pk == seen.workspace_id:
        raise BadField("email" if email else "user_id", "The cluster is theirs already.")
    with transaction.atomic():
        if user is not None:
            lock_workspace(user.personal_workspace.pk)
            # Whether the address is proven must be known as it is under the lock: proving it takes it as well.
            user = accounts.get_users({user.pk}).get(user.pk)
        cluster = lock_cluster(seen.pk, actor, need=Need.SHARE)
        rights = rights_of(cluster)
        if not rights.covers(_as_set(limit)):
            raise NamespaceNotShared(sorted(rights.namespaces or ()))
        share, is_new = _put(cluster, user, address, role, limit, rights, actor)
    return share, is_new


@transaction.atomic
def unshare_cluster(*, name_or_id: str, share_id: str, actor: Principal) -> ClusterShare:
    """Take it back; or give it back, for whoever has it may always leave."""
    seen = selectors.get_cluster(name_or_id=name_or_id, actor=actor)
    share = ClusterShare.objects.filter(cluster_id=seen.pk, pk=share_id).first()
    is_own = share is not None and share.workspace_id == actor.workspace
    if not is_own:
        require(rights_of(seen), Need.SHARE)
    if share is None:
        raise ShareNotFound
    if share.workspace_id:
        lock_workspace(share.workspace_id)
    cluster = lock_cluster(seen.pk, actor)
    share = ClusterShare.objects.select_for_update(of=("self",)).filter(pk=share.pk).first()
    if share is None:
        raise ShareNotFound
    if not is_own:
        _refuse_beyond(rights_of(cluster), share)
    ident = share.pk
    share.delete()
    share.pk = ident
    if share.workspace_id:
        revoke(cluster.pk, share.workspace_id)
    if share.is_default and share.workspace_id:
        fall_back_to_practice(share.workspace_id, actor)
    _tell(cluster, share, events.UNSHARED, actor)
    return share


@transaction.atomic
def accept_shares(*, user: Any) -> int:
    """What waits for this person's address, which they have proven, becomes theirs. Returns how many."""
    workspace = user.personal_workspace.pk
    lock_workspace(workspace)
    waiting = (
        ClusterShare.objects.select_for_update(of=("self",)).select_related("cluster").defer("cluster__credentials")
    )
    accepted = 0
    for share in waiting.filter(email=user.email, workspace=None).order_by("created_at", "pk"):
        if share.cluster.workspace_id == workspace:
            share.delete()  # They had it shared with an address that became theirs.
            continue
        earlier = ClusterShare.objects.filter(cluster_id=share.cluster_id, workspace=workspace).first()
        if earlier is not None:
            # Shared with two addresses of one person: what was said last counts.
            share.delete()
            if share.updated_at <= earlier.updated_at:
                continue
            earlier.role, earlier.namespaces, share = share.role, share.namespaces, earlier
        else:
            _make_theirs(share, share.cluster, user)
        share.save()
        accepted += 1
        _tell(share.cluster, share, events.SHARED, system_principal("sharing", share.cluster.workspace_id))
    return accepted


def on_address_proven(*, user: Any, **_: Any) -> None:
    """Receiver of `accounts.events.user_registered` and `email_verified`, in their transaction."""
    if user.is_email_verified:
        accept_shares(user=user)


def _put(
    cluster: Cluster,
    user: Any,
    address: str,
    role: str,
    namespaces: list[str] | None,
    rights: Rights,
    actor: Principal,
) -> tuple[ClusterShare, bool]:
    rows = ClusterShare.objects.select_for_update(of=("self",)).filter(cluster=cluster)
    share = rows.filter(workspace=user.personal_workspace.pk).first() if user is not None else None
    share = share or rows.filter(email=address).first()
    is_new = share is None
    if share is None:
        share = ClusterShare(cluster=cluster, email=address)
    else:
        _refuse_beyond(rights, share)
        if (share.role, share.namespaces) == (role, namespaces):
            return share, False
    share.role, share.namespaces, share.shared_by = role, namespaces, actor.name[:_SHARER]
    if share.is_pending and user is not None and user.is_email_verified:
        _make_theirs(share, cluster, user)
    share.save(force_insert=is_new)
    if share.workspace_id and not is_new:
        revoke(cluster.pk, share.workspace_id)
    _tell(cluster, share, events.SHARED if is_new else events.SHARE_CHANGED, actor)
    return share, is_new


def _make_theirs(share: ClusterShare, cluster: Cluster, user: Any) -> None:
    workspace = user.personal_workspace.pk
    share.user_id, share.workspace_id = user.pk, workspace
    share.name = free_name(cluster.name, workspace)
    share.accepted_at = timezone.now()


def _addressee(email: str, user_id: str) -> tuple[Any, str]:
    """The person, if there is one with an account, and the address by which they are known here."""
    if bool(email) == bool(user_id):
        raise BadField("email", "Say with whom to share it: either email or user_id.")
    if email:
        return accounts.find_user_by_email(email), email.strip().lower()
    user = accounts.get_users({user_id}).get(user_id)
    if user is None or not user.is_active:
        raise BadField("user_id", "There is nobody with this user_id.")
    return user, user.email


def _checked_namespaces(names: Sequence[str]) -> list[str] | None:
    found = sorted(set(names))
    if len(found) > MAX_NAMESPACES:
        raise BadField("namespaces", f"At most {MAX_NAMESPACES} namespaces can be named; leave them out to share all.")
    for name in found:
        check_namespace(name)
    return found or None


def _refuse_beyond(rights: Rights, share: ClusterShare) -> None:
    """Who has some namespaces only has no say over who has others."""
    if not rights.covers(_as_set(share.namespaces)):
        raise NamespaceNotShared(sorted(rights.namespaces or ()))


def _as_set(namespaces: list[str] | None) -> frozenset[str] | None:
    return None if namespaces is None else frozenset(namespaces)


def _tell(cluster: Cluster, share: ClusterShare, type: str, actor: Principal) -> None:
    """Audit record, and news for those with whom it is shared. Last in its transaction."""
    record(
        action=type,
        object_type="cluster",
        object_id=cluster.pk,
        object_name=cluster.name,
        detail={"share": share.pk, "email": share.email, "role": share.role, "namespaces": share.namespaces or []},
        workspace=cluster.workspace_id,
        actor=actor,
    )
    events.publish_share(share, type)
