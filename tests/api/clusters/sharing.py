"""People with each role on one cluster, for the tests of sharing."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from tests.factories import JsonClient, make_client, make_user

API = "/v1/api/clusters"


@dataclass
class Someone:
    user: User
    client: JsonClient
    # The share by which they have it; empty for the owner and for strangers.
    share: str = ""


def share_with(owner: JsonClient, user: User, role: str, *namespaces: str, name: str = "home") -> dict[str, Any]:
    answer = owner.post(f"{API}/{name}/share", {"email": user.email, "role": role, "namespaces": list(namespaces)})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def somebody_with(owner: JsonClient, role: str, *namespaces: str, name: str = "home") -> Someone:
    user = make_user(name=role.title())
    return Someone(user, make_client(user), share_with(owner, user, role, *namespaces, name=name)["id"])
