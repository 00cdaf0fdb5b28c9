"""Which tags there are of an image, asked of its registry."""

from typing import Any

import pytest

from tests.factories import JsonClient
from tests.unit.registries.conftest import LOGIN, Scripted

pytestmark = pytest.mark.django_db

API = "/v1/api/registries/tags"


def test_as_a_run_would_pull_it(client: JsonClient, add: Any, live: Scripted) -> None:
    live.tags = ["1.27", "1.28", "latest"]
    made = add(url=live.url)
    answer = client.get(API, {"image": f"{made['host']}/team/web:1.27"})
    assert (answer.status_code, answer.json()) == (
        200,
        {"tags": ["1.28", "1.27", "latest"], "reason": "", "error": ""},
    )
    assert LOGIN.password not in answer.content.decode()


def test_what_a_registry_refuses_is_said(client: JsonClient, add: Any, live: Scripted) -> None:
    made = add(url=live.url, password="wrong")
    found = client.get(API, {"image": f"{made['host']}/team/web"}).json()
    assert (found["tags"], found["reason"]) == ([], "unauthorized")
    assert found["error"]


def test_a_place_that_must_not_be_asked_is_not_asked(client: JsonClient) -> None:
    found = client.get(API, {"image": "169.254.169.254/latest/meta-data"}).json()
    assert found["tags"] == []
    assert found["reason"]


@pytest.mark.parametrize("image", ["", "NOT an image"], ids=["none", "no-name"])
def test_what_is_no_image(client: JsonClient, image: str) -> None:
    answer = client.get(API, {"image": image})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["image"])
