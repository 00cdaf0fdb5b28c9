"""Keeping what was seen of a cluster. It is no change of the cluster: its ETag and `updated_at` stay."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from clusters import events
from clusters.metadata import Metadata
from clusters.models import Cluster
from clusters.services.pace import pause_after
from clusters.services.probing import status_of
from clusters.services.rows import add_log_line
from clusters.types import Finding
from core.principal import Principal

_SEEN = (
    "status",
    "reason",
    "error",
    "presented_certificate",
    "version",
    "node_count",
    "checked_at",
    "failures",
    "next_check_at",
)
# What somebody asked for is logged each time, and is an act of theirs; a look of the product itself is not.
_ASKED = {"tested": "cluster.tested", "refreshed": "cluster.refreshed"}
# What others are told of when it changes.
_TOLD = ("status", "reason", "version")


def put_finding(cluster: Cluster, finding: Finding) -> None:
    """Set the fields of `cluster`, which is not saved. The version last seen outlives a failure."""
    cluster.status = status_of(finding)
    cluster.reason = finding.reason
    cluster.error = finding.error
    cluster.presented_certificate = finding.certificate.as_json() if finding.certificate else None
    if finding.is_healthy:
        cluster.version = finding.version
        cluster.node_count = finding.nodes
    cluster.failures = 0 if finding.is_healthy else cluster.failures + 1
    cluster.checked_at = timezone.now()
    cluster.next_check_at = cluster.checked_at + pause_after(cluster.failures)


@transaction.atomic
def note_finding(
    *, seen: Cluster, finding: Finding, action: str, metadata: Metadata | None = None, actor: Principal
) -> None:
    """Keep what came of reaching `seen`, as it was when it was asked.

    If somebody changed meanwhile how it is reached, the finding says nothing about it any more. A look of the
    product itself is logged only when something is other than before, and is no act of a person.
    """
    cluster = Cluster.objects.select_for_update().defer("credentials", "metadata").filter(pk=seen.pk).first()
    if cluster is None or _reach(cluster) != _reach(seen):
        return
    before = [getattr(cluster, name) for name in _TOLD]
    put_finding(cluster, finding)
    columns: tuple[str, ...] = _SEEN
    if metadata is not None:
        cluster.metadata, cluster.refreshed_at = metadata.to_json(), cluster.checked_at
        columns = (*_SEEN, "metadata", "refreshed_at")
    cluster.save(update_fields=columns)
    is_news = before != [getattr(cluster, name) for name in _TOLD]
    asked = _ASKED.get(action)
    if is_news or asked:
        add_log_line(cluster, action, finding)
    if asked:
        record(
            action=asked,
            object_type="cluster",
            object_id=cluster.pk,
            object_name=cluster.name,
            detail={"status": cluster.status, "reason": cluster.reason},
            workspace=cluster.workspace_id,
            actor=actor,
        )
    if is_news:
        events.publish_status(cluster, was=str(before[0]))


def _reach(cluster: Cluster) -> tuple[object, ...]:
    return (cluster.server, cluster.ca_data, cluster.fingerprint, cluster.credentials_revision)
