"""A person, a real Docker Engine and real registries, and builds that are carried out to their end."""

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Role
from accounts.services import principal_of
from builds.services.queue import WORK_KIND
from clusters.registries.models import Registry
from clusters.registries.services import create_registry
from clusters.registries.types import Given
from core.principal import Principal
from tests.factories import make_user
from tests.integration.builds.support import OPEN, PROTECTED, Builder, has_engine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "docker" in item.keywords and not has_engine():
            item.add_marker(pytest.mark.skip(reason="needs a Docker Engine and the registries of the tests"))
        if "kube" in item.keywords and not os.environ.get("SAILCLOTH_TEST_KUBECONFIG"):
            item.add_marker(pytest.mark.skip(reason="needs SAILCLOTH_TEST_KUBECONFIG"))


@pytest.fixture
def registries(transactional_db: None) -> dict[str, Registry]:
    """The open one, which is the default, and the one with a password."""
    root = principal_of(make_user(role=Role.ADMIN))
    free = create_registry(name="open", kind="generic", given=Given(url=f"http://{OPEN}"), actor=root)
    login = Given(url=f"http://{PROTECTED}", username="deployer", password="s3cret")
    return {"open": free, "protected": create_registry(name="protected", kind="generic", given=login, actor=root)}


@pytest.fixture
def actor(registries: dict[str, Registry]) -> Principal:
    return principal_of(make_user())


@pytest.fixture
def builder(actor: Principal, registries: dict[str, Registry], settings: Any, tmp_path: Path) -> Iterator[Builder]:
    settings.DATA_DIR = tmp_path
    made = Builder(actor, registries, f"t{uuid.uuid4().hex[:10]}")
    yield made
    made.clean_up()


@pytest.fixture(params=["buildkit", "classic"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Either builder of the engine: without bounds for BuildKit the classic one is used."""
    if request.param == "classic":
        monkeypatch.setattr("builds.engines.docker.warden.hold", lambda *_, **__: False)
    return str(request.param)


@pytest.fixture
def start_builder(
    start_process: Callable[..., "subprocess.Popen[str]"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """A worker process of its own that does one piece of work."""
    from tests.integration.builds.support import WORKER, Worker

    def start(kind: str = WORK_KIND, *, hold: str = "", builder: str = "buildkit") -> Worker:
        monkeypatch.setenv("SAILCLOTH_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("SAILCLOTH_ALLOWED_NETWORKS", "127.0.0.0/8")
        return Worker(start_process(WORKER, kind, hold, builder))

    return start
