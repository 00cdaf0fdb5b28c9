"""Asking clusters how they are: on request, from time to time, and with new credentials."""

from dataclasses import replace

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from clusters import events, selectors
from clusters.errors import BadField, credentials_refused
from clusters.kube.connection import Connection
from clusters.kube.gateway import ClusterError
from clusters.models import AuthType, Cluster, ClusterAccess
from clusters.services import probing
from clusters.services.findings import note_finding, put_finding
from clusters.services.inputs import Given, completed, read_connection
from clusters.services.pace import CLAIM
from clusters.services.rows import Check, add_log_line, lock_cluster, no_check, refuse_practice, tell
from clusters.services.sealing import connection_of, put_connection
from clusters.types import Finding, Need
from core import jobs
from core.errors import Conflict, InvalidInput
from core.principal import Principal, system_principal

CHECK_JOB = "clusters.check_cluster"
_CHECKS_AT_ONCE = 100


def test_cluster(*, name_or_id: str, actor: Principal) -> Finding:
    """Try to reach it now."""
    cluster = selectors.get_cluster(name_or_id=name_or_id, actor=actor)
    finding = _ask(cluster)
    note_finding(seen=cluster, finding=finding, action="tested", actor=actor)
    return finding


def check_cluster(*, cluster_id: str) -> None:
    """The same for the product itself, in the background."""
    cluster = Cluster.objects.filter(pk=cluster_id).first()
    if cluster is not None:
        actor = system_principal("checks", cluster.workspace_id)
        note_finding(seen=cluster, finding=_ask(cluster), action="checked", actor=actor)


def wake_stale_checks() -> int:
    """Have the clusters looked at whose time has come; the sweep calls it. Returns how many.

    Of several who sweep one takes each. The practice cluster is ours: asking would only load every tenant into
    memory.
    """
    now = timezone.now()
    due = Q(next_check_at=None) | Q(next_check_at__lte=now)
    rows = Cluster.objects.filter(due).exclude(access__in=(ClusterAccess.PRACTICE, ClusterAccess.AGENT))
    found = list(rows.order_by(F("next_check_at").asc(nulls_first=True)).values_list("pk", flat=True)[:_CHECKS_AT_ONCE])
    woken = 0
    for pk in found:
        if Cluster.objects.filter(due, pk=pk).update(next_check_at=now + CLAIM):
            jobs.wake(CHECK_JOB, pk)
            woken += 1
    return woken


def change_credentials(*, name_or_id: str, given: Given, check: Check = no_check, actor: Principal) -> Cluster:
    """Replace the credentials once the new ones have been seen to work; else the old ones stay.

    The address stays as well: a kubeconfig brings its credential, and the authority where it has one.
    """
    seen = selectors.get_cluster(name_or_id=name_or_id, actor=actor, need=Need.MANAGE)
    check(seen)
    refuse_practice(seen, "given other credentials")
    auth_type = given.auth_type or _kind(given) or seen.auth_type
    if auth_type == AuthType.SERVICE_ACCOUNT and seen.auth_type != auth_type:
        raise BadField("auth_type", "auth_type: The service account is of another cluster; add it as one of its own.")
    connection = _at_the_same_address(seen, replace(given, auth_type=auth_type, server=seen.server), actor)
    finding = probing.find_out(connection)
    if not finding.is_healthy:
        _remember_refusal(seen, finding)
        raise credentials_refused(finding)
    with transaction.atomic():
        cluster = lock_cluster(seen.pk, actor, need=Need.MANAGE)
        check(cluster)
        if (cluster.credentials_revision, cluster.server) != (seen.credentials_revision, seen.server):
            raise Conflict("Someone else changed how this cluster is reached in the meantime. Load it again.")
        cluster.auth_type = auth_type
        cluster.credentials_revision += 1
        cluster.revision += 1
        cluster.updated_at = timezone.now()
        put_connection(cluster, connection)
        put_finding(cluster, finding)
        cluster.save()
        add_log_line(cluster, "credentials_changed", finding)
        tell(cluster, events.CREDENTIALS_CHANGED, {"auth_type": auth_type}, actor)
    return cluster


def _ask(cluster: Cluster) -> Finding:
    try:
        return probing.find_out(connection_of(cluster))
    except ClusterError as error:
        return probing.failure(error)
    except InvalidInput as error:
        # The identity of a pod, where we do not run in one any more.
        return Finding(reason="unauthorized", error=error.message)


def _at_the_same_address(cluster: Cluster, given: Given, actor: Principal) -> Connection:
    connection = read_connection(completed(cluster, given), actor=actor)
    if connection.ca_data or connection.fingerprint or given.ca_data is not None or given.fingerprint is not None:
        return connection
    return replace(connection, ca_data=cluster.ca_data, fingerprint=cluster.fingerprint)


def _kind(given: Given) -> str:
    """Which kind of credential was sent without saying so."""
    if given.kubeconfig:
        return AuthType.KUBECONFIG
    if given.client_certificate_data or given.client_key_data:
        return AuthType.CLIENT_CERTIFICATE
    return AuthType.BEARER_TOKEN if given.token else ""


@transaction.atomic
def _remember_refusal(cluster: Cluster, finding: Finding) -> None:
    """The attempt shows in the log; what is known of the cluster is about the old credentials, and stays."""
    add_log_line(cluster, "credentials_refused", finding)
