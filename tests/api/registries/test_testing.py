"""Trying a registry: a test that really signs in."""

import os
from typing import Any

import pytest

from accounts.models import User
from accounts.services import principal_of
from audit.models import AuditEntry
from clusters.kube import loop
from clusters.registries.distribution import RegistryClient, RegistryError
from clusters.registries.logins import client_for
from clusters.registries.selectors import find_registry
from tests.api.registries.conftest import ADMIN_API
from tests.factories import JsonClient
from tests.unit.registries.conftest import LOGIN, Scripted

pytestmark = pytest.mark.django_db

API = "/v1/api/registries"
OPEN = os.environ.get("SAILCLOTH_TEST_REGISTRY", "")
CLOSED, USER, PASSWORD = [*os.environ.get("SAILCLOTH_TEST_REGISTRY_AUTH", "").split(",", 2), "", ""][:3]


def tried(root: JsonClient, made: dict[str, Any]) -> dict[str, Any]:
    answer = root.generic("POST", f"{ADMIN_API}/{made['id']}/test", "", content_type="")
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


@pytest.mark.parametrize("wants", ["bearer", "basic"])
def test_the_right_password(root: JsonClient, add: Any, live: Scripted, wants: str) -> None:
    live.wants = wants
    made = add(url=live.url)
    assert tried(root, made) == {"status": "healthy", "is_authenticated": True}
    shown = root.get(f"{API}/{made['id']}")
    assert (shown.json()["status"], shown.json()["reason"]) == ("healthy", "")
    assert shown.json()["checked_at"]
    # What is seen of a registry is no change of it.
    assert shown["ETag"].endswith('.1"')
    assert AuditEntry.objects.get(action="registry.tested").detail == {"reason": ""}
    assert any(authorization == LOGIN.header for _, _, authorization in live.seen)


@pytest.mark.parametrize("wants", ["bearer", "basic"])
def test_a_wrong_password_fails(root: JsonClient, add: Any, live: Scripted, wants: str) -> None:
    live.wants = wants
    made = add(url=live.url, password="wrong-canary")
    found = tried(root, made)
    assert (found["status"], found["reason"]) == ("unhealthy", "unauthorized")
    assert "canary" not in found["error"]
    shown = root.get(f"{API}/{made['id']}").json()
    assert (shown["status"], shown["reason"], shown["error"]) == ("unhealthy", "unauthorized", found["error"])


def test_no_password_where_one_is_needed(root: JsonClient, add: Any, live: Scripted) -> None:
    assert tried(root, add(url=live.url, username="", password=""))["reason"] == "unauthorized"


def test_an_open_one_says_that_the_password_was_not_tested(root: JsonClient, add: Any, live: Scripted) -> None:
    live.wants = "none"
    assert tried(root, add(url=live.url)) == {"status": "healthy", "is_authenticated": False}


def test_nobody_there(root: JsonClient, add: Any) -> None:
    assert tried(root, add(url="http://127.0.0.1:1"))["reason"] == "refused"


def test_where_nobody_may_go(root: JsonClient, add: Any, settings: Any) -> None:
    settings.ALLOWED_NETWORKS = []
    found = tried(root, add(url="http://127.0.0.1:5000"))
    assert (found["status"], found["reason"]) == ("unhealthy", "network")
    assert "private network" in found["error"]


def test_a_realm_that_leads_to_the_metadata_service(root: JsonClient, add: Any, live: Scripted) -> None:
    live.realm = "http://169.254.169.254/latest/meta-data"
    assert tried(root, add(url=live.url))["reason"] == "network"


def test_asking_about_an_image(add: Any, live: Scripted, member: User) -> None:
    """As whoever one is there, without knowing how."""
    from tests.unit.registries.test_client import put_image

    digest = put_image(live)

    async def ask(client: RegistryClient) -> str:
        async with client:
            return await client.head("team/app", "1")

    place = live.url.removeprefix("http://")
    reference, nobodys = find_registry(image=f"{place}/team/app:1", actor=principal_of(member))
    with pytest.raises(RegistryError, match="without a user"):
        loop.run(ask(client_for(reference, nobodys)))
    add(url=live.url)
    reference, found = find_registry(image=f"{place}/team/app:1", actor=principal_of(member))
    assert loop.run(ask(client_for(reference, found))) == digest


@pytest.mark.docker
@pytest.mark.skipif(not OPEN, reason="SAILCLOTH_TEST_REGISTRY is not set")
def test_a_real_open_one(root: JsonClient, add: Any) -> None:
    made = add(url=OPEN, username="", password="")
    assert tried(root, made) == {"status": "healthy", "is_authenticated": False}


@pytest.mark.docker
@pytest.mark.skipif(not CLOSED, reason="SAILCLOTH_TEST_REGISTRY_AUTH is not set")
def test_a_real_closed_one(root: JsonClient, add: Any) -> None:
    made = add(url=CLOSED, username=USER, password=PASSWORD)
    assert tried(root, made) == {"status": "healthy", "is_authenticated": True}
    root.put(f"{ADMIN_API}/{made['id']}", {"password": "wrong"})
    assert tried(root, made)["reason"] == "unauthorized"
