"""A push builds again: only when it is genuine, once, and only what its maker may still build."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from builds.models import Build
from tests.api.builds.conftest import API
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db
Start = Callable[..., dict[str, Any]]
GIT = {"git_url": "https://git.example.com/team/app", "ref": "main", "token": "canary-of-git"}


@pytest.fixture
def hook(start: Start, client: JsonClient) -> Callable[..., dict[str, Any]]:
    def make(provider: str = "github", **more: Any) -> dict[str, Any]:
        build = start(source={**GIT, **more})
        answer = client.post(f"{API}/{build['id']}/webhooks", {"provider": provider})
        assert answer.status_code == 201, answer.json()
        return dict(answer.json())

    return make


def call(hook: dict[str, Any], push: dict[str, Any], *, secret: str = "", event: str = "push") -> Any:
    body = json.dumps(push).encode()
    secret = secret or hook["secret"]
    headers = {"HTTP_AUTHORIZATION": "Basic of-the-host"}
    if hook["provider"] == "github":
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers |= {"HTTP_X_HUB_SIGNATURE_256": f"sha256={signature}", "HTTP_X_GITHUB_EVENT": event}
    else:
        headers |= {"HTTP_X_GITLAB_TOKEN": secret, "HTTP_X_GITLAB_EVENT": "Push Hook" if event == "push" else event}
    return JsonClient().generic("POST", hook["path"], body, content_type="application/json", **headers)


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_push_builds_once(hook: Callable[..., dict[str, Any]], provider: str) -> None:
    made = hook(provider)
    push = {"ref": "refs/heads/main", "after": "a" * 40}
    answer = call(made, push)
    assert answer.status_code == 200, answer.json()
    build = Build.objects.get(pk=answer.json()["build_id"])
    assert build.source == {"git_url": GIT["git_url"], "ref": "main", "subdirectory": ""} and build.sealed
    again = call(made, push)
    assert again.status_code == 409 and again.json()["code"] == "webhook_replayed"
    assert call(made, {**push, "after": "b" * 40}).json()["build_id"] != build.pk


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_who_has_no_secret_is_refused(hook: Callable[..., dict[str, Any]], provider: str) -> None:
    answer = call(hook(provider), {"ref": "refs/heads/main"}, secret="guessed")
    assert answer.status_code == 403 and answer.json()["code"] == "webhook_signature"
    assert Build.objects.count() == 1


def test_without_any_signature(hook: Callable[..., dict[str, Any]]) -> None:
    assert JsonClient().post(hook()["path"], {"ref": "refs/heads/main"}).status_code == 403
    assert JsonClient().post(f"{API}/webhooks/nonsense", {}).status_code == 404


@pytest.mark.parametrize(
    ("push", "event"),
    [
        pytest.param({"ref": "refs/heads/other", "after": "a" * 40}, "push", id="another branch"),
        pytest.param({"ref": "refs/heads/main", "after": "0" * 40, "deleted": True}, "push", id="branch removed"),
        pytest.param({"zen": "hello"}, "ping", id="ping"),
        pytest.param({"ref": 5}, "push", id="of another shape"),
    ],
)
def test_nothing_to_build(hook: Callable[..., dict[str, Any]], push: dict[str, Any], event: str) -> None:
    answer = call(hook(), push, event=event)
    assert answer.status_code == 200 and answer.json() == {"build_id": None}


def test_right_is_asked_anew(hook: Callable[..., dict[str, Any]], settings: Any) -> None:
    made = hook()
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "none"})
    assert call(made, {"ref": "refs/heads/main"}).status_code == 409


def test_a_closed_account_builds_no_more(hook: Callable[..., dict[str, Any]], member: User) -> None:
    made = hook()
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert call(made, {"ref": "refs/heads/main", "after": "a" * 40}).status_code == 404
    assert Build.objects.count() == 1


def test_webhooks_are_ones_own(hook: Callable[..., dict[str, Any]], client: JsonClient, stranger: JsonClient) -> None:
    made = hook()
    listed = client.get(f"{API}/webhooks").json()
    assert listed["total"] == 1 and "secret" not in listed["webhooks"][0]
    assert stranger.get(f"{API}/webhooks").json()["total"] == 0
    assert stranger.delete(made["path"]).status_code == 404
    assert stranger.post(f"{API}/{made['build_id']}/webhooks", {"provider": "github"}).status_code == 404
    assert client.delete(made["path"]).status_code == 200
    assert call(made, {"ref": "refs/heads/main"}).status_code == 404


def test_only_git_has_webhooks(start: Start, client: JsonClient) -> None:
    answer = client.post(f"{API}/{start()['id']}/webhooks", {"provider": "github"})
    assert answer.status_code == 409 and answer.json()["code"] == "not_from_git"
    assert client.post(f"{API}/{start()['id']}/webhooks", {"provider": "x"}).status_code == 400


def outcomes(client: JsonClient, made: dict[str, Any]) -> list[str]:
    answer = client.get(f"{made['path']}/deliveries?order=asc")
    assert answer.status_code == 200, answer.json()
    return [each["outcome"] for each in answer.json()["deliveries"]]


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_what_became_of_each_call_is_kept(
    hook: Callable[..., dict[str, Any]], client: JsonClient, provider: str, settings: Any
) -> None:
    made = hook(provider)
    push = {"ref": "refs/heads/main", "after": "a" * 40}
    built = call(made, push).json()["build_id"]
    call(made, push)
    call(made, {**push, "ref": "refs/heads/other"})
    call(made, push, secret="guessed")
    call(made, {"zen": "hello"}, event="ping" if provider == "github" else "Issue Hook")
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "none"})
    call(made, {**push, "after": "c" * 40})
    expected = ["built", "replayed", "other_branch", "bad_signature"]
    expected += ["ping" if provider == "github" else "nothing_to_build", "failed"]
    assert outcomes(client, made) == expected
    newest, *_, oldest = client.get(f"{made['path']}/deliveries").json()["deliveries"]
    assert oldest["build_id"] == built and oldest["ref"] == "main" and oldest["commit"] == "a" * 40
    assert "engine" in newest["error"] and newest["build_id"] is None
    found = client.get(f"{made['path']}/deliveries?outcome=replayed&search=main").json()
    assert found["total"] == 1
    assert client.get(f"{made['path']}/deliveries?sort=digest").status_code == 400


def test_the_default_branch_counts_where_none_is_named(hook: Callable[..., dict[str, Any]]) -> None:
    made = hook(ref="")
    for place in ("repository", "project"):
        push = {"ref": "refs/heads/trunk", "after": place[0] * 40, place: {"default_branch": "trunk"}}
        assert call(made, {**push, "ref": "refs/heads/topic"}).json() == {"build_id": None}
        assert call(made, push).json()["build_id"]
    assert call(made, {"ref": "refs/heads/any", "after": "9" * 40}).json()["build_id"]


def test_strangers_cannot_fill_the_list(hook: Callable[..., dict[str, Any]], client: JsonClient) -> None:
    made = hook()
    assert call(made, {"ref": "refs/heads/main"}).status_code == 200
    for number in range(55):
        call(made, {"number": number}, secret="guessed")
    found = outcomes(client, made)
    assert found.count("bad_signature") <= 50 and found.count("built") == 1


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_another_secret(hook: Callable[..., dict[str, Any]], client: JsonClient, provider: str) -> None:
    made = hook(provider)
    answer = client.post(f"{made['path']}/rotate")
    assert answer.status_code == 200 and answer.json()["secret"] != made["secret"]
    push = {"ref": "refs/heads/main", "after": "a" * 40}
    assert call(made, push).status_code == 403
    assert call(made, push, secret=answer.json()["secret"]).status_code == 200
    assert "secret" not in client.get(f"{API}/webhooks").json()["webhooks"][0]


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_a_test_builds_as_a_push_does(hook: Callable[..., dict[str, Any]], client: JsonClient, provider: str) -> None:
    made = hook(provider)
    first, second = (client.post(f"{made['path']}/test") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json()["build_id"] != second.json()["build_id"]
    assert outcomes(client, made) == ["built", "built"]
    listed = client.get(f"{API}/webhooks").json()["webhooks"][0]
    assert listed["build_id"] == second.json()["build_id"] and listed["last_used_at"]


def test_what_it_is_for_is_said(hook: Callable[..., dict[str, Any]], settings: Any) -> None:
    settings.PUBLIC_URL = "https://sails.example.com"
    made = hook(subdirectory="web")
    assert made["url"] == f"https://sails.example.com{made['path']}"
    assert (made["ref"], made["subdirectory"], made["tag"]) == ("main", "web", "latest")
    assert made["image"] == "registry.example.com/team/app" and made["workflow_id"] is made["node_id"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "deliveries", id="deliveries"),
        pytest.param("POST", "rotate", id="rotate"),
        pytest.param("POST", "test", id="test"),
    ],
)
def test_of_others_it_is_not_there(
    hook: Callable[..., dict[str, Any]], stranger: JsonClient, method: str, path: str
) -> None:
    made = hook()
    assert stranger.generic(method, f"{made['path']}/{path}").status_code == 404
    assert JsonClient().generic(method, f"{made['path']}/{path}").status_code == 401
    assert stranger.generic(method, f"{API}/webhooks/nonsense!/{path}").status_code == 404
    assert Build.objects.count() == 1
