"""Starting, listing, looking at, cancelling and repeating builds over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builds.ledger import Ledger
from builds.models import Build
from builds.states import BuildStatus
from clusters.registries.models import Registry
from core.work.models import Work
from tests.api.builds.conftest import API, body
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db
Start = Callable[..., dict[str, Any]]
NOBODY = "0198c0de-0000-7000-8000-000000000000"


def finish(build_id: str, status: BuildStatus = BuildStatus.FAILED) -> None:
    build = Build.objects.get(pk=build_id)
    Ledger(build, None, most_log_bytes=1000).finish(status, code="test", error="It is a test.")


def test_start_answers_with_the_build(start: Start, registry: Registry) -> None:
    build = start(tag="1.0", build_args={"VERSION": "1.0"}, platforms=["linux/amd64"])
    assert build["status"] == "queued" and build["image"] == "registry.example.com/team/app" and build["tag"] == "1.0"
    assert build["source"] == {"kind": "inline", "files": ["Dockerfile"]}
    assert build["registry_id"] == registry.pk and build["build_args"] == {"VERSION": "1.0"}
    assert Work.objects.filter(kind="builds.build", key=build["id"]).count() == 1


def test_start_twice_with_one_key_builds_once(client: JsonClient, registry: Registry) -> None:
    first = client.post(f"{API}/start", body(), HTTP_IDEMPOTENCY_KEY="once")
    second = client.post(f"{API}/start", body(), HTTP_IDEMPOTENCY_KEY="once")
    assert first.json() == second.json() and Build.objects.count() == 1


def test_dockerfile_alone_is_a_source(client: JsonClient, registry: Registry) -> None:
    answer = client.post(f"{API}/start", {"dockerfile": "FROM scratch\nCOPY . /\n", "image": "app"})
    assert answer.status_code == 201 and answer.json()["source"]["kind"] == "inline"


GIT = "https://git.example.com/team/app"
WRONG = [
    pytest.param({"image": ""}, "image", id="no image"),
    pytest.param({"image": "App:1"}, "image", id="capitals"),
    pytest.param({"image": "-app"}, "image", id="option as image"),
    pytest.param({"image": "elsewhere.example.com/app"}, "image", id="a registry that is not in the list"),
    pytest.param({"image": f"app@sha256:{'0' * 64}"}, "image", id="digest"),
    pytest.param({"tag": "-f"}, "tag", id="option as tag"),
    pytest.param({"tag": "a b"}, "tag", id="tag of two words"),
    pytest.param({"target": "--privileged"}, "target", id="option as target"),
    pytest.param({"platforms": ["--x/y"]}, "platforms", id="option as platform"),
    pytest.param({"build_args": {"--label": "x"}}, "build_args", id="option as argument"),
    pytest.param({"build_args": {"A=B": "x"}}, "build_args", id="argument with an equals sign"),
    pytest.param({"build_args": {"A": ["x"]}}, "build_args", id="argument of another type"),
    pytest.param({"secrets": {"a,src=/etc/passwd": "x"}}, "secrets", id="secret that names a file"),
    pytest.param({"secrets": {"-a": "x"}}, "secrets", id="option as secret"),
    pytest.param({"dockerfile": "../Dockerfile"}, "dockerfile", id="dockerfile outside"),
    pytest.param({"dockerfile": "/etc/passwd"}, "dockerfile", id="absolute dockerfile"),
    pytest.param({"dockerfile": "--file"}, "dockerfile", id="option as dockerfile"),
    pytest.param({"source": {}}, "source", id="no source"),
    pytest.param({"source": {"git_url": GIT, "upload": "x"}}, "source", id="two sources"),
    pytest.param({"source": {"files": {"../x": "y"}}}, "source.files", id="file outside"),
    pytest.param({"source": {"files": {}}}, "source.files", id="no files"),
    pytest.param(
        {"source": {"files": {"Dockerfile": "FROM x"}, "submodules": True}}, "source", id="submodules of no repository"
    ),
    pytest.param({"source": {"upload": NOBODY}}, "source.upload", id="no such upload"),
    pytest.param({"source": {"git_url": "--upload-pack=x"}}, "source.git_url", id="option as address"),
    pytest.param({"source": {"git_url": "file:///etc"}}, "source.git_url", id="a file as repository"),
    pytest.param({"source": {"git_url": "ext::sh -c id"}}, "source.git_url", id="a command as repository"),
    pytest.param({"source": {"git_url": "https://u:p@git.example.com/a"}}, "source.git_url", id="password in address"),
    pytest.param({"source": {"git_url": "https://-x.example.com/a"}}, "source.git_url", id="option as host"),
    pytest.param({"source": {"git_url": GIT, "ref": "--exec=id"}}, "source.ref", id="option as ref"),
    pytest.param({"source": {"git_url": GIT, "subdirectory": "../.."}}, "source.subdirectory", id="folder outside"),
    pytest.param(
        {"source": {"git_url": "http://git.example.com/a", "token": "t"}}, "source.token", id="token in clear"
    ),
    pytest.param({"node_id": "n"}, "workflow_id", id="node without workflow"),
]


@pytest.mark.parametrize(("more", "field"), WRONG)
def test_wrong_input_names_its_field(client: JsonClient, registry: Registry, more: dict[str, Any], field: str) -> None:
    answer = client.post(f"{API}/start", body(**more))
    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["fields"], answer.json()
    assert not Build.objects.exists()


def test_submodules_are_asked_for(start: Start, client: JsonClient) -> None:
    plain = start(source={"git_url": GIT, "submodules": False})
    assert "submodules" not in client.get(f"{API}/{plain['id']}").json()["source"]
    deep = start(source={"git_url": GIT, "submodules": True})
    assert client.get(f"{API}/{deep['id']}").json()["source"]["submodules"] is True
    finish(deep["id"])
    again = client.post(f"{API}/{deep['id']}/retry").json()
    assert again["source"]["submodules"] is True


def test_registry_that_is_not_for_them_is_not_there(client: JsonClient, registry: Registry) -> None:
    Registry.objects.update(available_to="selected")
    answer = client.post(f"{API}/start", body(registry_id=registry.pk))
    assert answer.status_code == 404 and answer.json()["code"] == "registry_not_found"


def test_without_engine_it_says_so(client: JsonClient, registry: Registry, settings: Any) -> None:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "none"})
    answer = client.post(f"{API}/start", body())
    assert answer.status_code == 409 and answer.json()["code"] == "no_build_engine"
    assert client.get("/readyz").status_code == 200


def test_list_is_ones_own_with_filters(start: Start, client: JsonClient, stranger: JsonClient) -> None:
    first, second = start(), start(tag="two")
    finish(first["id"])
    assert [build["id"] for build in client.get(API).json()["builds"]] == [second["id"], first["id"]]
    assert [build["id"] for build in client.get(API, {"status": "failed"}).json()["builds"]] == [first["id"]]
    assert [build["id"] for build in client.get(API, {"search": "two"}).json()["builds"]] == [second["id"]]
    assert client.get(API, {"page": 2, "limit": 1}).json()["total"] == 2
    assert client.get(API, {"workflow_id": "x"}).json()["builds"] == []
    assert client.get(API, {"sort": "nonsense"}).status_code == 400
    assert stranger.get(API).json()["builds"] == []


def test_list_costs_the_same_however_long(start: Start, client: JsonClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(API)
        return len(captured)

    start()
    one = queries()
    start()
    start()
    assert queries() == one <= 5


def test_somebody_elses_build_is_a_404(start: Start, stranger: JsonClient) -> None:
    build = start()
    for method, path in (("get", ""), ("post", "/cancel"), ("post", "/retry")):
        answer = getattr(stranger, method)(f"{API}/{build['id']}{path}")
        assert answer.status_code == 404 and answer.json()["code"] == "build_not_found", path
    assert stranger.get(f"{API}/nonsense").status_code == 404


def test_nobody_gets_nothing(client_for: Any) -> None:
    assert client_for(None).post(f"{API}/start", body()).status_code == 401


def test_cancel_of_one_that_waits(start: Start, client: JsonClient) -> None:
    build = start()
    answer = client.post(f"{API}/{build['id']}/cancel")
    assert answer.status_code == 200 and answer.json()["status"] == "cancelled"
    assert client.post(f"{API}/{build['id']}/cancel").status_code == 409
    assert not Work.objects.filter(state="queued").exists()


def test_retry_is_a_new_build_with_the_same_secrets(start: Start, client: JsonClient) -> None:
    build = start(secrets={"npm": "canary-of-the-build"})
    assert client.post(f"{API}/{build['id']}/retry").status_code == 409
    finish(build["id"])
    again = client.post(f"{API}/{build['id']}/retry")
    assert again.status_code == 201
    assert again.json()["retry_of"] == build["id"] and again.json()["secret_names"] == ["npm"]


def test_secrets_never_come_back(start: Start, client: JsonClient) -> None:
    canary = "canary-of-the-build"
    build = start(
        source={"git_url": GIT, "username": "me", "token": canary},
        secrets={"npm": canary},
        build_args={"API_TOKEN": canary, "PLAIN": {"value": canary, "secret": True}, "TOKENIZER": "2"},
    )
    assert build["build_args"] == {"TOKENIZER": "2"}
    assert build["secret_names"] == ["API_TOKEN", "PLAIN", "npm"]
    for path in (API, f"{API}/{build['id']}", f"{API}/{build['id']}/cancel"):
        answer = client.post(path) if path.endswith("cancel") else client.get(path)
        assert canary not in answer.content.decode()
    row = Build.objects.values().get(pk=build["id"])
    sealed = bytes(row.pop("sealed"))
    assert canary.encode() not in sealed and canary not in str(row)


def test_a_kind_that_nobody_registered(client: JsonClient, registry: Registry, monkeypatch: Any) -> None:
    monkeypatch.setattr("builds.consumers._kinds", {})
    answer = client.post(f"{API}/start", body(workflow_id="w", node_id="n"))
    assert answer.status_code == 400 and answer.json()["code"] == "consumer_not_found"


def test_too_many_wait(start: Start, client: JsonClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builds.services.starting.MOST_WAITING", 1)
    start()
    answer = client.post(f"{API}/start", body())
    assert answer.status_code == 429 and answer.headers["Retry-After"]


def test_search_finds_builds_and_leads_to_them(start: Start, client: JsonClient, stranger: JsonClient) -> None:
    build = start()
    address = f"/v1/api/search?q={build['image']}&types=build"
    (hit,) = client.get(address).json()["results"]
    assert hit["id"] == build["id"] and hit["url"] == f"/builds/{build['id']}"
    assert stranger.get(address).json()["results"] == []
