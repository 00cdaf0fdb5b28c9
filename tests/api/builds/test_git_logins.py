"""A login for a Git host is one's own, is never shown, and goes to that host alone."""

import json
from typing import Any

import pytest
from django.core import serializers

from accounts.models import User
from accounts.services import principal_of
from audit.models import AuditEntry
from builds.errors import TooManyGitLogins
from builds.logins import sealed_of
from builds.models import Build, GitLogin
from builds.sealing import Sealed
from builds.services import git_logins, keep_git_login
from tests.api.builds.conftest import API
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db
LOGINS = f"{API}/git-logins"
CANARY = "canary-of-the-git-host"
LOGIN = {"git_url": "https://Git.Example.com:443/team/app", "username": "robot", "token": CANARY}


@pytest.fixture
def login(client: JsonClient) -> dict[str, Any]:
    answer = client.post(LOGINS, LOGIN)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_kept_for_the_host_and_never_shown(login: dict[str, Any], client: JsonClient) -> None:
    assert (login["address"], login["username"]) == ("https://git.example.com", "robot")
    listed = client.get(LOGINS).json()
    assert listed["total"] == 1 and listed["git_logins"] == [login]
    rows = serializers.serialize("json", [*GitLogin.objects.all(), *AuditEntry.objects.all()])
    assert "build.git_login_created" in rows and CANARY not in rows + json.dumps([login, listed])


def test_another_takes_its_place(login: dict[str, Any], client: JsonClient) -> None:
    again = client.post(LOGINS, {"git_url": "https://git.example.com", "token": "other-canary"}).json()
    assert (again["id"], again["username"], GitLogin.objects.count()) == (login["id"], "", 1)
    assert AuditEntry.objects.filter(action="build.git_login_updated", object_id=login["id"]).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"git_url": "http://git.example.com/x"}, "token"),
        ({"git_url": "ssh://git.example.com/x"}, "git_url"),
        ({"git_url": "https://git.example.com:x"}, "git_url"),
        ({"git_url": f"https://{'a' * 301}/x"}, "git_url"),
        ({"git_url": "https://me:word@git.example.com/x"}, "git_url"),
        ({"token": ""}, "token"),
        ({"token": "two\nlines"}, "token"),
        ({"username": "a:b"}, "username"),
    ],
    ids=["in the open", "ssh", "no port", "long host", "in the address", "empty", "two lines", "colon"],
)
def test_what_is_none(change: dict[str, str], field: str, client: JsonClient) -> None:
    answer = client.post(LOGINS, {**LOGIN, **change})
    assert answer.status_code == 400 and list(answer.json()["fields"]) == [field], answer.json()


def test_ones_own(login: dict[str, Any], client: JsonClient, stranger: JsonClient) -> None:
    address = f"{LOGINS}/{login['id']}"
    assert stranger.get(LOGINS).json()["total"] == 0
    assert stranger.delete(address).status_code == 404
    assert JsonClient().get(LOGINS).status_code == JsonClient().post(LOGINS, LOGIN).status_code == 401
    assert client.delete(address).status_code == 200 and client.delete(address).status_code == 404
    actions = AuditEntry.objects.filter(object_type="git_login").order_by("at").values_list("action", flat=True)
    assert list(actions) == ["build.git_login_created", "build.git_login_deleted"]


def test_pages_and_search(client: JsonClient, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        client.post(LOGINS, {"git_url": f"https://git{number}.example.com", "token": CANARY})
    with django_assert_max_num_queries(8):
        page = client.get(LOGINS, {"limit": 2, "page": 2, "sort": "address", "order": "asc"}).json()
    assert [each["address"] for each in page["git_logins"]] == ["https://git2.example.com", "https://git3.example.com"]
    assert client.get(LOGINS, {"search": "git4"}).json()["total"] == 1


def test_only_so_many(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_logins, "MOST_LOGINS", 1)
    actor = principal_of(member)
    for _ in range(2):
        keep_git_login(git_url="https://one.example.com", username="", token="t", actor=actor)
    with pytest.raises(TooManyGitLogins):
        keep_git_login(git_url="https://two.example.com", username="", token="t", actor=actor)


class TestWhoseItIs:
    """Which builds use it."""

    @pytest.mark.parametrize(
        ("url", "is_used"),
        [
            ("https://git.example.com/team/app", True),
            ("https://GIT.example.com:443/other", True),
            ("https://git.example.com:8443/team/app", False),
            ("http://git.example.com/team/app", False),
            ("https://git.example.com.evil.test/app", False),
        ],
        ids=["its host", "its host, written otherwise", "another port", "in the open", "another host"],
    )
    def test_the_host_alone(self, url: str, is_used: bool, login: dict[str, Any], start: Any) -> None:
        build = Build.objects.get(pk=start(source={"git_url": url})["id"])
        assert build.sealed is None
        assert sealed_of(build) == (Sealed("robot", CANARY) if is_used else Sealed())

    def test_not_a_strangers(self, login: dict[str, Any], registry: Any, stranger: JsonClient) -> None:
        body = {"source": {"git_url": LOGIN["git_url"]}, "image": "app"}
        build = Build.objects.get(pk=stranger.post(f"{API}/start", body).json()["id"])
        assert sealed_of(build) == Sealed()

    def test_ones_own_token_comes_first(self, login: dict[str, Any], start: Any) -> None:
        source = {"git_url": LOGIN["git_url"], "token": "its-own"}
        build = Build.objects.get(pk=start(source=source, secrets={"npm": "x"})["id"])
        assert sealed_of(build) == Sealed("", "its-own", {"npm": "x"})

    def test_an_older_token_does_not(self, start: Any, client: JsonClient) -> None:
        """What is built again uses the login that was kept meanwhile."""
        old = start(source={"git_url": LOGIN["git_url"], "token": "its-own"}, secrets={"npm": "x"})
        client.post(f"{API}/{old['id']}/cancel")
        again = client.post(f"{API}/{old['id']}/retry").json()
        assert sealed_of(Build.objects.get(pk=again["id"])) == Sealed("", "its-own", {"npm": "x"})
        client.post(f"{API}/{again['id']}/cancel")
        client.post(LOGINS, LOGIN)
        last = client.post(f"{API}/{again['id']}/retry").json()
        assert sealed_of(Build.objects.get(pk=last["id"])) == Sealed("robot", CANARY, {"npm": "x"})
