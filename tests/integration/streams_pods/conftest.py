"""The product's web server in a thread, a cluster behind it (practice, and a real one where there is one), and people
who look at its pods."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters import services
from tests.integration.streams_pods.ground import Ground, PracticeThread, WebServer

KUBECONFIG = "SAILCLOTH_TEST_KUBECONFIG"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a real cluster are left out where there is none."""
    for item in items:
        if "kube" in item.keywords and not os.environ.get(KUBECONFIG):
            item.add_marker(pytest.mark.skip(reason=f"needs {KUBECONFIG}"))


@pytest.fixture(scope="session")
def practice_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeThread]:
    started = PracticeThread(tmp_path_factory.mktemp("practice"))
    yield started
    started.stop()


@pytest.fixture(params=["practice", pytest.param("real", marks=pytest.mark.kube)])
def where(request: pytest.FixtureRequest) -> str:
    """Which cluster the test runs against."""
    return str(request.param)


@pytest.fixture
def web(transactional_db: None) -> Iterator[WebServer]:
    started = WebServer()
    yield started
    started.stop()


@pytest.fixture
def ground(where: str, web: WebServer, practice_thread: PracticeThread) -> Iterator[Ground]:
    """A namespace on the cluster, and its owner."""
    config = Path(os.environ[KUBECONFIG]).read_text() if where == "real" else ""
    made = Ground.make(web, practice_thread, config)
    yield made
    made.stop()
    services.forget_all()


@pytest.fixture
def only_practice(practice_thread: PracticeThread, web: WebServer) -> Iterator[Ground]:
    """For what does not depend on the cluster."""
    made = Ground.make(web, practice_thread, "")
    yield made
    made.stop()
    services.forget_all()


@pytest.fixture
def soon() -> Callable[..., Any]:
    from tests.integration.streams_pods.ground import soon as wait

    return wait
