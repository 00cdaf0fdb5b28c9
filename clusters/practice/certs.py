"""The certificate authority of the practice server and its server certificate, made once and kept on disk.

Must not know what is served.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import pathlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = dt.timedelta(days=3650)
RENEW_BEFORE = dt.timedelta(days=30)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _write_key(path: pathlib.Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
    )


def _make_ca(folder: pathlib.Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("sailcloth practice cluster CA")
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    cert = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(folder / "ca.key", key)
    (folder / "ca.crt").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    return cert, key


def _load_ca(folder: pathlib.Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    try:
        cert = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or _is_old(cert):
        return None
    return cert, key


def _is_old(cert: x509.Certificate) -> bool:
    return cert.not_valid_after_utc < dt.datetime.now(dt.UTC) + RENEW_BEFORE


def _names(host: str) -> list[x509.GeneralName]:
    out: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    try:
        address = ipaddress.ip_address(host)
        if not address.is_unspecified and str(address) != "127.0.0.1":
            out.append(x509.IPAddress(address))
    except ValueError:
        if host != "localhost":
            out.append(x509.DNSName(host))
    return out


def _make_server(
    folder: pathlib.Path,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    cert = (
        _builder(_name("sailcloth practice cluster"), ca.subject, key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write_key(folder / "server.key", key)
    (folder / "server.crt").write_bytes(cert.public_bytes(serialization.Encoding.PEM))


def _server_is_good(folder: pathlib.Path, ca: x509.Certificate, names: list[x509.GeneralName]) -> bool:
    with contextlib.suppress(FileNotFoundError, ValueError, x509.ExtensionNotFound):
        cert = x509.load_pem_x509_certificate((folder / "server.crt").read_bytes())
        found = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return (
            cert.issuer == ca.subject
            and not _is_old(cert)
            and set(names) <= set(found)
            and (folder / "server.key").is_file()
        )
    return False


def ensure(folder: pathlib.Path, host: str) -> tuple[str, ssl.SSLContext]:
    """The CA as PEM and the server's TLS context."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    loaded = _load_ca(folder)
    ca, ca_key = loaded or _make_ca(folder)
    names = _names(host)
    if loaded is None or not _server_is_good(folder, ca, names):
        _make_server(folder, ca, ca_key, names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    return (folder / "ca.crt").read_text(), context
