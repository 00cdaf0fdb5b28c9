"""Who may do what with a cluster: every route by every role, as one table."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from tests.api.clusters.sharing import Someone, somebody_with
from tests.factories import JsonClient, make_user

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"
ROLES = (
    "owner",
    "admin",
    "editor",
    "viewer",
    "limited_admin",
    "limited_editor",
    "limited_viewer",
    "stranger",
    "nobody",
)
ALL = (200, 200, 200, 200, 200, 200, 200)
ADMINS = (200, 200, 403, 403, 200, 403, 403)
WHOLE_ADMINS = (200, 200, 403, 403, 403, 403, 403)
OWNER = (200, 403, 403, 403, 403, 403, 403)

# Of routes that name the cluster: a stranger's 404 and nobody's 401 hold for each.
TABLE: dict[str, tuple[int, ...]] = {
    "GET /home": ALL,
    "PUT /home {}": WHOLE_ADMINS,
    "PUT /home/credentials": WHOLE_ADMINS,
    "PUT /home/default": ALL,
    "POST /home/test": ALL,
    "POST /home/refresh": ALL,
    "GET /home/status": ALL,
    "GET /home/metadata": ALL,
    "GET /home/metrics": ALL,
    "GET /home/logs": ALL,
    "POST /home/share": ADMINS,
    "GET /home/shares": ADMINS,
    "DELETE /home/shares/:other": ADMINS,
    "DELETE /home": OWNER,
}


@pytest.fixture
def cast(client: JsonClient, member: User, add: Any, stranger: JsonClient) -> Callable[[str], Someone]:
    add("home")

    def make(role: str) -> Someone:
        if role == "owner":
            return Someone(member, client)
        if role == "stranger":
            return Someone(make_user(), stranger)
        if role == "nobody":
            return Someone(make_user(), JsonClient())
        limit, _, plain = role.rpartition("_")
        return somebody_with(client, plain, *(["shop"] if limit else []))

    return make


def send(route: str, someone: Someone, owner: JsonClient, practice: Any) -> Any:
    method, _, rest = route.partition(" ")
    path = rest.removesuffix(" {}")
    body: dict[str, Any] = {}
    if path == "/home/credentials":
        body = {"token": practice.token}
    if path == "/home/share":
        body = {"email": "new@example.com", "role": "viewer", "namespaces": ["shop"]}
    if path == "/home/shares/:other":
        path = f"/home/shares/{somebody_with(owner, 'viewer', 'shop').share}"
    if rest.endswith("{}"):
        body = {"description": "Changed."}
    client = someone.client
    return client.get(f"{API}{path}") if method == "GET" else getattr(client, method.lower())(f"{API}{path}", body)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", TABLE)
def test_every_route(route: str, role: str, cast: Any, client: JsonClient, practice: Any) -> None:
    expected = (*TABLE[route], 404, 401)[ROLES.index(role)]
    answer = send(route, cast(role), client, practice)
    status = 200 if answer.status_code == 201 else answer.status_code
    assert status == expected, answer.json()
    if expected >= 400:
        assert answer.json()["error"]


def test_the_table_is_complete() -> None:
    """A new route of a cluster must be in it."""
    from tests.architecture.routes import all_routes

    known = {
        f"{method} {path.removesuffix(' {}').replace('/home', '/:name').replace(':other', ':id')}"
        for method, _, path in (line.partition(" ") for line in TABLE)
    }
    prefix = "v1/api/clusters"
    served = {
        f"{method} {path.removeprefix(prefix)}" for path, method, _ in all_routes() if path.startswith(f"{prefix}/:")
    }
    assert served == known


def test_limited_ones_see_their_namespaces_only(cast: Any, client: JsonClient) -> None:
    someone = cast("limited_viewer")
    whole = client.post(f"{API}/home/refresh").json()
    assert whole["nodes"]
    part = someone.client.post(f"{API}/home/refresh").json()
    assert (part["nodes"], part["storage_classes"], part["namespaces"]) == ([], [], [])
    assert {each["namespace"] for each in part["permissions"]} <= {"shop"}
    assert part["api_resources"] == whole["api_resources"]
    assert part["notes"] == ["Only these namespaces are shared with you: shop."]
    assert someone.client.get(f"{API}/home/metadata").json() == part
    metrics = someone.client.get(f"{API}/home/metrics").json()
    assert (metrics["nodes"], metrics["source"], metrics["notes"]) == ([], "none", part["notes"])


def test_revoked_everywhere(cast: Any, client: JsonClient, practice: Any) -> None:
    someone = cast("admin")
    assert client.delete(f"{API}/home/shares/{someone.share}").status_code == 200
    for route in TABLE:
        assert send(route, someone, client, practice).status_code == 404, route
    assert someone.client.get(API).json()["total"] == 0
