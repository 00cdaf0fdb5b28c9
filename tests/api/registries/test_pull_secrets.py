"""What a cluster gets to pull somebody's images with."""

import base64
import json
from typing import Any

import pytest

from accounts.models import User
from clusters.models import Registry
from clusters.registries import ecr, logins, pulling
from clusters.registries.distribution import Login, RegistryError
from clusters.registries.errors import PullSecretFailed
from clusters.registries.pulling import docker_config, pull_secret_for, registries_in
from tests.api.registries.conftest import ADMIN_API
from tests.factories import JsonClient
from tests.unit.registries.conftest import LOGIN

pytestmark = pytest.mark.django_db

PAIR = base64.b64encode(f"{LOGIN.username}:{LOGIN.password}".encode()).decode()
ACCOUNT = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


def config_for(user: User, *images: str) -> dict[str, dict[str, str]]:
    workspace = user.personal_workspace.pk
    secret = pull_secret_for(images=images, workspace=workspace)
    if secret is None:
        return {}
    assert LOGIN.password not in repr(secret)
    return dict(json.loads(docker_config(reference=secret.reference, workspace=workspace))["auths"])


def test_only_what_is_needed(member: User, add: Any) -> None:
    add("one", url="one.example.com")
    add("two", url="two.example.com/team")
    add("open", url="open.example.com", username="", password="")
    assert config_for(member, "nginx", "open.example.com/x", "two.example.com/other", "not an image") == {}
    found = config_for(member, "one.example.com/a:1", "one.example.com/b", "two.example.com/team/x@sha256:" + "0" * 64)
    assert set(found) == {"one.example.com", "two.example.com/team"}
    assert found["one.example.com"] == {"username": LOGIN.username, "password": LOGIN.password, "auth": PAIR}


def test_which_images_need_it(member: User, add: Any) -> None:
    made = add("one", url="one.example.com")
    secret = pull_secret_for(images=["one.example.com/a", "nginx"], workspace=member.personal_workspace.pk)
    assert secret is not None
    assert secret.images == {"one.example.com/a"}
    assert registries_in(secret.reference) == {made["id"]}


def test_one_query(member: User, add: Any, django_assert_num_queries: Any) -> None:
    for n in range(5):
        add(f"r{n}", url=f"h{n}.example.com")
    with django_assert_num_queries(1):
        secret = pull_secret_for(
            images=[f"h{n % 5}.example.com/{n}" for n in range(50)], workspace=member.personal_workspace.pk
        )
    assert secret is not None
    with django_assert_num_queries(1):
        docker_config(reference=secret.reference, workspace=member.personal_workspace.pk)
    with django_assert_num_queries(0):
        assert pull_secret_for(images=[], workspace=member.personal_workspace.pk) is None


@pytest.mark.parametrize(
    ("image", "key"),
    [
        ("nginx", "https://index.docker.io/v1/"),
        ("docker.io/team/app", "https://index.docker.io/v1/"),
        ("index.docker.io/team/app", "https://index.docker.io/v1/"),
        # A kubelet takes this name for another registry.
        ("registry-1.docker.io/team/app", "registry-1.docker.io"),
    ],
)
def test_docker_hub_as_a_kubelet_knows_it(member: User, add: Any, image: str, key: str) -> None:
    add("hub", type="dockerhub", url="")
    assert list(config_for(member, image)) == [key]


def test_a_part_of_docker_hub(member: User, add: Any) -> None:
    add("hub", type="dockerhub", url="")
    add("team", type="dockerhub", url="docker.io/team", username="team")
    found = config_for(member, "nginx", "team/app")
    assert {key: auth["username"] for key, auth in found.items()} == {
        "https://index.docker.io/v1/": LOGIN.username,
        "docker.io/team": "team",
    }


def test_only_those_who_may_use_it(member: User, other_member: User, admin: User, add: Any, root: JsonClient) -> None:
    made = add("few", url="one.example.com", available_to="selected", users=[member.email])
    assert config_for(member, "one.example.com/a")
    assert config_for(other_member, "one.example.com/a") == {}
    # What somebody has of another tenant opens nothing.
    secret = pull_secret_for(images=["one.example.com/a"], workspace=member.personal_workspace.pk)
    assert secret is not None
    stolen = docker_config(reference=secret.reference, workspace=other_member.personal_workspace.pk)
    assert json.loads(stolen) == {"auths": {}}
    root.put(f"{ADMIN_API}/{made['id']}", {"users": []})
    left = docker_config(reference=secret.reference, workspace=member.personal_workspace.pk)
    assert json.loads(left) == {"auths": {}}


def test_the_passwords_of_now(member: User, add: Any, root: JsonClient) -> None:
    made = add("one", url="one.example.com")
    workspace = member.personal_workspace.pk
    secret = pull_secret_for(images=["one.example.com/a"], workspace=workspace)
    assert secret is not None
    root.put(f"{ADMIN_API}/{made['id']}", {"password": "newer"})
    found = json.loads(docker_config(reference=secret.reference, workspace=workspace))["auths"]
    assert found["one.example.com"]["password"] == "newer"
    root.delete(f"{ADMIN_API}/{made['id']}")
    assert json.loads(docker_config(reference=secret.reference, workspace=workspace)) == {"auths": {}}


@pytest.mark.parametrize("url", ["moved.example.com", "one.example.com/part"])
def test_a_password_does_not_go_to_where_a_registry_was(member: User, add: Any, root: JsonClient, url: str) -> None:
    made = add("one", url="one.example.com")
    workspace = member.personal_workspace.pk
    secret = pull_secret_for(images=["one.example.com/a"], workspace=workspace)
    assert secret is not None
    assert root.put(f"{ADMIN_API}/{made['id']}", {"url": url, "password": "new"}).status_code == 200
    assert json.loads(docker_config(reference=secret.reference, workspace=workspace)) == {"auths": {}}


class TestShortLived:
    """Amazon's: made for each use, kept for a while, in memory only."""

    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        asked: list[str] = []

        async def exchange(host: str, key: Login, allowed: Any) -> Login:
            asked.append(key.username)
            if key.password == "wrong":
                raise RegistryError("Amazon does not accept the access key.", reason="unauthorized")
            return Login("AWS", f"made-{len(asked)}")

        monkeypatch.setattr(ecr, "exchange", exchange)
        logins._made.clear()
        return asked

    def test_made_once(self, member: User, add: Any, made: list[str], root: JsonClient) -> None:
        registry = add("aws", type="ecr", url=ACCOUNT, username="AKIA", password="key")
        image = f"{ACCOUNT}/app:1"
        assert config_for(member, image)[ACCOUNT]["password"] == "made-1"
        assert config_for(member, image)[ACCOUNT]["password"] == "made-1"
        root.put(f"{ADMIN_API}/{registry['id']}", {"password": "other"})
        assert config_for(member, image)[ACCOUNT]["password"] == "made-2"
        assert b"made-" not in bytes(Registry.objects.get().credentials or b"")

    def test_not_made(self, member: User, add: Any, made: list[str], root: JsonClient) -> None:
        registry = add("aws", type="ecr", url=ACCOUNT, username="AKIA", password="wrong")
        with pytest.raises(PullSecretFailed, match="aws gives no password: Amazon"):
            config_for(member, f"{ACCOUNT}/app:1")
        assert root.post(f"{ADMIN_API}/{registry['id']}/test").json()["reason"] == "unauthorized"


def test_what_stands_for_it() -> None:
    assert pulling.is_pull_reference("registries:x=y")
    assert not pulling.is_pull_reference("0190f5c2-0000-7000-8000-000000000000")
