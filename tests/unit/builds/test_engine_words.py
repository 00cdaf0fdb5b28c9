"""What engines say: their progress as steps and lines, their failures as one sentence; and what they are told."""

import asyncio
from pathlib import Path
from unittest.mock import AsyncMock, patch

import pytest

from builds.engines.docker.arguments import Client, build_arguments
from builds.engines.docker.clients import Discovery, Found
from builds.engines.docker.engine import DockerEngine
from builds.engines.progress import Line, Reader, StepNews
from builds.engines.reasons import explain
from builds.engines.types import Attestations, Bounds, Order

BUILDKIT = """\
#1 [internal] load build definition from Dockerfile
#1 sha256:0b0b76b7ca75b2675a2f858e4ec72950d44b5a984388061dcd69b5eff0f13113
#1 DONE 0.1s

#5 [2/2] RUN make
#5 0.137 #6 not a step
#5 0.140 \x1b[32mok\x1b[0m
#6 [3/3] COPY . .
#6 CACHED
#5 DONE 1.1s
#7 [3/4] RUN false
#7 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1
""".splitlines()
CLASSIC = """\
Step 1/2 : FROM busybox:1
 ---> a52f589b1ebe
Step 2/2 : RUN make
 ---> Running in 0123456789ab
#5 DONE 1.0s
Removing intermediate container 0123456789ab
Successfully built 0123456789ab
""".splitlines()


def read(lines: list[str]) -> list[object]:
    reader = Reader(lambda: 0.0)
    return [item for line in lines for item in reader.read(line)] + list(reader.end())


def test_buildkit() -> None:
    news = read(BUILDKIT)
    assert StepNews("[2/2] RUN make", "running", fraction=0.5) in news
    assert Line("[2/2] RUN make", "\x1b[32mok\x1b[0m") in news and Line("[2/2] RUN make", "#6 not a step") in news
    assert StepNews("[2/2] RUN make", "done", 1.1) in news and StepNews("[3/3] COPY . .", "cached", 0.0) in news
    assert StepNews("[3/4] RUN false", "failed") in news
    assert not any(isinstance(item, Line) and "sha256:" in item.text for item in news)


def test_classic() -> None:
    news = read(CLASSIC)
    assert StepNews("[1/2] FROM busybox:1", "done", 0.0) in news
    assert Line("[2/2] RUN make", "#5 DONE 1.0s") in news
    assert StepNews("[2/2] RUN make", "done", 0.0) in news


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("write /x: no space left on device", "disk_full", id="full disk"),
        pytest.param("pull access denied for team/app, repository does not exist", "base_image_missing", id="no image"),
        pytest.param("lookup registry.invalid on 1.1.1.1:53: no such host", "unknown_host", id="unknown host"),
        pytest.param("unauthorized: authentication required", "registry_unauthorized", id="wrong password"),
        pytest.param("denied: requested access to the resource is denied", "registry_denied", id="no right"),
        pytest.param(
            'process "/bin/sh -c x" did not complete successfully: exit code: 137', "out_of_memory", id="killed"
        ),
        pytest.param("The command '/bin/sh -c x' returned a non-zero code: 2", "command_failed", id="classic command"),
        pytest.param("dial tcp 10.0.0.1:443: connect: connection refused", "registry_unreachable", id="refused"),
        pytest.param("target stage nothing could not be found", "unknown_stage", id="no stage"),
        pytest.param("something of a newer engine", "build_failed", id="anything else"),
    ],
)
def test_failures(line: str, code: str) -> None:
    error = explain(["before", line])
    assert error.code == code and error.message and "{" not in error.message


def order(**more: object) -> Order:
    usual = {
        "build": "b",
        "name": "registry.example.com/app:1",
        "context": tuple,
        "dockerfile": "Dockerfile",
        "labels": {},
        "build_args": {},
        "secrets": {},
        "target": "",
        "platforms": (),
        "logins": (),
        "bounds": Bounds(1, 1, 1, 1, 1),
        "folder": Path("/tmp/x"),
    }
    return Order(**{**usual, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("client", [Client("/docker", True), Client("/docker", False)], ids=["buildx", "without"])
def test_no_value_becomes_an_option(client: Client) -> None:
    hostile = order(build_args={"A": "--privileged"}, labels={"l": "-v"}, target="stage", platforms=("linux/amd64",))
    argv = build_arguments(hostile, client, iidfile=Path("/i"), secret_files={"s": Path("/f")}, network="none")
    values = argv[3 if client.has_buildx else 2 :]
    assert values[-1] == "-" and all(word.startswith("--") and word != "--" for word in values[:-1])
    assert "--build-arg=A=--privileged" in values and "--secret=id=s,src=/f" in values
    assert "--privileged" not in values and "-v" not in values


@pytest.mark.parametrize(
    ("attest", "words"),
    [
        (Attestations(scanner="scan:1"), {"--push", "--provenance=mode=min", "--sbom=generator=scan:1"}),
        (Attestations(), {"--push", "--provenance=mode=min"}),
        (None, {"--load", "--provenance=false"}),
    ],
    ids=["both", "provenance alone", "none"],
)
def test_attestations_go_with_a_push(attest: Attestations | None, words: set[str]) -> None:
    argv = build_arguments(order(), Client("/docker", True), iidfile=Path("/i"), secret_files={}, attest=attest)
    known = ("--push", "--load", "--sbom", "--provenance")
    assert {word for word in argv if word.startswith(known)} == words


def test_only_buildx_has_words_for_them() -> None:
    argv = build_arguments(order(), Client("/docker", False), iidfile=Path("/i"), secret_files={})
    assert not [word for word in argv if word.startswith(("--push", "--sbom", "--provenance"))]


@pytest.mark.parametrize(
    ("has_buildx", "has_store", "is_on", "can"),
    [
        (True, True, True, True),
        (False, True, True, False),
        (True, False, True, False),
        (True, True, False, False),
    ],
    ids=["buildx and store", "no buildx", "older store", "not wanted"],
)
def test_which_engine_attests(has_buildx: bool, has_store: bool, is_on: bool, can: bool) -> None:
    engine = DockerEngine("unix:///x", 1, attests=Attestations(is_on))
    found = Found(version="26.1", client=Client("/docker", has_buildx), has_containerd_store=has_store)
    with patch.object(Discovery, "look", AsyncMock(return_value=found)):
        assert asyncio.run(engine.probe()).has_attestations is can
