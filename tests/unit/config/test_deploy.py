"""What is deployed with containers: the Compose file reads, and has all that builds need."""

import re
from pathlib import Path
from typing import Any

import pytest

from imports.compose import convert
from plugins.sdk.yaml import load

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docker-compose.yml").read_text()
IMAGE = (ROOT / "deploy/Dockerfile").read_text()
PACKAGES = {"platform", "plugins", "clusters", "builds", "workflows", "imports"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(load(TEXT)["services"])


def test_it_is_what_compose_reads() -> None:
    files = {"docker-compose.yml": TEXT.encode(), "deploy/Dockerfile": IMAGE.encode()}
    found = convert(files, variables={"SAILCLOTH_SECRET_KEYS": "a-long-random-string"})
    names = {node.data["name"] for node in found.graph.nodes if node.type in ("deployment", "statefulset", "job")}
    assert {"setup", "web", "worker", "watcher", "postgres", "redis", "engine"} <= names


@pytest.mark.parametrize("name", ["web", "worker", "watcher"])
def test_engine_is_there_for_whoever_asks_it(services: dict[str, Any], name: str) -> None:
    """`web` says what it can, `worker` builds, `watcher` clears up."""
    socket = services[name]["environment"]["DOCKER_HOST"].removeprefix("unix://")
    shared = [each for each in services[name]["volumes"] if each in services["engine"]["volumes"]]
    assert any(Path(socket).is_relative_to(each.partition(":")[2]) for each in shared)
    assert f"--host=unix://{socket}" in services["engine"]["command"]


def test_engine_is_out_of_reach_for_others(services: dict[str, Any]) -> None:
    """No port of it listens, no network is shared with it, and the engine of the machine is not used."""
    engine = services["engine"]
    assert not any("tcp" in word for word in engine["command"]) and "ports" not in engine
    assert not any(
        set(engine["networks"]) & set(each.get("networks", ["default"]))
        for name, each in services.items()
        if name != "engine"
    )
    assert "/var/run/docker.sock" not in TEXT
    assert engine["mem_limit"] and engine["cpus"] and engine["pids_limit"]


def test_image_has_what_builds_need(services: dict[str, Any]) -> None:
    installed = set(re.findall(r"[a-z-]+", IMAGE.partition("--no-install-recommends")[2].partition("&&")[0]))
    assert {"git", "docker-cli", "docker-buildx"} <= installed
    assert set(re.findall(r"^COPY (\w+)/ ", IMAGE, re.MULTILINE)) >= PACKAGES
    # Whoever works there may write there, and reach the socket of the engine.
    assert "ENV SAILCLOTH_DATA_DIR=/data" in IMAGE and "--owner=sailcloth" in IMAGE
    assert "--uid 1000" in IMAGE and "--group=1000" in services["engine"]["command"]
