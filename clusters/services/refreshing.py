"""Asking a cluster what it is made of, and how much of it is used. Nobody waits for it longer than its bound."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from clusters import selectors
from clusters.access import rights_of
from clusters.errors import cluster_failed
from clusters.kube import loop
from clusters.kube.gateway import ClusterError
from clusters.metadata import Metadata, only_shared
from clusters.models import Cluster, ClusterShare
from clusters.services import probing, survey, usage
from clusters.services.custom_kinds import forget_custom_kinds
from clusters.services.findings import note_finding
from clusters.services.gateways import gateway_for
from clusters.types import Finding
from core.principal import Principal

T = TypeVar("T")
# Beyond the bounds of what is asked, for what does not let itself be cancelled.
_SPARE = 0.5


def refresh_cluster(*, name_or_id: str, actor: Principal) -> tuple[Cluster, Metadata]:
    """Ask it and keep what it says; the part of it that is for `actor`. Raises what it refuses or why it does not
    answer, and that is kept as well."""
    cluster = selectors.get_cluster(name_or_id=name_or_id, actor=actor)
    try:
        gateway = gateway_for(cluster.pk)
        asked = survey.survey(gateway, interesting=_interesting(cluster), within=survey.BOUND_SECONDS)
        metadata = _bounded(asked, survey.BOUND_SECONDS)
    except ClusterError as error:
        finding = probing.failure(error)
        note_finding(seen=cluster, finding=finding, action="refreshed", actor=actor)
        raise cluster_failed(finding) from error
    forget_custom_kinds(cluster.pk)
    nodes = len(metadata.nodes) if metadata.nodes else None
    finding = Finding(version=metadata.version, nodes=nodes)
    note_finding(seen=cluster, finding=finding, action="refreshed", metadata=metadata, actor=actor)
    return selectors.get_metadata(name_or_id=cluster.pk, actor=actor)


def measure_cluster(*, name_or_id: str, actor: Principal) -> usage.Usage:
    """What its nodes use now; nothing of it is kept. Nodes are no part of single namespaces."""
    cluster = selectors.get_cluster(name_or_id=name_or_id, actor=actor)
    namespaces = rights_of(cluster).namespaces
    if namespaces is not None:
        return usage.Usage(notes=(only_shared(namespaces),))
    try:
        asked = usage.measure(gateway_for(cluster.pk), within=usage.BOUND_SECONDS)
        return _bounded(asked, usage.BOUND_SECONDS)
    except ClusterError as error:
        raise cluster_failed(probing.failure(error)) from error


def _interesting(cluster: Cluster) -> list[str]:
    """The namespaces that somebody has to do with."""
    rows = ClusterShare.objects.filter(cluster=cluster).exclude(namespaces=None).values_list("namespaces", flat=True)
    return sorted({name for names in rows for name in names or ()})


def _bounded(coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
    return loop.run(coroutine, timeout=seconds + _SPARE)
