"""Finding out whether a cluster can be reached as somebody, within a bound that a request can wait for."""

from contextlib import suppress
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from clusters.kube import loop
from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import ClusterError
from clusters.kube.probe import Probe, probe, reason_of
from clusters.models import ClusterStatus
from clusters.types import Finding, PresentedCertificate
from core.api.times import format_time

# Everything together: names, handshakes, answers. The loop's own bound is only for what does not let itself be
# cancelled.
BOUND_SECONDS = 7.5
_LAST_RESORT = 8.0
_ERROR = 500

_STATUS = {
    "": ClusterStatus.CONNECTED,
    "unauthorized": ClusterStatus.UNAUTHORIZED,
    "forbidden": ClusterStatus.UNAUTHORIZED,
}


def find_out(connection: Connection) -> Finding:
    """Never raises for what a cluster does or fails to do."""
    try:
        seen = loop.run(_probe(connection), timeout=_LAST_RESORT)
    except ClusterError as error:
        return failure(error)
    return Finding(seen.version, seen.nodes, seen.reason, seen.error[:_ERROR], _certificate(seen.reason, seen.details))


def failure(error: ClusterError) -> Finding:
    """A failed attempt as it is shown and kept."""
    reason = reason_of(error)
    return Finding(reason=reason, error=error.message[:_ERROR], certificate=_certificate(reason, error.details))


def status_of(finding: Finding) -> ClusterStatus:
    """What the reason means for the cluster's state."""
    return _STATUS.get(finding.reason, ClusterStatus.DISCONNECTED)


async def _probe(connection: Connection) -> Probe:
    gateway = DirectGateway(connection)
    try:
        return await probe(gateway, within=BOUND_SECONDS)
    finally:
        await gateway.close()


def _certificate(reason: str, details: dict[str, Any]) -> PresentedCertificate | None:
    """With the reason tls: what the server showed, nearest to its authority."""
    pem = details.get("ca_data") if reason == "tls" else None
    if not isinstance(pem, str):
        return None
    try:
        shown = x509.load_pem_x509_certificate(pem.encode())
        names = shown.subject.rfc4514_string()[:300], shown.issuer.rfc4514_string()[:300]
    except ValueError:
        return None
    return PresentedCertificate(
        fingerprint=shown.fingerprint(SHA256()).hex(),
        subject=names[0],
        issuer=names[1],
        not_after=format_time(shown.not_valid_after_utc) or "",
        is_ca=_is_authority(shown),
        certificate=pem,
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    with suppress(ValueError, x509.ExtensionNotFound, x509.UnsupportedGeneralNameType):
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    return False
