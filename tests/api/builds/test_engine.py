"""What a client learns of the engine before it asks for a build."""

from typing import Any

import pytest

from tests.api.builds.conftest import API
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db


def engine(client: JsonClient, settings: Any, **changes: Any) -> dict[str, Any]:
    settings.BUILDS = settings.BUILDS.model_copy(update=changes)
    answer = client.get(f"{API}/engine")
    assert answer.status_code == 200
    return dict(answer.json())


def test_none_is_configured(client: JsonClient, settings: Any) -> None:
    found = engine(client, settings, build_engine="none")
    assert found["is_configured"] is False and found["problem"] == "" and found["name"] == ""


def test_cluster_without_a_cluster_is_none(client: JsonClient, settings: Any) -> None:
    assert engine(client, settings, build_engine="cluster")["is_configured"] is False


def test_engine_that_does_not_answer(client: JsonClient, settings: Any) -> None:
    found = engine(client, settings, docker_host="unix:///nowhere/docker.sock")
    assert found["is_configured"] is True and "nothing answers" in found["problem"]


def test_cluster_that_is_gone(client: JsonClient, settings: Any) -> None:
    found = engine(client, settings, build_engine="cluster", build_cluster="0198c0de-0000-7000-8000-000000000000")
    assert found["name"] == "cluster" and "SAILCLOTH_BUILD_CLUSTER" in found["problem"]
