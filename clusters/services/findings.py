"""Keeping what was seen of a cluster. It is no change of the cluster: its ETag and `updated_at` stay."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from clusters import events
from clusters.models import Cluster
from clusters.services.probing import status_of
from clusters.services.rows import add_log_line
from clusters.types import Finding
from core.principal import Principal

_SEEN = ("status", "reason", "error", "presented_certificate", "version", "node_count", "checked_at")
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
    cluster.checked_at = timezone.now()


@transaction.atomic
def note_finding(*, seen: Cluster, finding: Finding, action: str, actor: Principal) -> None:
    """Keep what came of reaching `seen`, as it was when it was asked.

    If somebody changed meanwhile how it is reached, the finding says nothing about it any more. A look of the
    product itself is logged only when something is other than before, and is no act of a person.
    """
    cluster = Cluster.objects.select_for_update().defer("credentials").filter(pk=seen.pk).first()
    if cluster is None or _reach(cluster) != _reach(seen):
        return
    before = [getattr(cluster, name) for name in _TOLD]
    put_finding(cluster, finding)
    cluster.save(update_fields=_SEEN)
    is_news = before != [getattr(cluster, name) for name in _TOLD]
    is_asked = action == "tested"
    if is_news or is_asked:
        add_log_line(cluster, action, finding)
    if is_asked:
        record(
            action="cluster.tested",
            object_type="cluster",
            object_id=cluster.pk,
            object_name=cluster.name,
            detail={"status": cluster.status, "reason": cluster.reason},
            workspace=cluster.workspace_id,
            actor=actor,
        )
    if is_news:
        events.publish(cluster, events.STATUS_CHANGED)


def _reach(cluster: Cluster) -> tuple[object, ...]:
    return (cluster.server, cluster.ca_data, cluster.fingerprint, cluster.credentials_revision)
