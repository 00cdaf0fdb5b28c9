"""Adding, changing, choosing and removing clusters.

A cluster is asked before the transaction begins, never within: nobody waits for a lock while a cluster
thinks.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from clusters import events, selectors
from clusters.access import carry, is_their_default, mark_own, require, rights_of, shown_name
from clusters.errors import BadField, HasLiveTargets, NameTaken
from clusters.kube.connection import Connection
from clusters.kube.network import parse_server
from clusters.models import AuthType, Cluster, ClusterShare
from clusters.names import check_name
from clusters.services import defaults, gateways, live_targets
from clusters.services.findings import put_finding
from clusters.services.inputs import Given, completed, read_connection, with_address
from clusters.services.probing import find_out
from clusters.services.rows import (
    Check,
    add_log_line,
    is_taken,
    lock_cluster,
    lock_workspace,
    no_check,
    refuse_practice,
    tell,
)
from clusters.services.sealing import connection_of, put_connection
from clusters.types import Finding, Need
from core.errors import Conflict
from core.principal import Principal


def create_cluster(
    *, name: str, given: Given, description: dict[str, Any] | None = None, is_default: bool = False, actor: Principal
) -> Cluster:
    """Add a cluster whether or not it can be reached now; the first one becomes the default.

    `description` has any of display_name, description and labels.
    """
    check_name(name)
    connection = read_connection(given, actor=actor)
    _refuse_taken(name, actor.workspace)
    finding = find_out(connection)
    with transaction.atomic():
        lock_workspace(actor.workspace)
        _refuse_taken(name, actor.workspace)
        now = timezone.now()
        cluster = Cluster(
            workspace_id=actor.workspace,
            owner_id=actor.id,
            name=name,
            auth_type=given.auth_type,
            created_at=now,
            updated_at=now,
            **description or {},
        )
        if is_default:
            defaults.clear_default(actor.workspace)
        cluster.is_default = is_default or not defaults.has_default(actor.workspace)
        put_connection(cluster, connection)
        put_finding(cluster, finding)
        cluster.save(force_insert=True)
        mark_own(cluster)
        add_log_line(cluster, "created", finding)
        tell(cluster, events.CREATED, {"server": cluster.server, "auth_type": cluster.auth_type}, actor)
    return cluster


def update_cluster(
    *,
    name_or_id: str,
    name: str | None = None,
    given: Given,
    description: dict[str, Any] | None = None,
    check: Check = no_check,
    actor: Principal,
) -> Cluster:
    """Change what is given. The cluster is asked again only if where, whom to trust or as whom changed."""
    seen = selectors.get_cluster(name_or_id=name_or_id, actor=actor, need=Need.MANAGE)
    check(seen)
    refuse_practice(seen, "changed")
    if name is not None and name != shown_name(seen):
        # Others know it by names of their own.
        require(rights_of(seen), Need.OWN)
        check_name(name)
    connection = _changed_connection(seen, given, actor)
    finding = find_out(connection) if connection is not None else None
    with transaction.atomic():
        lock_workspace(seen.workspace_id)
        cluster = lock_cluster(seen.pk, actor, need=Need.MANAGE)
        check(cluster)
        changed = _put_description(cluster, name, description or {})
        if connection is not None and finding is not None:
            changed += _put_changed_connection(cluster, seen, given, connection, finding)
        if not changed:
            return cluster
        cluster.revision += 1
        cluster.updated_at = timezone.now()
        cluster.save()
        carry(cluster, cluster)
        if finding is not None:
            add_log_line(cluster, "updated", finding)
        tell(cluster, events.UPDATED, {"changed": changed}, actor)
    return cluster


@transaction.atomic
def set_default_cluster(*, name_or_id: str, check: Check = no_check, actor: Principal) -> Cluster:
    """From now on it is used where none is named. That is no change of the cluster, so its ETag stays."""
    lock_workspace(actor.workspace)
    cluster = lock_cluster(name_or_id, actor)
    check(cluster)
    if not is_their_default(cluster):
        defaults.make_default(cluster, actor.workspace)
        tell(cluster, events.DEFAULT_CHANGED, {}, actor, workspace=actor.workspace)
    return cluster


@transaction.atomic
def delete_cluster(*, name_or_id: str, force: bool = False, actor: Principal) -> Cluster:
    """Forget it. What was deployed stays where it is, which is why that needs `force`.

    Whose default it was has the practice cluster as the default again.
    """
    seen = selectors.get_cluster(name_or_id=name_or_id, actor=actor, need=Need.OWN)
    given = ClusterShare.objects.filter(cluster=seen).exclude(workspace=None)
    bereft = sorted({str(pk) for pk in given.filter(is_default=True).values_list("workspace_id", flat=True)})
    for workspace in sorted({*bereft, actor.workspace}):
        lock_workspace(workspace)
    cluster = lock_cluster(seen.pk, actor, need=Need.OWN)
    refuse_practice(cluster, "deleted")
    names = None if force else live_targets.live_targets(cluster.pk)
    if names is not None:
        raise HasLiveTargets(cluster.name, names)
    ident, shares = cluster.pk, list(given)
    cluster.delete()
    cluster.pk = ident
    for workspace in [*([actor.workspace] if cluster.is_default else []), *bereft]:
        if not defaults.has_default(workspace):
            defaults.fall_back_to_practice(workspace, actor)
    for share in shares:
        events.publish_share(share, events.UNSHARED)
    transaction.on_commit(lambda: gateways.forget(ident), robust=True)
    tell(cluster, events.DELETED, {"server": cluster.server, "is_forced": force}, actor)
    return cluster


def _refuse_taken(name: str, workspace: str) -> None:
    if is_taken(name, workspace):
        raise NameTaken(name)


def _put_description(cluster: Cluster, name: str | None, description: dict[str, Any]) -> list[str]:
    """Which fields are other than before."""
    is_renamed = name is not None and name != shown_name(cluster)
    if name is not None and is_renamed:
        _refuse_taken(name, cluster.workspace_id)
    wanted = {**description, **({"name": name} if is_renamed else {})}
    changed = [field for field, value in wanted.items() if getattr(cluster, field) != value]
    for field in changed:
        setattr(cluster, field, wanted[field])
    return changed


def _changed_connection(seen: Cluster, given: Given, actor: Principal) -> Connection | None:
    """None when neither address, trust nor credentials are other than before."""
    is_other_kind = bool(given.auth_type) and given.auth_type != seen.auth_type
    if is_other_kind or given.has_credentials:
        return read_connection(completed(seen, given), actor=actor)
    if not given.has_address or seen.auth_type == AuthType.SERVICE_ACCOUNT:
        return None
    before = connection_of(seen)
    after = with_address(before, given)
    if after == before:
        return None
    if parse_server(after.server).host != parse_server(before.server).host:
        # Else whoever may change a cluster, but never read its credentials, could have them sent to them.
        raise BadField("server", "server: Another host needs the credentials with it; send them in the same request.")
    if not rights_of(seen).may(Need.OWN):
        # Likewise by another port of that host, or by whom to trust there.
        raise BadField("server", "server: Whoever does not own the cluster sends the credentials with a new address.")
    return after


def _put_changed_connection(
    cluster: Cluster, seen: Cluster, given: Given, connection: Connection, finding: Finding
) -> list[str]:
    if (cluster.credentials_revision, cluster.server) != (seen.credentials_revision, seen.server):
        raise Conflict("Someone else changed how this cluster is reached in the meantime. Load it again.")
    changed = [
        name for name in ("server", "ca_data", "fingerprint") if getattr(connection, name) != getattr(cluster, name)
    ]
    if (given.auth_type or seen.auth_type) != seen.auth_type or given.has_credentials:
        cluster.auth_type = given.auth_type or seen.auth_type
        cluster.credentials_revision += 1
        changed.append("credentials")
    put_connection(cluster, connection)
    put_finding(cluster, finding)
    return changed
