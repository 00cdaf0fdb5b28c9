"""People, a registry that everyone may use, and no engine that anybody would need."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.services import principal_of
from clusters.registries.models import Registry
from clusters.registries.services import create_registry
from clusters.registries.types import Given
from tests.factories import JsonClient, make_client

API = "/v1/api/builds"
DOCKERFILE = "FROM scratch\nCOPY Dockerfile /\n"


@pytest.fixture(autouse=True)
def _engine(settings: Any) -> None:
    """One is configured; nothing here carries a build out."""
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "docker"})


@pytest.fixture
def registry(admin: User) -> Registry:
    given = Given(url="registry.example.com/team", username="robot", password="canary-of-the-registry")
    return create_registry(name="home", kind="generic", given=given, actor=principal_of(admin))


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    return make_client(other_member)


def body(**more: Any) -> dict[str, Any]:
    return {"source": {"files": {"Dockerfile": DOCKERFILE}}, "image": "app", **more}


@pytest.fixture
def start(client: JsonClient, registry: Registry) -> Callable[..., dict[str, Any]]:
    def make(**more: Any) -> dict[str, Any]:
        answer = client.post(f"{API}/start", body(**more))
        assert answer.status_code == 201, answer.json()
        return dict(answer.json())

    return make
