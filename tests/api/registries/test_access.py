"""Who may see, use and change registries; and that credentials are found nowhere."""

import logging
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from tests.api.registries.conftest import ADMIN_API, body
from tests.factories import JsonClient, make_client, make_user
from tests.unit.registries.conftest import LOGIN, Scripted
from vault.columns import sealed_columns

pytestmark = pytest.mark.django_db

API = "/v1/api/registries"


def requests_of(ident: str) -> dict[str, tuple[str, str, Any]]:
    return {
        "list": ("get", API, None),
        "lookup": ("get", f"{API}/lookup?image=registry.example.com/x", None),
        "tags": ("get", f"{API}/tags?image=127.0.0.1:9/x", None),
        "show": ("get", f"{API}/{ident}", None),
        "create": ("post", ADMIN_API, body("new", url="new.example.com")),
        "update": ("put", f"{ADMIN_API}/{ident}", {"description": "x"}),
        "test": ("post", f"{ADMIN_API}/{ident}/test", None),
        "default": ("put", f"{ADMIN_API}/{ident}/default", None),
        "delete": ("delete", f"{ADMIN_API}/{ident}", None),
    }


READS = ("list", "lookup", "tags", "show")


@pytest.mark.parametrize("what", list(requests_of("")))
def test_by_role(add: Any, root: JsonClient, client: JsonClient, what: str) -> None:
    method, path, data = requests_of(add()["id"])[what]
    assert getattr(JsonClient(), method)(path, data).status_code == 401
    answer = getattr(client, method)(path, data)
    assert answer.status_code == (200 if what in READS else 403), answer.json()
    assert getattr(root, method)(path, data).status_code == (201 if what == "create" else 200)


class TestSelectedPeople:
    def test_for_nobody_else(
        self, add: Any, root: JsonClient, client: JsonClient, stranger: JsonClient, member: User
    ) -> None:
        made = add(available_to="selected", users=[member.email.upper()])
        assert made["users"] == [member.email]
        assert client.get(f"{API}/{made['id']}").status_code == 200
        assert "users" not in client.get(f"{API}/{made['id']}").json()
        assert client.get(API).json()["total"] == 1
        # Another tenant.
        assert stranger.get(f"{API}/{made['id']}").status_code == 404
        assert stranger.get(API).json()["total"] == 0
        assert stranger.get(f"{API}/lookup?image=registry.example.com/x").json()["found"] is False
        # Administrators look after all, whoever added them.
        other_root = make_client(make_user("root2@example.com", role="admin"))  # type: ignore[arg-type]
        assert other_root.get(f"{API}/{made['id']}").json()["users"] == [member.email]
        assert other_root.get(f"{API}/lookup?image=registry.example.com/x").json()["found"] is False

    def test_taken_back(self, add: Any, root: JsonClient, client: JsonClient, member: User, other_member: User) -> None:
        made = add(available_to="selected", users=[member.email])
        path = f"{ADMIN_API}/{made['id']}"
        answer = root.put(path, {"users": [other_member.email]})
        assert (answer.json()["users"], answer["ETag"]) == ([other_member.email], f'"{made["id"]}.2"')
        assert client.get(f"{API}/{made['id']}").status_code == 404
        assert root.put(path, {"users": [other_member.email, other_member.email]})["ETag"].endswith('.2"')
        assert root.put(path, {"available_to": "everyone"}).status_code == 200
        assert client.get(f"{API}/{made['id']}").status_code == 200


class TestCanaries:
    @pytest.mark.parametrize("wants", ["bearer", "basic", "none"])
    def test_nowhere(
        self, add: Any, root: JsonClient, client: JsonClient, live: Scripted, caplog: Any, wants: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        live.wants = wants
        made = add(url=live.url)
        answers = [root.post(f"{ADMIN_API}/{made['id']}/test")]
        assert answers[0].json()["status"] == "healthy"
        live.tokens.clear()
        for method, path, data in requests_of(made["id"]).values():
            answers += [getattr(client, method)(path, data), getattr(root, method)(path, data)]
        said = "".join(answer.content.decode() for answer in answers)
        assert LOGIN.password not in said
        assert LOGIN.password not in caplog.text and LOGIN.header not in caplog.text
        root.post(ADMIN_API, body("again"))
        assert LOGIN.password not in dump() and LOGIN.header.removeprefix("Basic ") not in dump()

    def test_the_column_is_known_to_a_rotation_of_keys(self) -> None:
        assert ("clusters.Registry", "credentials") in {(column.model, column.field) for column in sealed_columns()}


def dump() -> str:
    """Every row of every table of ours."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'select * from "{model._meta.db_table}"')
            found += [repr(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor for cell in row]
    return "\n".join(found)
