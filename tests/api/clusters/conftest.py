"""What the tests of clusters begin with: a real server of the Kubernetes API, and ways to add it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from clusters import services
from tests.factories import JsonClient, make_client
from tests.unit.clusters.practice_server import Practice

API = "/v1/api/clusters"


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    started = Practice(tmp_path_factory.mktemp("practice"))
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def _no_gateways_of_other_tests() -> Iterator[None]:
    yield
    services.forget_all()


@pytest.fixture
def client(member: User) -> JsonClient:
    """Somebody who signed in."""
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    """Somebody of another tenant."""
    return make_client(other_member)


@pytest.fixture
def add(client: JsonClient, practice: Practice) -> Callable[..., dict[str, Any]]:
    """Add the practice server by its token and return what the API says of it."""

    def make(name: str = "home", **more: Any) -> dict[str, Any]:
        answer = client.post(API, practice.by_token(name, **more))
        assert answer.status_code == 201, answer.json()
        return dict(answer.json())

    return make
