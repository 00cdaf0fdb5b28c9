"""What a registry holds is told to whoever may use it."""

from typing import Any

import pytest

from tests.factories import JsonClient
from tests.unit.registries.conftest import Scripted

pytestmark = pytest.mark.django_db
API = "/v1/api/registries"


def names(answer: Any, plural: str) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [each["name"] for each in answer.json()[plural]]


def test_repositories_and_tags(client: JsonClient, add: Any, live: Scripted) -> None:
    live.repositories, live.tags = ["team/web", "team/app", "other/x"], ["1.10", "1.9", "latest"]
    place = f"{API}/{add(url=live.url)['id']}"
    assert names(client.get(f"{place}/repositories"), "repositories") == ["other/x", "team/app", "team/web"]
    found = client.get(f"{place}/repositories?search=team&limit=1&page=2&order=desc").json()
    assert found["repositories"] == [{"name": "team/app"}] and (found["total"], found["page"]) == (2, 2)
    assert names(client.get(f"{place}/tags?repository=team/app"), "tags") == ["1.10", "1.9", "latest"]
    assert names(client.get(f"{place}/tags?repository=team/app&search=9"), "tags") == ["1.9"]


def test_only_what_is_below_its_path(client: JsonClient, add: Any, live: Scripted) -> None:
    live.repositories, live.tags = ["team/web", "other/x"], ["1"]
    place = f"{API}/{add(url=f'{live.url}/team')['id']}"
    assert names(client.get(f"{place}/repositories"), "repositories") == ["team/web"]
    for asked in ("tags?repository=other/x", "tags?repository=../x", "tags", "tags?repository=team/web&sort=size"):
        assert client.get(f"{place}/{asked}").status_code == 400


def test_what_it_does_not_tell(client: JsonClient, add: Any, live: Scripted) -> None:
    place = f"{API}/{add(url=live.url, password='wrong-canary')['id']}"
    refused = client.get(f"{place}/repositories")
    assert refused.status_code == 400 and refused.json()["code"] == "registry_list_refused"
    assert "canary" not in refused.content.decode()


def test_what_cannot_be_reached(client: JsonClient, add: Any) -> None:
    away = client.get(f"{API}/{add(url='http://127.0.0.1:1')['id']}/repositories")
    assert away.status_code == 503 and away.json()["details"]["reason"]


def test_of_others_it_is_not_there(client: JsonClient, add: Any) -> None:
    made = add(available_to="selected")
    for path in ("repositories", "tags?repository=a"):
        assert client.get(f"{API}/{made['id']}/{path}").status_code == 404
        assert JsonClient().get(f"{API}/{made['id']}/{path}").status_code == 401
