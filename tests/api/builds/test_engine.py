"""What a client learns of the engine before it asks for a build."""

from typing import Any

import pytest

from clusters.registries.models import Registry
from tests.api.builds.conftest import API, body
from tests.api.builds.test_builds import finish
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


def test_of_two_each_build_chooses(client: JsonClient, settings: Any, registry: Registry) -> None:
    gone = "0198c0de-0000-7000-8000-000000000000"
    found = engine(client, settings, build_engine="auto", docker_host="unix:///nowhere/docker.sock", build_cluster=gone)
    assert (found["name"], found["names"]) == ("docker", ["docker", "cluster"])
    assert client.get(f"{API}/engine", {"name": "cluster"}).json()["name"] == "cluster"
    assert client.get(f"{API}/engine", {"name": "podman"}).json()["name"] == "docker"
    assert client.post(f"{API}/start", body()).json()["engine"] == "docker"
    chosen = client.post(f"{API}/start", body(engine="cluster")).json()
    assert chosen["engine"] == "cluster"
    finish(chosen["id"])
    assert client.post(f"{API}/{chosen['id']}/retry").json()["engine"] == "cluster"
    refused = client.post(f"{API}/start", body(engine="podman"))
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["engine"])
    # Where an administrator names one, it is that one.
    assert engine(client, settings, build_engine="docker")["names"] == ["docker"]
    assert client.post(f"{API}/start", body(engine="cluster")).status_code == 400
    assert client.post(f"{API}/{chosen['id']}/retry").json()["engine"] == "docker"
