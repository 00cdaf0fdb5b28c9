"""What is needed to reach a cluster as somebody: a plain value, whose secret part never shows in a repr.

Must not know where it is stored or how it is used.
"""

import base64
import binascii
import ipaddress
import json
import re
import ssl
import warnings
from dataclasses import dataclass, field, fields
from pathlib import Path

from clusters.kube.network import BadServer, is_host_name, parse_server

_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")
_TOKEN = re.compile(r"[\x21-\x7e]+\Z")
MAX_TOKEN = 64 * 1024
MAX_PEM = 256 * 1024
# Where Kubernetes puts a pod's own identity.
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class BadConnection(ValueError):
    """Something in a connection cannot be used. `field` says what; the message is a sentence, without values."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True)
class Credential:
    """The secret part of a connection: what is sealed. The certificate and its key are PEM texts."""

    token: str = field(default="", repr=False)
    client_certificate: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)

    def to_json(self) -> str:
        return json.dumps({item.name: getattr(self, item.name) for item in fields(self) if getattr(self, item.name)})

    @classmethod
    def from_json(cls, text: str) -> "Credential":
        """What `to_json` wrote; names that this version does not know are left out."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: str(value) for name, value in json.loads(text).items() if name in known})


@dataclass(frozen=True)
class Connection:
    """`ca_data` is PEM, empty for the system's own authorities. `server_name` is the name in the certificate
    where it is not the server's. `fingerprint` pins a presented certificate in place of an authority.
    `token_file` is only for a pod's own identity, whose token is renewed there."""

    server: str
    ca_data: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    client_certificate: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)
    server_name: str = ""
    fingerprint: str = ""
    allowed_networks: tuple[str, ...] = ()
    token_file: str = ""

    @property
    def credential(self) -> Credential:
        return Credential(self.token, self.client_certificate, self.client_key)

    @classmethod
    def of(
        cls,
        server: str,
        credential: Credential,
        *,
        ca_data: str = "",
        server_name: str = "",
        fingerprint: str = "",
        allowed_networks: tuple[str, ...] = (),
    ) -> "Connection":
        return cls(
            server=server,
            ca_data=ca_data,
            token=credential.token,
            client_certificate=credential.client_certificate,
            client_key=credential.client_key,
            server_name=server_name,
            fingerprint=fingerprint,
            allowed_networks=allowed_networks,
        )


def normal_fingerprint(text: str) -> str:
    """A SHA-256 fingerprint however it was written (`SHA256:AB:CD…`), as 64 hex digits; "" if it is none."""
    plain = text.strip().lower().removeprefix("sha256").lstrip(":= ").removeprefix("fingerprint=").replace(":", "")
    return plain if _FINGERPRINT.match(plain) else ""


def decode_pem(text: str, field: str) -> str:
    """A PEM text as it is, or in base64 as a kubeconfig carries it."""
    text = text.strip()
    if len(text) > MAX_PEM:
        raise BadConnection("It is too long to be a certificate or a key.", field)
    if text.startswith("-----BEGIN"):
        return text + "\n"
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("ascii").strip() + "\n"
    except (binascii.Error, ValueError):
        raise BadConnection("It is neither PEM nor PEM in base64.", field) from None


def check_connection(connection: Connection) -> None:
    """Raises `BadConnection` for what could never work, before any connection is tried."""
    try:
        parse_server(connection.server)
    except BadServer as error:
        raise BadConnection(str(error), "server") from None
    check_authority(connection.ca_data, "ca_data")
    if connection.server_name and not is_host_name(connection.server_name):
        raise BadConnection("It is not a host name.", "server_name")
    if connection.fingerprint and not normal_fingerprint(connection.fingerprint):
        raise BadConnection("A fingerprint has 64 hexadecimal digits.", "fingerprint")
    for network in connection.allowed_networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise BadConnection(f"{network} is not a network.", "allowed_networks") from None
    check_credential(connection.credential)


def check_authority(pem: str, field: str) -> None:
    if not pem:
        return
    from cryptography import x509

    if "PRIVATE KEY" in pem:
        raise BadConnection("It holds a private key; only certificates belong here.", field)
    try:
        x509.load_pem_x509_certificates(pem.encode("ascii"))
        ssl.create_default_context(cadata=pem)
    except (ValueError, ssl.SSLError):
        raise BadConnection("It is not a certificate in PEM.", field) from None


def check_credential(credential: Credential) -> None:
    if credential.token and (len(credential.token) > MAX_TOKEN or not _TOKEN.match(credential.token)):
        raise BadConnection("A token is one line of printable characters without spaces.", "token")
    if bool(credential.client_certificate) != bool(credential.client_key):
        missing = "client_key" if credential.client_certificate else "client_certificate"
        raise BadConnection("A client certificate needs its key, and a key its certificate.", missing)
    if credential.client_certificate:
        _check_pair(credential)


def _check_pair(credential: Credential) -> None:
    """OpenSSL would say the same later, but in words that nobody understands."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        certificate = x509.load_pem_x509_certificates(credential.client_certificate.encode("ascii"))[0]
        wanted = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise BadConnection("It is not a certificate in PEM.", "client_certificate") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            key = serialization.load_pem_private_key(credential.client_key.encode("ascii"), None)
    except TypeError:
        raise BadConnection("The key is protected by a password, which is not supported.", "client_key") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadConnection("It is not a private key in PEM.", "client_key") from None
    if key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != wanted:
        raise BadConnection("The key does not belong to the certificate.", "client_key")


def own_connection(server: str = "https://kubernetes.default.svc", folder: Path = SERVICE_ACCOUNT) -> Connection:
    """The pod's own identity; for administrators only, which is the caller's to see to."""
    try:
        return Connection(
            server=server,
            ca_data=(folder / "ca.crt").read_text("ascii"),
            token=(folder / "token").read_text("ascii").strip(),
            token_file=str(folder / "token"),
        )
    except (OSError, ValueError):
        raise BadConnection(
            "This installation does not run in a pod that has an identity of its own.", "auth_type"
        ) from None
