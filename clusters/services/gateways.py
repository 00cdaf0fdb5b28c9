"""The gateways of this process: one per cluster, kept as long as the cluster is reached in the same way.

Asking costs one query, so ask for each piece of work and again after a failure; do not keep one for days.
"""

import asyncio
import contextlib
import threading
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from clusters.errors import ClusterNotFound
from clusters.kube import loop
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import Gateway
from clusters.models import Cluster, ClusterAccess
from clusters.services.sealing import connection_of

T = TypeVar("T")
MOST = 256
# What still runs over a gateway that was replaced may end.
GRACE_SECONDS = 60.0
_COLUMNS = (
    "workspace_id",
    "access",
    "auth_type",
    "server",
    "ca_data",
    "fingerprint",
    "server_name",
    "credentials",
    "credentials_revision",
)


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    """`way` is everything that tells one way of reaching a cluster from another, without the credential."""

    way: tuple[object, ...]
    gateway: DirectGateway


_lock = threading.Lock()
_kept: OrderedDict[str, _Kept] = OrderedDict()


def gateway_for(cluster_id: str) -> Gateway:
    """The gateway of a cluster, whoever asks: callers have found out before that somebody may.

    Raises `ClusterNotFound`, or `Unreachable` for a practice cluster that is not running. From any thread, but
    not from an event loop, for it asks the database.
    """
    cluster = Cluster.objects.filter(pk=cluster_id).only(*_COLUMNS).first()
    if cluster is None:
        forget(cluster_id)
        raise ClusterNotFound
    way = _way(cluster)
    with _lock:
        kept = _kept.get(cluster_id)
        if kept is not None and kept.way == way:
            _kept.move_to_end(cluster_id)
            return kept.gateway
    return _keep(cluster_id, _Kept(way, DirectGateway(connection_of(cluster))))


def call(coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """Run a call of a gateway on the cluster loop and wait for it, from any other thread."""
    return loop.run(coroutine, timeout)


def forget(cluster_id: str) -> None:
    """Let go of a cluster's gateway in this process; others find out when they ask for it."""
    with _lock:
        kept = _kept.pop(cluster_id, None)
    if kept is not None:
        _retire(kept.gateway)


def forget_all() -> None:
    """For the end of a process, and of a test."""
    with _lock:
        ending = [kept.gateway for kept in _kept.values()]
        _kept.clear()
    for gateway in ending:
        _retire(gateway, grace=0)


def _keep(cluster_id: str, new: _Kept) -> Gateway:
    """Of two threads that made one at the same time the first one's is kept."""
    with _lock:
        kept = _kept.get(cluster_id)
        if kept is not None and kept.way == new.way:
            return kept.gateway
        _kept[cluster_id] = new
        _kept.move_to_end(cluster_id)
        ending = [kept] if kept is not None else []
        while len(_kept) > MOST:
            ending.append(_kept.popitem(last=False)[1])
    for old in ending:
        _retire(old.gateway)
    return new.gateway


def _way(cluster: Cluster) -> tuple[object, ...]:
    if cluster.access == ClusterAccess.PRACTICE:
        # Its token is derived, so the whole connection may be looked at.
        return (cluster.access, connection_of(cluster))
    return (
        cluster.access,
        cluster.auth_type,
        cluster.server,
        cluster.ca_data,
        cluster.fingerprint,
        cluster.server_name,
        cluster.credentials_revision,
    )


def _retire(gateway: DirectGateway, grace: float = GRACE_SECONDS) -> None:
    loop.submit(_close(gateway, grace))


async def _close(gateway: DirectGateway, grace: float) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(grace)
    await gateway.close()
