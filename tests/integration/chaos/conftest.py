"""The practice cluster, and a real one where there is one, behind a proxy of ours."""

import os
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.services import principal_of
from clusters.kube.kubeconfig import read_kubeconfig
from clusters.kube.tls import as_file
from clusters.practice.server import PracticeServer
from clusters.services import create_cluster, forget_all
from clusters.services.inputs import Given
from tests.factories import make_user
from tests.integration.chaos.proxy import Proxy, Upstream
from tests.integration.chaos.support import WORKER, Chaos, Worker, fresh_namespace
from tests.integration.runs.support import LOOKS_EVERY, practice_server, work_off
from workflows.models import Target
from workflows.runs import services

__all__ = ["practice_server"]

KUBECONFIG = "SAILCLOTH_TEST_KUBECONFIG"
REAL = pytest.param("real", marks=pytest.mark.kube)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "kube" in item.keywords and not os.environ.get(KUBECONFIG):
            item.add_marker(pytest.mark.skip(reason=f"needs {KUBECONFIG}"))


@pytest.fixture(params=["practice", REAL])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    made = _real if request.param == "real" else _practice
    upstream, path, token = made(request)
    with Proxy(upstream, tmp_path / "pki") as proxy:
        proxy.path, proxy.token = path, token
        yield proxy


def _practice(request: pytest.FixtureRequest) -> tuple[Upstream, str, str]:
    server: PracticeServer = request.getfixturevalue("practice_server")
    tenant = fresh_namespace()
    context = ssl.create_default_context(cadata=server.ca_pem)
    return Upstream("127.0.0.1", server.port, context), f"/u/{tenant}", server.tenant_token(tenant)


def _real(request: pytest.FixtureRequest) -> tuple[Upstream, str, str]:
    """The identity may be a certificate, which only the proxy can show."""
    found = read_kubeconfig(Path(os.environ[KUBECONFIG]).read_text())
    context = ssl.create_default_context(cadata=found.ca_data)
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    if found.client_certificate:
        with as_file(found.client_certificate) as certificate, as_file(found.client_key) as key:
            context.load_cert_chain(certificate, key)
    parts = urlsplit(found.server)
    upstream = Upstream(parts.hostname or "", parts.port or 443, context, keeps_authorization=bool(found.token))
    return upstream, parts.path.rstrip("/"), found.token or "nobody-asks"


@pytest.fixture
def chaos(
    transactional_db: None,
    proxy: Proxy,
    start_process: Callable[..., "subprocess.Popen[str]"],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Chaos]:
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 20.0)
    monkeypatch.setattr("workflows.deploy.executor._PAUSES", LOOKS_EVERY)
    actor = principal_of(make_user())
    given = Given(auth_type="bearer_token", server=proxy.url + proxy.path, ca_data=proxy.ca_pem, token=proxy.token)
    cluster = create_cluster(name="chaos", given=given, actor=actor)
    assert cluster.status == "connected", cluster.error
    found = Chaos(actor, cluster, fresh_namespace())
    found.proxy = proxy
    found.start_worker = lambda: Worker(start_process(WORKER))
    yield found
    proxy.calm()
    _clean_up(found)
    forget_all()


def _clean_up(chaos: Chaos) -> None:
    for target in Target.objects.exclude(inventory=[]):
        run: Any = services.undeploy_target(target_id=target.pk, timeout_seconds=60, actor=chaos.actor)
        work_off(run)
