"""A first look at a cluster: is it there, who are we to it, and if not, why not in one word."""

import asyncio

import msgspec

from clusters.kube.gateway import ClusterError, Gateway, Json, Unreachable

PROBE_SECONDS = 20.0
_REASONS = frozenset({"dns", "refused", "tls", "timeout", "network"})


class Probe(msgspec.Struct, frozen=True):
    """`reason` is empty when all is well, else dns, refused, tls, timeout, unauthorized, forbidden or network.

    `nodes` is None when this identity may not see them. With the reason tls, `details` hold the presented
    certificate: fingerprint, subject, ca_data (PEM), presented.
    """

    version: str = ""
    nodes: int | None = None
    reason: str = ""
    error: str = ""
    details: Json = msgspec.field(default_factory=dict)

    @property
    def is_healthy(self) -> bool:
        return not self.reason


async def probe(gateway: Gateway, *, within: float = PROBE_SECONDS) -> Probe:
    """Never raises for what a cluster or a network may do."""
    version = ""
    try:
        async with asyncio.timeout(within):
            version = await gateway.version()
            nodes = await _nodes(gateway)
            if nodes is None and not version:
                # Not even the version: is there anything that we may see?
                await gateway.raw("GET", "/api")
            return Probe(version, nodes)
    except TimeoutError:
        return Probe(version, reason="timeout", error="The cluster did not answer in time.")
    except ClusterError as error:
        return Probe(version, reason=reason_of(error), error=error.message, details=error.details)


def reason_of(error: ClusterError) -> str:
    """The one word for a connection's status."""
    if isinstance(error, Unreachable):
        return error.reason if error.reason in _REASONS else "network"
    if error.status == 401:
        return "unauthorized"
    if error.status == 403:
        return "unauthorized" if "system:anonymous" in error.message else "forbidden"
    return "network"


async def _nodes(gateway: Gateway) -> int | None:
    """How many there are; None when that is not ours to know, which is normal."""
    try:
        page = await gateway.raw("GET", "/api/v1/nodes", query={"limit": "1"})
    except ClusterError as error:
        if error.status == 403 and reason_of(error) == "forbidden":
            return None
        raise
    more = (page.get("metadata") or {}).get("remainingItemCount") or 0
    return len(page.get("items") or []) + int(more)
