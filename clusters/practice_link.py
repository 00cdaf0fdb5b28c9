"""The practice cluster of this process, and the row that gives each person theirs.

Its address and tokens come from the server object itself, so nothing of them is sealed or stored. Without a
server here (the practice cluster is off, or served by another process) its rows cannot be reached.
"""

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import record
from clusters import events
from clusters.kube.connection import Connection
from clusters.kube.gateway import Unreachable
from clusters.models import AuthType, Cluster, ClusterAccess, ClusterShare, ClusterStatus
from clusters.names import PRACTICE
from core.principal import system_principal

if TYPE_CHECKING:
    from clusters.practice.server import PracticeServer

_BATCH = 500
_lock = threading.Lock()
_server: "PracticeServer | None" = None


def register_practice(server: "PracticeServer") -> None:
    """Called once the server listens: rows get its address, and whoever has none gets a row."""
    global _server
    with _lock:
        _server = server
    _update_rows(server)
    for workspace, owner in _without_row():
        _make_row(workspace, owner)


def unregister_practice() -> None:
    """The server is gone; from now on its rows cannot be reached."""
    global _server
    with _lock:
        _server = None


def connection_for(workspace: str) -> Connection:
    """How to reach the practice cluster of one workspace."""
    server = _server
    if server is None:
        raise Unreachable("The practice cluster is not running on this installation.", reason="refused")
    return Connection(
        server=server.tenant_url(workspace),
        ca_data=server.ca_pem,
        token=server.tenant_token(workspace),
        allowed_networks=("127.0.0.1/32", "::1/128"),
    )


def on_user_registered(*, user: Any, **_: Any) -> None:
    """Receiver of `accounts.events.user_registered`, in the transaction of the sign-up."""
    if settings.PRACTICE_ENABLED:
        _make_row(user.personal_workspace.pk, user.pk)


def _make_row(workspace: str, owner: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        cluster = Cluster(
            workspace_id=workspace,
            owner_id=owner,
            name=PRACTICE,
            display_name="Practice cluster",
            description="A simulated cluster that comes with Sailcloth, to try things on.",
            access=ClusterAccess.PRACTICE,
            auth_type=AuthType.BEARER_TOKEN,
            is_default=not any(
                rows.objects.filter(workspace_id=workspace, is_default=True).exists()
                for rows in (Cluster, ClusterShare)
            ),
            created_at=now,
            updated_at=now,
        )
        _show_server(cluster, _server, now)
        cluster.save(force_insert=True)
        record(
            action=events.CREATED,
            object_type="cluster",
            object_id=cluster.pk,
            object_name=cluster.name,
            detail={"access": PRACTICE},
            actor=system_principal(PRACTICE, workspace),
        )
        events.publish(cluster, events.CREATED)


def _update_rows(server: "PracticeServer") -> None:
    """The port may be another one than before the last start."""
    now = timezone.now()
    rows = Cluster.objects.filter(access=ClusterAccess.PRACTICE).defer("credentials")
    changed = []
    for cluster in rows.iterator(_BATCH):
        before = (cluster.server, cluster.ca_data, cluster.status, cluster.version)
        _show_server(cluster, server, now)
        if before != (cluster.server, cluster.ca_data, cluster.status, cluster.version):
            changed.append(cluster)
    fields = ("server", "ca_data", "status", "reason", "error", "version", "node_count", "checked_at")
    Cluster.objects.bulk_update(changed, fields, batch_size=_BATCH)


def _show_server(cluster: Cluster, server: "PracticeServer | None", now: datetime) -> None:
    """What a probe would find: it is not asked, for that would load every tenant into memory."""
    if server is None:
        return
    from clusters.practice.discovery import GIT_VERSION

    cluster.server = server.tenant_url(cluster.workspace_id)
    cluster.ca_data = server.ca_pem
    cluster.status = ClusterStatus.CONNECTED
    cluster.reason = cluster.error = ""
    cluster.version = GIT_VERSION
    cluster.node_count = 1
    cluster.checked_at = now


def _without_row() -> list[tuple[str, str]]:
    """Personal workspaces without a practice cluster: made while it was off, or before it came."""
    workspaces = apps.get_model("accounts", "Workspace")._default_manager.filter(personal_of__isnull=False)
    have = Cluster.objects.filter(access=ClusterAccess.PRACTICE).values("workspace_id")
    return list(workspaces.exclude(pk__in=have).values_list("pk", "owner_id"))
