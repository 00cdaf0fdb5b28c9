"""What engines say: their progress as steps and lines, their failures as one sentence; and what they are told."""

from pathlib import Path

import pytest

from builds.engines.docker.arguments import Client, build_arguments
from builds.engines.progress import Line, Reader, StepNews
from builds.engines.reasons import explain
from builds.engines.types import Bounds, Order

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


def test_attestations_go_with_a_push() -> None:
    argv = build_arguments(order(), Client("/docker", True), iidfile=Path("/i"), secret_files={}, attest=True)
    assert {"--push", "--sbom=true", "--provenance=mode=min"} <= set(argv)
