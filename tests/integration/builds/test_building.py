"""Images that are really built and really pushed."""

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest

from builds.configuration import engine_for, folder_of
from builds.services import start_build
from builds.types import GivenBuild, GivenSource
from clusters.registries.credentials import seal
from clusters.registries.types import Login
from tests.integration.builds.git_server import serving
from tests.integration.builds.support import BASE, OPEN, PROTECTED, Builder, docker, everything, lines_of

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]

DOCKERFILE = f"""\
FROM {BASE} AS made
ARG WORD
RUN echo "made for $WORD" && echo hello > /hello
FROM {BASE}
COPY --from=made /hello /hello
COPY page.html /page.html
CMD ["cat", "/hello"]
"""


def test_image_is_built_and_pushed(builder: Builder) -> None:
    build = builder.build(DOCKERFILE, files={"page.html": "<p>hi</p>"}, tag="1.0", build_args={"WORD": builder.word})
    assert build.status == "succeeded", (build.error, lines_of(build))
    assert build.digest.startswith("sha256:") and build.size
    request = urllib.request.Request(f"http://{OPEN}/v2/{builder.word}/app/manifests/1.0")
    kinds = ("docker.distribution.manifest.v2", "oci.image.manifest.v1", "oci.image.index.v1")
    request.add_header("Accept", ", ".join(f"application/vnd.{kind}+json" for kind in kinds))
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Docker-Content-Digest"] == build.digest
    assert docker("run", "--rm", f"{build.image}:1.0").strip() == "hello"
    labels = json.loads(docker("inspect", "--format", "{{json .Config.Labels}}", f"{build.image}:1.0"))
    assert labels["io.sailcloth.build"] == build.pk
    assert f"made for {builder.word}" in lines_of(build)
    names = [name for _, (name, _) in everything(build)]
    assert names[-1] == "done" and [number for number, _ in everything(build)] == list(range(1, len(names) + 1))


def test_a_repository_becomes_an_image(builder: Builder, tmp_path: Path) -> None:
    """A folder of a commit, without what `.dockerignore` names; the image says where it is from."""
    folder = tmp_path / "repositories"
    folder.mkdir()
    with serving(folder) as server:
        files = {
            "service/Dockerfile": f'FROM {BASE}\nCOPY . /app\nCMD ["ls", "/app"]\n',
            "service/.dockerignore": "*.secret\n",
            "service/page.html": "hi",
            "service/own.secret": "not for the image",
        }
        commit = server.make("app", files)
        source = GivenSource(git_url=f"{server.url}/app.git", ref="main", subdirectory="service")
        given = {"source": source, "image": f"{builder.word}/app", "registry_id": builder.registries["open"].pk}
        build = builder.carry_out(start_build(given=GivenBuild(**given), actor=builder.actor))
    assert build.status == "succeeded", (build.error, lines_of(build))
    assert build.revision == commit
    assert docker("run", "--rm", f"{build.image}:latest").split() == ["Dockerfile", "page.html"]
    labels = json.loads(docker("inspect", "--format", "{{json .Config.Labels}}", f"{build.image}:latest"))
    assert labels["org.opencontainers.image.revision"] == commit
    assert labels["org.opencontainers.image.source"] == f"{server.url}/app.git"


@pytest.mark.parametrize("registry", ["open", "protected"])
def test_cache_makes_the_second_build_quick(builder: Builder, registry: str) -> None:
    text = f"FROM {BASE} AS made\nARG WORD\nRUN echo $WORD > /w && sleep 10\nFROM {BASE}\nCOPY --from=made /w /\n"
    first = builder.build(text, build_args={"WORD": builder.word}, registry=registry)
    second = builder.build(text, build_args={"WORD": builder.word}, registry=registry)
    assert (first.status, second.status) == ("succeeded", "succeeded"), (first.error, second.error)
    seconds = [(build.finished_at - build.started_at).total_seconds() for build in (first, second)]  # type: ignore[operator]
    assert seconds[1] * 3 <= seconds[0], seconds
    assert any(step["status"] == "cached" for step in second.steps)


def test_password_of_a_registry_is_used_and_never_shown(builder: Builder) -> None:
    build = builder.build(f"FROM {BASE}\nLABEL a=b\n", registry="protected")
    assert build.status == "succeeded", build.error
    assert "s3cret" not in "\n".join(lines_of(build))
    # The same as base: pulled from there with the same login, once the engine has forgotten it.
    docker("rmi", "--force", f"{build.image}:latest")
    again = builder.build(f"FROM {PROTECTED}/{builder.word}/app:latest\nLABEL c=d\n", registry="protected", tag="2")
    assert again.status == "succeeded", (again.error, lines_of(again))


FAILURES = [
    pytest.param("FROM 127.0.0.1:5000/no/such:1\n", "base_image_missing", id="missing base image"),
    pytest.param("FROM no-such-host.invalid/app:1\n", "unknown_host", id="unknown host"),
    pytest.param("FROM 169.254.169.254/app:1\n", "host_refused", id="metadata address"),
    pytest.param(
        f"FROM {BASE}\nADD http://169.254.169.254/latest /x\n", "host_refused", id="ADD of a metadata address"
    ),
    pytest.param(f"FROM {BASE}\nRUN exit 3\n", "command_failed", id="a command fails"),
    pytest.param(f"FROM {BASE}\nCOPY nothing /x\n", "copy_failed", id="nothing to copy"),
    pytest.param(f"FROM {BASE}\nNONSENSE\n", "bad_dockerfile", id="no such instruction"),
    pytest.param("FROM $BASE\n", "unknown_base_image", id="a base that is not said"),
]


@pytest.mark.parametrize(("text", "code"), FAILURES)
def test_failures_say_what_is_wrong(builder: Builder, text: str, code: str) -> None:
    build = builder.build(text)
    assert (build.status, build.error_code) == ("failed", code), (build.error, lines_of(build))
    assert build.error.endswith((".", ">")) or ":" in build.error
    assert everything(build)[-1][1][0] == "done"


def test_full_disk_is_said(builder: Builder, kind: str) -> None:
    """In the words of the kernel: the memory that a step has as a disk is small."""
    build = builder.build(f"FROM {BASE}\nRUN echo {builder.word}; dd if=/dev/zero of=/dev/shm/x bs=1M count=100\n")
    assert (build.status, build.error_code) == ("failed", "disk_full"), (build.error, lines_of(build))
    assert "disk is full" in build.error


def test_images_that_nothing_names_are_removed(builder: Builder) -> None:
    """Ours alone: the engine may be somebody's own."""
    first = builder.build(f"FROM {BASE}\nRUN echo {builder.word} 1 > /x\n")
    second = builder.build(f"FROM {BASE}\nRUN echo {builder.word} 2 > /x\n")
    ids = [build.journal["image_id"] for build in (first, second)]
    folder = folder_of(f"foreign-{builder.word}")
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo {builder.word} 3 > /x\n")
    foreign = docker("build", "--quiet", "--label", f"a={builder.word}", str(folder)).strip()
    asyncio.run(engine_for("docker").remove_dangling(older_than_seconds=0.0))  # type: ignore[attr-defined]
    there = docker("images", "--all", "--quiet", "--no-trunc").split()
    assert [image in there for image in (*ids, foreign)] == [False, True, True]
    docker("rmi", foreign)


def test_wrong_password_is_said(builder: Builder) -> None:
    registry = builder.registries["protected"]
    seal(registry, Login("deployer", "wrong"))
    registry.save()
    build = builder.build(f"FROM {BASE}\n", registry="protected")
    assert (build.status, build.error_code) == ("failed", "registry_unauthorized"), build.error
    assert "password" in build.error


def test_stage_and_arguments(builder: Builder) -> None:
    text = f"FROM {BASE} AS one\nARG WORD\nENV WORD=$WORD\nFROM {BASE} AS two\nRUN exit 1\n"
    build = builder.build(text, target="one", build_args={"WORD": "--help"})
    assert build.status == "succeeded", build.error
    assert docker("run", "--rm", f"{build.image}:latest", "sh", "-c", 'echo "$WORD"').strip() == "--help"


def test_colours_stay(builder: Builder) -> None:
    build = builder.build(f"FROM {BASE}\nRUN printf '\\033[31m{builder.word}\\033[0m\\n'\n")
    assert f"\x1b[31m{builder.word}\x1b[0m" in lines_of(build)
