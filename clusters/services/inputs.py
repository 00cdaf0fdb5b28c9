"""From what somebody sends about a cluster to a Connection, or to one sentence that names the field."""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from clusters.errors import BadField, ServiceAccountForbidden
from clusters.kube.connection import (
    BadConnection,
    Connection,
    Credential,
    check_connection,
    decode_pem,
    normal_fingerprint,
    own_connection,
)
from clusters.kube.kubeconfig import BadKubeconfig, read_kubeconfig
from clusters.kube.network import Guard, parse_server
from clusters.models import AuthType, Cluster
from core.errors import InvalidInput
from core.principal import Principal

# Where the fields of a connection are called otherwise in the API.
_API_NAMES = {"client_certificate": "client_certificate_data", "client_key": "client_key_data"}


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """The fields of a cluster's address and credentials as a client sent them; None is what was not sent."""

    auth_type: str
    server: str | None = None
    ca_data: str | None = None
    fingerprint: str | None = None
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None
    kubeconfig: str | None = None
    context: str | None = None

    @property
    def has_credentials(self) -> bool:
        """Whether it says as whom, and not only where."""
        secret = (self.token, self.client_certificate_data, self.client_key_data, self.kubeconfig)
        return any(text and text.strip() for text in secret)

    @property
    def has_address(self) -> bool:
        """Whether it says where, or whom to trust there."""
        return bool(self.server) or self.ca_data is not None or self.fingerprint is not None


def read_connection(given: Given, *, actor: Principal) -> Connection:
    """Where and as whom. What is given beside a kubeconfig (server, trust) goes before what is in it."""
    match given.auth_type:
        case AuthType.KUBECONFIG:
            connection = _from_kubeconfig(given)
        case AuthType.SERVICE_ACCOUNT:
            connection = pod_connection(actor)
        case AuthType.CLIENT_CERTIFICATE:
            connection = Connection.of(_required_server(given), _certificate(given))
        case _:
            connection = Connection.of(_required_server(given), Credential(token=_required(given, "token")))
    return with_address(connection, given)


def completed(cluster: Cluster, given: Given) -> Given:
    """What is given for a cluster that is there: of its kind, at its address, with its trust, unless others are given.

    A kubeconfig brings its own.
    """
    auth_type = given.auth_type or cluster.auth_type
    if auth_type in (AuthType.KUBECONFIG, AuthType.SERVICE_ACCOUNT):
        return replace(given, auth_type=auth_type)
    is_trust_new = given.ca_data is not None or given.fingerprint is not None
    return replace(
        given,
        auth_type=auth_type,
        server=given.server or cluster.server,
        ca_data=given.ca_data if is_trust_new else cluster.ca_data,
        fingerprint=given.fingerprint if is_trust_new else cluster.fingerprint,
    )


def with_address(connection: Connection, given: Given) -> Connection:
    """The connection at the address and with the trust that were given, where they were."""
    changes: dict[str, Any] = {}
    if given.server:
        changes["server"] = given.server.strip()
    if given.ca_data is not None:
        with _naming_fields():
            changes["ca_data"] = decode_pem(given.ca_data, "ca_data") if given.ca_data.strip() else ""
        # Whom to trust was said anew, so what was pinned before no longer counts.
        changes["fingerprint"] = ""
    if given.fingerprint is not None:
        changes["fingerprint"] = _fingerprint(given.fingerprint)
    networks = tuple(dict.fromkeys((*settings.ALLOWED_NETWORKS, *connection.allowed_networks)))
    changed = replace(connection, **changes, allowed_networks=networks)
    with _naming_fields():
        check_connection(changed)
    return replace(changed, server=_checked_server(changed))


def pod_connection(actor: Principal | None = None) -> Connection:
    """The identity of the pod in which Sailcloth runs. Its API's address is private, and allowed for it alone."""
    if actor is not None and not actor.is_admin:
        raise ServiceAccountForbidden
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    with _naming_fields():
        if not host:
            raise BadConnection("Sailcloth does not run in a pod, so there is no service account to use.", "auth_type")
        address = f"[{host}]" if ":" in host else host
        connection = own_connection(f"https://{address}:{port}")
    return replace(connection, allowed_networks=(str(ipaddress.ip_address(host)),))


def _checked_server(connection: Connection) -> str:
    """The address as it was written. A literal that the guard would never let through is refused at once."""
    written = connection.server.rstrip("/")
    server = parse_server(written)
    try:
        ipaddress.ip_address(server.host)
    except ValueError:
        return written  # A name; what it points to is the probe's to find out.
    refusal = Guard(connection.allowed_networks).refusal(server.host)
    if refusal:
        raise BadField("server", f"server: {refusal}.")
    return written


def _required(given: Given, name: str) -> str:
    text = (getattr(given, name) or "").strip()
    if not text:
        raise BadField(name, f"{name}: This is needed for {given.auth_type}.")
    return text


def _required_server(given: Given) -> str:
    return _required(given, "server")


def _certificate(given: Given) -> Credential:
    names = ("client_certificate_data", "client_key_data")
    certificate, key = (_required(given, name) for name in names)
    with _naming_fields():
        return Credential(client_certificate=decode_pem(certificate, names[0]), client_key=decode_pem(key, names[1]))


def _fingerprint(text: str) -> str:
    plain = normal_fingerprint(text)
    if text.strip() and not plain:
        raise BadField("fingerprint", "fingerprint: The SHA-256 of a certificate has 64 hexadecimal digits.")
    return plain


def _from_kubeconfig(given: Given) -> Connection:
    _required(given, "kubeconfig")
    try:
        return read_kubeconfig(given.kubeconfig or "", (given.context or "").strip())
    except BadKubeconfig as error:
        message = f"{error.field}: {error.message}" if error.field != "kubeconfig" else f"kubeconfig: {error.message}"
        raise InvalidInput(
            message, code="bad_kubeconfig", fields={"kubeconfig": [message]}, details={"field": error.field}
        ) from None


@contextmanager
def _naming_fields() -> Iterator[None]:
    """What cannot be used becomes a 400 that names the field as the API calls it."""
    try:
        yield
    except BadConnection as error:
        name = _API_NAMES.get(error.field, error.field)
        raise BadField(name, f"{name}: {error.message}") from None
