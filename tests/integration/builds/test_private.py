"""From a private repository to an image, by way of an import: the credentials go along, and are seen nowhere."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

from accounts.models import User
from builds.models import Build, GitLogin
from builds.services.queue import WORK_KIND
from clusters.registries.models import Registry
from core.work.runner import run_next
from imports.execution import WORK_KIND as IMPORT
from tests.factories import JsonClient, make_client, make_user
from tests.integration.builds.git_server import TOKEN, USER, Repositories, git
from tests.integration.builds.support import BASE, Builder, lines_of
from tests.integration.imports.tls import tls_serving

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]
API = "/v1/api"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repositories]:
    folder = tmp_path / "repositories"
    folder.mkdir()
    with tls_serving(folder, tmp_path) as (found, certificate):
        monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
        yield found


@pytest.fixture
def person() -> User:
    return make_user()


@pytest.fixture
def shop(server: Repositories, registries: dict[str, Registry], builder: Builder, person: User) -> Iterator[str]:
    """The name of a private repository, and of the images from it."""
    name = f"{builder.word}-private"
    compose = f"services:\n  web:\n    build: ./web\n    image: {builder.word}/app\n"
    server.make(name, {"compose.yaml": compose, "web/Dockerfile": f"FROM {BASE}\nCOPY page /\n", "web/page": "hello\n"})
    yield name


def imported(client: JsonClient, url: str, *, submodules: bool = False, **more: Any) -> tuple[str, str]:
    """The ids of the workflow and of its build node."""
    source = {"git_url": url, "credentials": {"username": USER, "token": TOKEN, **more}, "submodules": submodules}
    begun = client.post(f"{API}/import/analyze", {"source": source}).json()
    assert run_next([IMPORT])
    seen = client.get(f"{API}/import/{begun['id']}").json()
    assert seen["status"] == "ready", seen
    made = client.post(f"{API}/import/create-workflow", {"import_id": begun["id"], "name": "Shop"}).json()
    workflow = made["workflow"]
    node = next(each for each in workflow["nodes"] if each["type"] == "build")
    return str(workflow["id"]), str(node["id"])


def test_submodules_come_along(
    server: Repositories, registries: dict[str, Registry], builder: Builder, person: User
) -> None:
    """Asked for at the import, and fetched by its builds, with the login of their host."""
    client, name = make_client(person), f"{builder.word}-private"
    part = server.make(f"{name}-part", {"page": "hello\n"})
    text = f"services:\n  web:\n    build: .\n    image: {builder.word}/app\n"
    modules = f'[submodule "lib"]\n\tpath = lib\n\turl = ../{name}-part.git\n'
    server.make(name, {"compose.yaml": text, "Dockerfile": f"FROM {BASE}\nCOPY lib/page /\n", ".gitmodules": modules})
    work = server.folder / f"{name}-work"
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{part},lib")
    git(work, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=two")
    git(work, "push", "--quiet", str(server.folder / f"{name}.git"), "main")

    workflow, node = imported(client, f"{server.url}/{name}.git", submodules=True)
    build = carry_out(client.post(f"{API}/workflows/{workflow}/nodes/{node}/build"))
    assert build.status == "succeeded", (build.error, lines_of(build))
    assert build.source["submodules"] is True
    assert f"Fetching {part} of {server.url}/{name}-part.git" in "\n".join(lines_of(build))
    assert TOKEN not in "".join(lines_of(build))


def carry_out(answer: Any) -> Build:
    assert answer.status_code in (200, 201), answer.json()
    while run_next([WORK_KIND]):
        pass
    return Build.objects.get(pk=answer.json().get("build_id") or answer.json()["id"])


def written_everywhere(client: JsonClient, workflow: str, build: Build, log: str) -> str:
    """Every row of the database, and what people can ask for."""
    rows = [serializers.serialize("json", model.objects.all()) for model in apps.get_models()]
    asked = (
        f"workflows/{workflow}",
        f"workflows/{workflow}/versions",
        f"workflows/{workflow}/export",
        f"builds/{build.pk}",
        f"builds/{build.pk}/logs",
        "builds/git-logins",
        "audit",
    )
    answers = [client.get(f"{API}/{each}") for each in asked]
    return "".join([*rows, *(str(answer.content) for answer in answers if hasattr(answer, "content")), log])


def test_built_and_built_again(
    server: Repositories, shop: str, person: User, builder: Builder, caplog: pytest.LogCaptureFixture
) -> None:
    client, url = make_client(person), f"{server.url}/{shop}.git"
    workflow, node = imported(client, url)
    assert list(GitLogin.objects.values_list("address", "username")) == [(server.url, USER)]
    build = carry_out(client.post(f"{API}/workflows/{workflow}/nodes/{node}/build"))
    assert build.status == "succeeded", (build.error, lines_of(build))

    hook = client.post(f"{API}/builds/{build.pk}/webhooks", {"provider": "github"}).json()
    body = json.dumps({"ref": "refs/heads/main", "after": "a" * 40}).encode()
    signature = hmac.new(hook["secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"HTTP_X_HUB_SIGNATURE_256": f"sha256={signature}", "HTTP_X_GITHUB_EVENT": "push"}
    pushed = JsonClient().generic("POST", hook["path"], body, content_type="application/json", **headers)
    again = carry_out(pushed)
    assert (again.status, again.pk == build.pk) == ("succeeded", False), (again.error, lines_of(again))
    written = written_everywhere(client, workflow, again, caplog.text + "".join(lines_of(build) + lines_of(again)))
    assert url in written and TOKEN not in written

    kept = client.get(f"{API}/builds/git-logins").json()["git_logins"][0]
    client.delete(f"{API}/builds/git-logins/{kept['id']}")
    last = carry_out(client.post(f"{API}/workflows/{workflow}/nodes/{node}/build"))
    assert (last.status, last.error_code) == ("failed", "git_unauthorized")
    assert f"keep a login for {server.url} under Builds" in last.error


def test_whoever_does_not_want_it_kept(server: Repositories, shop: str, person: User, builder: Builder) -> None:
    client = make_client(person)
    imported(client, f"{server.url}/{shop}.git", keep=False)
    assert not GitLogin.objects.exists()
