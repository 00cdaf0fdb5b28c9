"""News by mail through a real mail server: encrypted, signed in, and again while it is away."""

import email
import email.policy
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from accounts.models import User
from accounts.services import principal_of
from clusters.models import Cluster, ClusterStatus
from clusters.types import Finding
from config import mail
from core.work.models import Work, WorkState
from core.work.runner import run_one
from notifications.mail import WORK_KIND
from tests.api.notifications.conftest import tell
from tests.api.notifications.test_clusters import see

pytestmark = pytest.mark.django_db(transaction=True)

NAME, PASSWORD = "sails", "canary/mail:password"
URL = "smtp://sails:canary%2Fmail%3Apassword@localhost"


class Server:
    """Takes mail over TLS only, from whoever knows the password; `got` is what arrived."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.got: list[tuple[Envelope, EmailMessage]] = []
        self.logins: list[tuple[str, bool]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=self._let_in,
        )

    def _let_in(self, _: SMTP, session: Session, __: Envelope, ___: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), session.ssl is not None))
        is_known = (data.login, data.password) == (NAME.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, handled=False)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.got.append((envelope, email.message_from_bytes(content, policy=email.policy.default)))
        return "250 OK"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, with its key, in one file; it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("mail") / "server.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def use(settings: Any) -> Callable[[str], None]:
    """Set the installation up for a mail server, as the environment does it."""

    def set_up(url: str) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        for name, value in mail.from_url(url).items():
            setattr(settings, name, value)

    settings.PUBLIC_URL = "https://sails.example.com"
    settings.DEFAULT_FROM_EMAIL = "Sailcloth <sails@example.com>"
    return set_up


@pytest.fixture
def server(unused_tcp_port: int, certificate: Path) -> Iterator[Server]:
    """Not yet started."""
    made = Server(unused_tcp_port, certificate)
    yield made
    if made.controller.server is not None:
        made.controller.stop()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine knows who vouches for the server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def send() -> Work:
    row = Work.objects.filter(kind=WORK_KIND).latest("created_at")
    Work.objects.filter(pk=row.pk).update(not_before=row.created_at)
    run_one(row.pk)
    row.refresh_from_db()
    return row


def test_encrypted_and_signed_in(member: User, use: Callable[[str], None], server: Server, trusted: None) -> None:
    server.controller.start()
    use(f"{URL}:{server.controller.port}")
    tell(member, name="Käse\r\nBcc: evil@example.com")
    assert send().state == WorkState.DONE
    ((envelope, message),) = server.got
    assert server.logins == [(NAME, True)], "the password went over TLS only"
    assert (envelope.mail_from, envelope.rcpt_tos) == ("sails@example.com", ["member@example.com"])
    assert message["From"] == "Sailcloth <sails@example.com>"
    assert message["To"] == "member@example.com"
    assert message["Bcc"] is None
    assert message["Subject"].strip() == "Käse Bcc: evil@example.com could not be deployed on home"
    assert message.get_content().splitlines() == [
        "Käse Bcc: evil@example.com could not be deployed on home.",
        "",
        "web: no such image",
        "",
        "https://sails.example.com/workflows/w1?run=run_1",
        "",
        "-- ",
        "What you are told: https://sails.example.com/settings/notifications",
    ]


def test_away_and_back(member: User, use: Callable[[str], None], server: Server, trusted: None) -> None:
    use(f"{URL}:{server.controller.port}")
    tell(member)
    for attempt in (1, 2):
        row = send()
        assert (row.state, row.attempt) == (WorkState.QUEUED, attempt)
    server.controller.start()
    assert send().state == WorkState.DONE
    assert send().state == WorkState.DONE
    assert len(server.got) == 1, "once"


@pytest.mark.parametrize("fault", ["certificate", "password"])
def test_what_is_not_right_sends_nothing_and_tells_no_password(
    fault: str, member: User, use: Callable[[str], None], server: Server, request: pytest.FixtureRequest
) -> None:
    server.controller.start()
    if fault == "password":
        request.getfixturevalue("trusted")
    url = URL.replace("canary", "canary-wrong") if fault == "password" else URL
    use(f"{url}:{server.controller.port}")
    tell(member)
    row = send()
    assert row.state == WorkState.QUEUED
    assert server.got == []
    assert ("certificate" in row.error.lower()) == (fault == "certificate")
    assert "canary" not in row.error
    assert ("535" in row.error) == (fault == "password")
    assert bool(server.logins) == (fault == "password"), "no password to whoever it is"


def test_a_cluster_that_goes_away(member: User, use: Callable[[str], None], server: Server, trusted: None) -> None:
    server.controller.start()
    use(f"{URL}:{server.controller.port}")
    cluster = Cluster.objects.create(
        workspace_id=principal_of(member).workspace,
        owner=member,
        name="home",
        server="https://203.0.113.5:6443",
        status=ClusterStatus.CONNECTED,
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )
    see(cluster, Finding(reason="timeout", error="It does not answer."))
    send()
    ((_, message),) = server.got
    assert message["Subject"] == "The cluster home cannot be reached"
    assert "Reason: timeout." in message.get_content()
    assert "https://sails.example.com/clusters/home" in message.get_content()
