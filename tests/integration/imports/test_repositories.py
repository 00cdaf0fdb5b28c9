"""From the address of a repository to a workflow, over HTTP, with a real git server."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builds.sources.types import Limits
from core.work import runner
from core.work.models import Work, WorkState
from imports import execution
from imports.models import ImportSession
from imports.services import prune_imports
from imports.services.sealing import unseal
from realtime.models import Event
from tests.factories import JsonClient, make_client, make_user
from tests.integration.builds.git_server import TOKEN, USER, Repositories, git, serving
from tests.integration.imports.tls import tls_serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
Json = dict[str, Any]
URL = "/v1/api/import"
SHOP = {
    "compose.yaml": "services:\n  web:\n    build: ./web\n    ports: ['80:80']\n  db: {image: 'redis:7.4'}\n",
    "web/Dockerfile": "FROM busybox:1\nCOPY page /\n",
    "web/page": "hello\n",
}
PARTS = {
    "api/Dockerfile": 'FROM busybox:1\nEXPOSE 8080\nCMD ["httpd", "-f"]\n',
    "worker/package.json": '{"scripts": {"start": "node ."}}',
    "README.md": "# parts\n",
}
MANY = {
    "one/compose.yaml": "services: {a: {image: 'a:1'}}\n",
    "two/compose.yaml": "services: {b: {build: ../lib}}\n",
    "lib/Dockerfile": "FROM scratch\n",
    "chart/templates/web.yaml": "services: {{ .Values.x }}\n",
    ".gitlab-ci.yml": "services: [docker]\ninclude: [x]\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repositories]:
    with serving(tmp_path_factory.mktemp("imported")) as found:
        found.make("shop", SHOP)
        found.make("parts", PARTS, links={"out": "/etc/passwd"})
        found.make("many", MANY)
        found.make("private", SHOP)
        found.make("empty", {"README.md": "nothing\n"})
        found.make("broken", {"compose.yaml": "services: {a: {imag: x}}\n", "Dockerfile": "FROM scratch\n"})
        yield found


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Path) -> None:
    settings.ALLOWED_NETWORKS = ("127.0.0.0/8",)
    settings.DATA_DIR = tmp_path


@pytest.fixture
def client() -> JsonClient:
    return make_client(make_user())


@pytest.fixture
def bring(client: JsonClient, server: Repositories) -> Callable[..., Json]:
    """Asks, lets a worker do it, and reads what came of it."""

    def make(name: str, **more: Any) -> Json:
        answer = client.post(f"{URL}/analyze", {"source": {"git_url": f"{server.url}/{name}.git", **more}})
        assert answer.status_code == 200, answer.content
        begun = answer.json()
        assert (begun["status"], begun["analysis"], begun["id"]) == ("analyzing", None, begun["import_id"])
        assert runner.run_next([execution.WORK_KIND])
        return dict(client.get(f"{URL}/{begun['id']}").json())

    return make


def nodes(session: Json, type_: str) -> dict[str, Json]:
    return {n["data"]["name"]: n["data"] for n in session["analysis"]["graph"]["nodes"] if n["type"] == type_}


class TestWhatIsFound:
    def test_a_compose_file_builds_from_its_own_repository(
        self, bring: Callable[..., Json], server: Repositories, client: JsonClient, tmp_path: Path
    ) -> None:
        session = bring("shop", ref="main")
        assert (session["status"], session["error"]) == ("ready", "")
        assert session["analysis"]["kind"] == "compose"
        url = f"{server.url}/shop.git"
        assert nodes(session, "build")["web"]["source"] == {"git_url": url, "ref": "main", "subdirectory": "web"}
        assert session["analysis"]["questions"] == []
        commit = git(server.folder / "shop-work", "rev-parse", "HEAD").strip()
        assert session["source"] == {"type": "git", "name": url, "ref": "main", "revision": commit}
        made = client.post(f"{URL}/create-workflow", {"import_id": session["id"], "name": "Shop"})
        assert made.status_code == 201
        assert not (tmp_path / "imports" / session["id"]).exists()

    def test_submodules_on_request(self, bring: Callable[..., Json], server: Repositories) -> None:
        with_modules = '[submodule "x"]\n\tpath = deploy\n\turl = ../shop.git\n'
        server.make("outer", {"README.md": "x", ".gitmodules": with_modules})
        work = server.folder / "outer-work"
        commit = git(server.folder / "shop-work", "rev-parse", "HEAD").strip()
        git(work, "update-index", "--add", "--cacheinfo", f"160000,{commit},deploy")
        git(work, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=two")
        git(work, "push", "--quiet", str(server.folder / "outer.git"), "main")
        assert bring("outer")["status"] == "failed"
        session = bring("outer", submodules=True)
        assert (session["status"], session["analysis"]["files"]) == ("ready", ["deploy/compose.yaml"])
        assert session["source"]["submodules"] is True
        assert any("its builds fetch them, too" in text for text in session["analysis"]["warnings"])
        bad = bring("outer", submodules=True, ref="no-such")
        assert bad["status"] == "failed"

    def test_dockerfiles_and_packages_become_deployments(self, bring: Callable[..., Json]) -> None:
        session = bring("parts")
        assert session["analysis"]["kind"] == "dockerfile"
        assert nodes(session, "deployment")["api"]["ports"] == [{"port": 8080, "protocol": "TCP"}]
        assert nodes(session, "build").keys() == nodes(session, "deployment").keys() == {"api", "worker"}
        assert nodes(session, "service").keys() == {"api", "worker"}
        places = {(row["file"], row["line"], row["key"], row["verdict"]) for row in session["analysis"]["report"]}
        assert places >= {
            ("api/Dockerfile", 2, "EXPOSE", "mapped"),
            ("api/Dockerfile", 3, "CMD", "kept"),
            ("worker/package.json", 1, "file", "approximated"),
        }
        assert "passwd" not in json.dumps(session)

    def test_of_several_one_is_asked_for(self, bring: Callable[..., Json], client: JsonClient) -> None:
        session = bring("many")
        (asked,) = session["analysis"]["questions"]
        assert [option["label"] for option in asked["options"]] == [
            "one/compose.yaml",
            "two/compose.yaml",
            "lib/Dockerfile",
        ]
        choices = {"source.project": "compose:two/compose.yaml"}
        answer = client.put(f"{URL}/{session['id']}/choices", {"choices": choices})
        assert nodes(answer.json(), "build")["b"]["source"]["subdirectory"] == "lib"

    @pytest.mark.parametrize("path", ["two", "two/compose.yaml", "/two/"], ids=["folder", "file", "slashes"])
    def test_a_path_says_which(self, path: str, bring: Callable[..., Json]) -> None:
        session = bring("many", path=path)
        assert session["analysis"]["files"] == ["two/compose.yaml"]
        assert session["analysis"]["questions"] == []

    def test_what_cannot_be_read_is_passed_by(self, bring: Callable[..., Json]) -> None:
        session = bring("broken")
        assert session["analysis"]["kind"] == "dockerfile"
        assert "compose.yaml cannot be read" in session["analysis"]["warnings"][0]

    def test_the_same_commit_gives_the_same(self, bring: Callable[..., Json]) -> None:
        assert bring("parts")["analysis"] == bring("parts")["analysis"]


class TestWhatGoesWrong:
    @pytest.mark.parametrize(
        ("name", "more", "words"),
        [
            ("absent", {}, "no such repository"),
            ("private", {}, "wants a user and a token"),
            ("shop", {"ref": "no-such"}, "no such branch"),
            ("shop", {"path": "absent"}, "nothing below absent"),
            ("empty", {}, "nothing that becomes a workflow"),
        ],
        ids=["no repository", "no credentials", "no branch", "no folder", "nothing"],
    )
    def test_it_fails_with_a_sentence(
        self, name: str, more: Json, words: str, bring: Callable[..., Json], client: JsonClient
    ) -> None:
        session = bring(name, **more)
        assert (session["status"], session["analysis"]) == ("failed", None)
        assert words in session["error"]
        sent = {"import_id": session["id"], "name": "x"}
        assert client.post(f"{URL}/create-workflow", sent).json()["code"] == "import_not_ready"
        assert client.put(f"{URL}/{session['id']}/choices", {}).status_code == 409
        assert client.get(f"{URL}/{session['id']}/files").status_code == 409

    def test_private_addresses_are_not_asked(
        self, bring: Callable[..., Json], server: Repositories, settings: Any
    ) -> None:
        settings.ALLOWED_NETWORKS = ()
        seen = len(server.seen)
        session = bring("shop")
        assert (session["status"], len(server.seen)) == ("failed", seen)
        assert "is not used" in session["error"]

    @pytest.mark.parametrize(
        ("source", "field"),
        [
            ({"git_url": "file:///etc"}, "source.git_url"),
            ({"git_url": "ext::sh -c x"}, "source.git_url"),
            ({"git_url": "-u./x"}, "source.git_url"),
            ({"git_url": "ssh://host/x"}, "source.git_url"),
            ({"git_url": "git@host:x/y"}, "source.git_url"),
            ({"git_url": "https://user:pass@host/x"}, "source.git_url"),
            ({"git_url": "https://-host/x"}, "source.git_url"),
            ({"git_url": "https://host:99999/x"}, "source.git_url"),
            ({"git_url": "https://host/x", "ref": "--upload-pack=x"}, "source.ref"),
            ({"git_url": "https://host/x", "ref": "a..b"}, "source.ref"),
            ({"git_url": "https://host/x", "path": "../x"}, "source.path"),
            ({"git_url": "https://host/x", "path": ".git"}, "source.path"),
            ({"git_url": "http://host/x", "credentials": {"token": "t"}}, "source.credentials"),
            ({"git_url": "https://host/x", "credentials": {"token": "a\nb"}}, "source.credentials"),
        ],
        ids=[
            *(
                "file",
                "ext",
                "option",
                "ssh",
                "scp",
                "password in it",
                "host option",
                "port",
                "ref option",
                "ref range",
            ),
            *("above", "git folder", "token in the clear", "two lines"),
        ],
    )
    def test_what_is_not_asked_for_at_all(self, source: Json, field: str, client: JsonClient) -> None:
        answer = client.post(f"{URL}/analyze", {"source": source})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_source"), answer.content
        assert field in answer.json()["fields"]
        assert not ImportSession.objects.exists()

    def test_so_many_at_once(self, client: JsonClient, server: Repositories) -> None:
        sent = {"source": {"git_url": f"{server.url}/shop.git"}}
        answers = [client.post(f"{URL}/analyze", sent).status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]

    def test_forgotten_while_it_is_fetched(self, client: JsonClient, server: Repositories) -> None:
        begun = client.post(f"{URL}/analyze", {"source": {"git_url": f"{server.url}/shop.git"}}).json()
        assert client.delete(f"{URL}/{begun['id']}").status_code == 200
        assert Work.objects.get(key=begun["id"]).state == WorkState.CANCELLED
        assert not runner.run_next([execution.WORK_KIND])

    def test_forgotten_in_the_middle_of_it(
        self, client: JsonClient, server: Repositories, in_threads: Callable[..., None], tmp_path: Path
    ) -> None:
        begun = client.post(f"{URL}/analyze", {"source": {"git_url": f"{server.url}/shop.git"}}).json()
        seen = len(server.seen)
        server.may_answer.clear()

        def forget() -> None:
            while len(server.seen) == seen:
                time.sleep(0.02)
            assert client.delete(f"{URL}/{begun['id']}").status_code == 200

        try:
            since = time.monotonic()
            in_threads([forget, lambda: runner.run_next([execution.WORK_KIND])])
            assert time.monotonic() - since < 10
        finally:
            server.may_answer.set()
        words = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert not any(begun["id"].encode() in each for each in words)
        assert not (tmp_path / "imports" / begun["id"]).exists()

    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            (Limits(seconds=30, bytes=2**20, files=1), "more than 1 files"),
            (Limits(seconds=30, bytes=20, files=100), "more than 0 MiB"),
            (Limits(seconds=0.001, bytes=2**20, files=100), "did not arrive"),
        ],
        ids=["files", "bytes", "time"],
    )
    def test_it_is_bounded(
        self, limits: Limits, words: str, bring: Callable[..., Json], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(execution, "LIMITS", limits)
        session = bring("shop")
        assert (session["status"], words in session["error"]) == ("failed", True), session["error"]

    def test_nobody_is_left_waiting(self, client: JsonClient, server: Repositories) -> None:
        begun = client.post(f"{URL}/analyze", {"source": {"git_url": f"{server.url}/shop.git"}}).json()
        Work.objects.filter(key=begun["id"]).update(attempt=9)
        assert runner.run_next([execution.WORK_KIND])
        found = client.get(f"{URL}/{begun['id']}").json()
        assert (found["status"], "Send the address again" in found["error"]) == ("failed", True)
        assert prune_imports() == 0


class TestCredentials:
    @pytest.fixture
    def url(self, server: Repositories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        with tls_serving(server.folder, tmp_path) as (found, certificate):
            monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
            yield f"{found.url}/private.git"

    @pytest.mark.parametrize(
        ("keep", "left", "warning"),
        [(False, ("", "", True), "not kept"), (True, (TOKEN, USER, True), "stay sealed")],
        ids=["forgotten", "kept for builds"],
    )
    def test_they_open_it(
        self,
        keep: bool,
        left: tuple[str, str, bool],
        warning: str,
        url: str,
        client: JsonClient,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        source = {"git_url": url, "credentials": {"username": USER, "token": TOKEN, "keep": keep}}
        begun = client.post(f"{URL}/analyze", {"source": source})
        assert TOKEN not in begun.content.decode()
        row = ImportSession.objects.get()
        assert TOKEN.encode() not in bytes(row.sealed)
        assert runner.run_next([execution.WORK_KIND])
        found = client.get(f"{URL}/{row.pk}")
        assert found.json()["status"] == "ready", found.json()["error"]
        assert any(warning in text for text in found.json()["analysis"]["warnings"])
        told = json.dumps([*Event.objects.values_list("payload", flat=True)])
        everything = told + found.content.decode() + caplog.text + str(Work.objects.values_list("payload"))
        assert TOKEN not in everything
        repository = unseal(ImportSession.objects.get()).repository
        assert repository is not None
        assert (repository.token, repository.username, repository.is_private) == left
        assert TOKEN.encode() not in bytes(ImportSession.objects.get().sealed)

    def test_wrong_ones_are_forgotten_too(self, url: str, client: JsonClient) -> None:
        credentials = {"username": "x", "token": "a-wrong-canary"}
        source = {"git_url": url, "credentials": credentials}
        client.post(f"{URL}/analyze", {"source": source})
        assert runner.run_next([execution.WORK_KIND])
        row = ImportSession.objects.get()
        assert row.status == "failed"
        repository = unseal(row).repository
        assert repository is not None
        assert repository.token == ""


def test_a_takeover_fetches_again(client: JsonClient, server: Repositories, tmp_path: Path) -> None:
    """What a worker left on the disk is in nobody's way."""
    begun = client.post(f"{URL}/analyze", {"source": {"git_url": f"{server.url}/shop.git"}}).json()
    left = tmp_path / "imports" / begun["id"] / "source"
    left.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(left)], check=True)
    assert runner.run_next([execution.WORK_KIND])
    assert client.get(f"{URL}/{begun['id']}").json()["status"] == "ready"
