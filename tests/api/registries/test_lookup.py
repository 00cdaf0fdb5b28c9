"""Which registry an image comes from."""

from typing import Any

import pytest

from accounts.models import User
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

API = "/v1/api/registries/lookup"


def look(client: JsonClient, image: str) -> dict[str, Any]:
    answer = client.get(API, {"image": image})
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def name_of(client: JsonClient, image: str) -> str:
    return str(look(client, image).get("registry", {}).get("name", ""))


def test_found_and_not_found(client: JsonClient, add: Any) -> None:
    assert look(client, "nginx") == {
        "found": False,
        "host": "docker.io",
        "repository": "library/nginx",
        "tag": "latest",
        "digest": "",
    }
    made = add("hub", type="dockerhub", url="")
    del made["users"]
    assert look(client, "nginx:1")["registry"] == made
    assert look(client, "nginx:1")["found"] is True


def test_docker_hubs_names_are_one(client: JsonClient, add: Any) -> None:
    add("hub", type="dockerhub", url="https://index.docker.io/v1/")
    for image in ("nginx", "docker.io/nginx", "index.docker.io/library/nginx", "registry-1.docker.io/a/b:c"):
        assert name_of(client, image) == "hub"
    assert name_of(client, "docker.io.example.com/a") == ""


def test_by_the_longest_path(client: JsonClient, add: Any) -> None:
    add("all", url="r.example.com")
    add("team", url="r.example.com/team")
    add("app", url="r.example.com/team/app")
    for image, name in (
        ("r.example.com/other:1", "all"),
        ("r.example.com/team/x", "team"),
        ("r.example.com/teams/x", "all"),
        ("r.example.com/team/app:1", "app"),
        ("r.example.com/team/app/part", "app"),
        ("r.example.com/team/apple", "team"),
        ("r.example.com:5000/team/app", ""),
        ("R.example.com/team/app", "app"),
    ):
        assert name_of(client, image) == name, image


def test_ones_own_goes_before_everyones(
    client: JsonClient, stranger: JsonClient, member: User, add: Any, root: JsonClient
) -> None:
    add("all", url="r.example.com")
    add("mine", url="r.example.com", available_to="selected", users=[member.email])
    assert name_of(client, "r.example.com/x") == "mine"
    assert name_of(stranger, "r.example.com/x") == "all"
    # What administrators see is more than what their own runs use; here they added it themselves.
    assert name_of(root, "r.example.com/x") == "mine"


@pytest.mark.parametrize("image", ["", " ", "UPPER", "a b", "a:b:c", "x" * 2000, "a\x00b", "https://x/y", "a@sha256:1"])
def test_bad_images(client: JsonClient, image: str) -> None:
    answer = client.get(API, {"image": image})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_image")
    assert list(answer.json()["fields"]) == ["image"]


def test_without_an_image(client: JsonClient) -> None:
    assert client.get(API).status_code == 400


def test_queries(client: JsonClient, add: Any, django_assert_num_queries: Any) -> None:
    for n in range(10):
        add(f"r{n}", url=f"r.example.com/p{n}")
    with django_assert_num_queries(2):
        assert name_of(client, "r.example.com/p3/x") == "r3"
