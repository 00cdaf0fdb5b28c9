"""Looking at a source before it is built: what is there is shown, what is not is written, and nothing is kept."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from builds.models import Build
from builds.services import previews
from tests.api.builds.conftest import API
from tests.factories import JsonClient
from tests.integration.builds.git_server import TOKEN, USER, Repositories, serving
from tests.integration.imports.tls import tls_serving

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
STAGES = "FROM golang:1.25 AS made\nRUN true\nFROM --platform=linux/amd64 scratch AS last\nCOPY --from=made / /\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repositories]:
    with serving(tmp_path_factory.mktemp("repositories")) as found:
        found.make("written", {"Dockerfile": STAGES, "other/Build": "FROM scratch\n"})
        found.make("python", {"requirements.txt": "flask\n", "app.py": "", "web/package.json": '{"scripts": {}}'})
        found.make("strange", {"notes.txt": "x"})
        yield found


@pytest.fixture(autouse=True)
def _networks(settings: Any, tmp_path: Path) -> None:
    settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
    settings.DATA_DIR = tmp_path


def look(client: JsonClient, server: Repositories, name: str, *, dockerfile: str = "", **more: str) -> Any:
    source = {"git_url": f"{server.url}/{name}.git", **more}
    return client.post(f"{API}/preview", {"source": source, "dockerfile": dockerfile})


def test_what_is_there_is_shown(client: JsonClient, server: Repositories, tmp_path: Path) -> None:
    found = look(client, server, "written").json()
    assert found["dockerfile_text"] == STAGES and found["path"] == "Dockerfile" and not found["is_detected"]
    assert found["stages"] == ["made", "last"] and len(found["revision"]) == 40
    assert look(client, server, "written", dockerfile="other/Build").json()["dockerfile_text"] == "FROM scratch\n"
    assert not list((tmp_path / "previews").iterdir()) and not Build.objects.exists()


def test_what_a_killed_process_left_is_removed(client: JsonClient, server: Repositories, tmp_path: Path) -> None:
    left, busy = tmp_path / "previews/left", tmp_path / "previews/busy"
    for folder in (left, busy):
        folder.mkdir(parents=True)
    os.utime(left, (1, 1))
    assert look(client, server, "written").status_code == 200
    assert not left.exists() and busy.exists()


def test_what_is_not_is_written(client: JsonClient, server: Repositories, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_base_python": "registry.example.com/python:own"})
    found = look(client, server, "python").json()
    assert found["is_detected"] and found["language"] == "Python" and found["port"] == 8000 and found["path"] == ""
    assert "FROM registry.example.com/python:own" in found["dockerfile_text"] and "requirements.txt" in found["reason"]
    below = look(client, server, "python", subdirectory="web").json()
    assert below["language"] == "Node.js"
    nothing = look(client, server, "strange").json()
    assert nothing["dockerfile_text"] == "" and not nothing["is_detected"] and "no language" in nothing["reason"]


def test_an_upload(client: JsonClient, stranger: JsonClient) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("go.mod"), io.BytesIO())
    file = SimpleUploadedFile("app.tar.gz", buffer.getvalue())
    upload = client.post(f"{API}/uploads", {"file": file}, format="multipart").json()["upload"]
    found = client.post(f"{API}/preview", {"source": {"upload": upload}})
    assert found.status_code == 200 and found.json()["language"] == "Go" and found.json()["revision"] == ""
    assert stranger.post(f"{API}/preview", {"source": {"upload": upload}}).status_code == 400


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repositories]:
    """Passwords go over TLS only."""
    folder = tmp_path / "repositories"
    folder.mkdir()
    with tls_serving(folder, tmp_path) as (found, certificate):
        monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
        found.make("private", {"Dockerfile": "FROM scratch\n"})
        yield found


def test_a_private_one(client: JsonClient, stranger: JsonClient, private: Repositories) -> None:
    refused = look(client, private, "private")
    assert refused.status_code == 400 and "source.git_url" in refused.json()["fields"]
    assert look(client, private, "private", username=USER, token=TOKEN).status_code == 200
    kept = client.post(f"{API}/git-logins", {"git_url": private.url, "username": USER, "token": TOKEN})
    assert kept.status_code == 201 and look(client, private, "private").status_code == 200
    assert look(stranger, private, "private").status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"source": {}}, "source", id="nothing"),
        pytest.param({"source": {"files": {"Dockerfile": "FROM scratch\n"}}}, "source", id="text"),
        pytest.param({"source": {"git_url": "file:///etc"}}, "source.git_url", id="scheme"),
        pytest.param({"source": {"git_url": "https://x.example.com/a"}, "dockerfile": "../x"}, "dockerfile", id="out"),
    ],
)
def test_what_is_refused(client: JsonClient, body: dict[str, Any], field: str) -> None:
    answer = client.post(f"{API}/preview", body)
    assert answer.status_code == 400 and field in answer.json()["fields"]


def test_the_field_that_is_wrong_is_named(client: JsonClient, server: Repositories) -> None:
    assert "source.ref" in look(client, server, "written", ref="gone").json()["fields"]
    assert "source.subdirectory" in look(client, server, "written", subdirectory="gone").json()["fields"]
    assert "dockerfile" in look(client, server, "written", dockerfile="gone").json()["fields"]


def test_not_too_many_at_once(client: JsonClient, server: Repositories, member: User) -> None:
    taken = [previews._places.acquire(blocking=False) for _ in range(previews._AT_ONCE)]
    try:
        answer = look(client, server, "written")
        assert answer.status_code == 429 and answer["Retry-After"]
    finally:
        for _ in filter(None, taken):
            previews._places.release()
    assert look(client, server, "written").status_code == 200
    assert look(JsonClient(), server, "written").status_code == 401
