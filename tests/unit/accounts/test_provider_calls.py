"""The calls to providers over TLS: pinned to the address that was checked, for the name that was asked."""

import datetime
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.network import Guard
from core.outgoing import send

NAME = "login.example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key of NAME in one file, its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "provider.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.headers["Host"].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class Resolver:
    """Gives one address after the other, as one who wants us elsewhere the second time."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return [self.addresses.pop(0)]


def get(resolver: Resolver, port: int, certificate: Path, name: str = NAME) -> requests.Response:
    guard = Guard(["127.0.0.0/8"], lookup=resolver)
    return send(guard, "GET", f"https://{name}:{port}/", seconds=5, verify=str(certificate))


def test_the_address_is_asked_for_once_and_the_name_is_checked(port: int, certificate: Path) -> None:
    resolver = Resolver("127.0.0.1", "169.254.169.254")
    assert get(resolver, port, certificate).text == f"{NAME}:{port}"
    assert resolver.asked == [NAME]


def test_a_certificate_of_another_name(port: int, certificate: Path) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        get(Resolver("127.0.0.1"), port, certificate, name="other.example.com")


def test_a_certificate_that_nobody_vouches_for(port: int) -> None:
    guard = Guard(["127.0.0.0/8"], lookup=Resolver("127.0.0.1"))
    with pytest.raises(requests.exceptions.SSLError):
        send(guard, "GET", f"https://{NAME}:{port}/", seconds=5)


@pytest.mark.parametrize("address", ["10.1.2.3", "169.254.169.254", str(ipaddress.ip_address("::ffff:10.1.2.3"))])
def test_a_name_that_points_inside(address: str, port: int, certificate: Path) -> None:
    with pytest.raises(requests.ConnectionError):
        get(Resolver(address), port, certificate)


def test_the_machines_own_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch, port: int, certificate: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert get(Resolver("127.0.0.1"), port, certificate).status_code == 200
