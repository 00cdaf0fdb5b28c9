"""Certificates: what a server presents, and how a connection decides to trust it.

Must not know requests.
"""

import asyncio
import contextlib
import hashlib
import os
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from clusters.kube.connection import Connection, normal_fingerprint
from clusters.kube.gateway import Unreachable

HANDSHAKE_SECONDS = 5.0
_MAX_CHAIN = 10


class Presented(msgspec.Struct, frozen=True):
    """A certificate that a server showed; nothing about it has been verified."""

    fingerprint: str
    subject: str
    issuer: str
    pem: str


def fingerprint_of(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


async def presented_chain(address: str, port: int, server_name: str) -> list[Presented]:
    """The certificates that the server at a checked address shows, its own first. Nothing is sent to it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with asyncio.timeout(HANDSHAKE_SECONDS * 2):
        _, writer = await asyncio.open_connection(
            address, port, ssl=context, server_hostname=server_name, ssl_handshake_timeout=HANDSHAKE_SECONDS
        )
        try:
            return [_presented(der) for der in _chain(writer.get_extra_info("ssl_object"))]
        finally:
            writer.transport.abort()


def _chain(tls: Any) -> list[bytes]:
    """DER of what was sent. The whole chain is public API from Python 3.13 on; before, it is there already."""
    if hasattr(tls, "get_unverified_chain"):
        return [bytes(der) for der in tls.get_unverified_chain()][:_MAX_CHAIN]
    inner: Any = getattr(tls, "_sslobj", None)
    if hasattr(inner, "get_unverified_chain"):
        certificates = inner.get_unverified_chain() or []
        return [ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in certificates][:_MAX_CHAIN]
    leaf = tls.getpeercert(binary_form=True)
    return [leaf] if leaf else []


def _presented(der: bytes) -> Presented:
    from cryptography import x509

    subject = issuer = ""
    with contextlib.suppress(ValueError):
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.subject.rfc4514_string()[:300]
        issuer = certificate.issuer.rfc4514_string()[:300]
    return Presented(fingerprint_of(der), subject, issuer, ssl.DER_cert_to_PEM_cert(der))


class Trust(msgspec.Struct, frozen=True):
    """What a server's certificate is checked against. `ca_data` empty: the system's authorities."""

    ca_data: str
    checks_name: bool = True


async def trust_of(connection: Connection, addresses: Sequence[str], port: int, server_name: str) -> Trust:
    """The connection's authority; or the presented certificate that its fingerprint pins.

    A pinned authority is then verified like any other, name included. A pinned server certificate is the
    very one, so its name does not matter.
    """
    wanted = normal_fingerprint(connection.fingerprint)
    if not wanted:
        return Trust(connection.ca_data)
    chain = await presented_chain(addresses[0], port, server_name)
    for position, certificate in enumerate(chain):
        if certificate.fingerprint == wanted:
            return Trust(certificate.pem, checks_name=position > 0)
    raise Unreachable("The server shows another certificate than the pinned one.", reason="tls", details=shown(chain))


def shown(chain: Sequence[Presented]) -> dict[str, Any]:
    """For the details of an error: the certificate to look at and pin is the last, nearest to the authority."""
    if not chain:
        return {}
    return {
        "fingerprint": chain[-1].fingerprint,
        "subject": chain[-1].subject,
        "ca_data": chain[-1].pem,
        "presented": [{"fingerprint": c.fingerprint, "subject": c.subject, "issuer": c.issuer} for c in chain],
    }


def harden(context: ssl.SSLContext, trust: Trust) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.ca_data:
        # What we were given is trusted as it is, also when it is not self-signed.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not trust.checks_name:
        context.check_hostname = False


@contextlib.contextmanager
def as_file(text: str) -> Iterator[str]:
    """A path under which OpenSSL can read `text`, which never touches a disk where the system can help it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
        path = f"/proc/self/fd/{descriptor}"
        remove = None
    else:
        import tempfile

        descriptor, path = tempfile.mkstemp()
        remove = path
    try:
        with os.fdopen(descriptor, "w", encoding="ascii", closefd=False) as file:
            file.write(text)
        yield path
    finally:
        os.close(descriptor)
        if remove:
            Path(remove).unlink()
