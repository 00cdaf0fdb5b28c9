"""Sources and Dockerfiles that want out: to files of this machine, to other hosts, to options of programs."""

import base64
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from builds.errors import BadBuild
from builds.models import Build
from builds.services import start_build, upload_source
from builds.types import GivenBuild, GivenSource
from tests.integration.builds.git_server import Repositories, serving
from tests.integration.builds.support import BASE, Builder, docker, everything, lines_of

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]

CANARY = "canary-of-this-machine"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the worker's machine, which no build may read."""
    path = tmp_path / "secret"
    path.write_text(CANARY)
    return path


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Repositories]:
    settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
    folder = tmp_path / "repositories"
    folder.mkdir()
    with serving(folder) as found:
        yield found


def built(builder: Builder, **source: Any) -> Build:
    given = {"image": f"{builder.word}/app", "registry_id": builder.registries["open"].pk}
    return builder.carry_out(start_build(given=GivenBuild(source=GivenSource(**source), **given), actor=builder.actor))


def refuses_to_tell(build: Build) -> None:
    """Whatever came of it, what is on this machine is in neither its image nor its stream."""
    told = str(everything(build)) + build.error + build.dockerfile_text
    if build.status == "succeeded":
        run = ("run", "--rm", "--network=none", f"{build.image}:latest")
        told += docker(*run, "sh", "-c", "cat /x /x/* 2>&1; find / -xdev -name secret -exec cat {} + 2>&1")
    assert CANARY not in told


@pytest.mark.parametrize("how", ["absolute", "relative", "folder"])
def test_link_out_of_a_repository(builder: Builder, server: Repositories, secret: Path, kind: str, how: str) -> None:
    where = {"absolute": str(secret), "relative": f"../../../../../../../..{secret}", "folder": str(secret.parent)}[how]
    files = {"Dockerfile": f"FROM {BASE}\nCOPY out /x\nRUN cat /x /x/secret || echo {builder.word}\n"}
    server.make("app", files, links={"out": where})
    refuses_to_tell(built(builder, git_url=f"{server.url}/app.git"))


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_link_in_the_place_of_a_file_of_ours(builder: Builder, server: Repositories, secret: Path, name: str) -> None:
    files = {"page": "hi"} if name == "Dockerfile" else {"Dockerfile": f"FROM {BASE}\nCOPY . /x\n"}
    server.make("app", files, links={name: str(secret)})
    build = built(builder, git_url=f"{server.url}/app.git")
    refuses_to_tell(build)
    assert build.status == ("failed" if name == "Dockerfile" else "succeeded"), build.error


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (("../secret", tarfile.REGTYPE, ""), "bad_archive"),
        # Without its slash it is a file like any other.
        (("/tmp/of-an-archive", tarfile.REGTYPE, ""), "no_dockerfile"),
        (("out", tarfile.SYMTYPE, "/etc/passwd"), "bad_archive"),
        (("out", tarfile.SYMTYPE, "../../secret"), "bad_archive"),
        (("out", tarfile.LNKTYPE, "/etc/passwd"), "bad_archive"),
        (("out", tarfile.CHRTYPE, ""), "bad_archive"),
    ],
    ids=["dots", "absolute", "link", "relative link", "hard link", "device"],
)
def test_archive_that_leads_out(builder: Builder, member: tuple[str, bytes, str], code: str) -> None:
    said = io.BytesIO()
    with tarfile.open(fileobj=said, mode="w") as archive:
        info = tarfile.TarInfo(member[0])
        info.type, info.linkname = member[1], member[2]
        archive.addfile(info, io.BytesIO())
    upload = upload_source(filename="a.tar", chunks=[said.getvalue()], actor=builder.actor)
    build = built(builder, upload=upload.pk)
    assert (build.status, build.error_code) == ("failed", code), build.error
    assert not Path("/tmp/of-an-archive").exists()


def test_copy_from_above(builder: Builder, secret: Path, kind: str) -> None:
    """An engine takes it for a path of the context."""
    build = builder.build(f"FROM {BASE}\nRUN echo {builder.word}\nCOPY ../../secret /x\n")
    assert (build.status, build.error_code) == ("failed", "copy_failed"), (build.error, lines_of(build))
    refuses_to_tell(build)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/x", "$U", "http://$H:{port}/x"], ids=["url", "arg", "env"]
)
def test_add_of_what_the_engines_machine_alone_reaches(builder: Builder, address: str, settings: Any) -> None:
    """An engine fetches with its machine's network: what listens there on loopback is not for builds."""
    asked = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()

    inner = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=inner.serve_forever, args=(0.01,), daemon=True).start()
    settings.ALLOWED_NETWORKS = ()
    # The registry of the tests is on loopback, too; a build does not come so far.
    port = inner.server_port
    text = f"FROM scratch\nARG U=http://127.0.0.1:{port}/x\nENV H=127.0.0.1\nADD {address.format(port=port)} /x\n"
    build = builder.build(text)
    inner.shutdown()
    inner.server_close()
    assert (build.status, build.error_code) == ("failed", "host_refused"), build.error
    assert not asked.is_set()


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"git_url": "--upload-pack=touch /tmp/pwned"}, "source.git_url"),
        ({"git_url": "ext::sh -c 'touch /tmp/pwned'"}, "source.git_url"),
        ({"git_url": "https://-oProxyCommand=x/app"}, "source.git_url"),
        ({"ref": "--upload-pack=touch /tmp/pwned"}, "source.ref"),
        ({"ref": "-c core.fsmonitor=x"}, "source.ref"),
        ({"subdirectory": "--exec=x"}, "source.subdirectory"),
        ({"subdirectory": "../.."}, "source.subdirectory"),
        ({"username": "a\nHost: evil", "token": "t"}, "source.token"),
    ],
    ids=["option", "ext", "host", "ref", "config", "folder", "above", "header"],
)
def test_options_of_git(builder: Builder, source: dict[str, str], field: str) -> None:
    given = GivenSource(**{"git_url": "https://git.example.com/team/app", **source})
    with pytest.raises(BadBuild) as raised:
        start_build(given=GivenBuild(source=given, image=f"{builder.word}/app"), actor=builder.actor)
    assert list(raised.value.fields or {}) == [field]


def test_hooks_and_filters_of_a_repository_do_not_run(builder: Builder, server: Repositories, tmp_path: Path) -> None:
    """What a repository brings along is data."""
    mark = tmp_path / "pwned"
    run = f"touch {mark}"
    files = {
        "Dockerfile": f"FROM {BASE}\nRUN echo {builder.word}\n",
        ".gitattributes": "* filter=evil\n",
        ".gitconfig": f'[filter "evil"]\n\tsmudge = {run}\n[core]\n\tfsmonitor = {run}\n',
        "hooks/post-checkout": f"#!/bin/sh\n{run}\n",
        ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "{run}"\n\tupdate = !{run}\n',
    }
    server.make("app", files)
    # Whoever made it here had it as a home, and ran what it says.
    mark.unlink(missing_ok=True)
    build = built(builder, git_url=f"{server.url}/app.git")
    assert build.status == "succeeded", (build.error, lines_of(build))
    assert not mark.exists()


def test_secret_argument_is_in_no_history(builder: Builder, kind: str) -> None:
    """Marked, or by its name; the classic builder, which could not keep it, refuses."""
    args = {"NPM_TOKEN": CANARY}
    build = builder.build(f"FROM {BASE}\nARG NPM_TOKEN\nRUN echo {builder.word} $NPM_TOKEN\n", build_args=args)
    refuses_to_tell(build)
    if kind == "classic":
        assert (build.status, build.error_code) == ("failed", "secrets_unsupported")
        return
    assert build.status == "succeeded", build.error
    name = f"{build.image}:latest"
    seen = docker("history", "--no-trunc", name) + docker("inspect", name)
    assert builder.word in seen and CANARY not in seen
    assert base64.b64encode(CANARY.encode()).decode() not in seen
