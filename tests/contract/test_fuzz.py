"""Whatever a client sends, whoever it is: never a 500, always the error shape, and answers as the OpenAPI document
says. Half of it is asked by somebody who owns what is asked about, half by an administrator."""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from accounts.models import Role, User
from accounts.services import principal_of, start_session
from tests.factories import JsonClient, make_client, make_user

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("SAILCLOTH_FUZZ_EXAMPLES", "12"))
API = "/v1/api/"

api = schemathesis.openapi.from_wsgi("/v1/openapi.json", get_wsgi_application())
api = api.exclude(path_regex="/(stream|terminal|builds/{id}/logs)/?$")

NODE = {"id": "web", "type": "deployment", "position": {"x": 0, "y": 0}, "data": {"name": "web", "image": "nginx"}}
COMPOSE = {"content": "services: {web: {image: nginx}}", "filename": "compose.yaml"}
REGISTRY = {"name": "home", "type": "generic", "url": "registry.example.com/team"}
BUILD = {"source": {"files": {"Dockerfile": "FROM x"}}, "image": "registry.example.com/team/app"}
GIT = "https://git.example.com/team/app"
CALL = {"name": "chat", "url": "https://chat.example.com/x"}


def keep_the_connection() -> None:
    """A request of its own would close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    keep_the_connection()
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class World:
    """An owner and an administrator, with real rows: what a path begins with leads to the one that is meant by its
    first parameter, made when it is needed and again when it was removed."""

    def __init__(self) -> None:
        self.owner = make_user("fuzz@example.com")
        self.admin = make_user("root@example.com", role=Role.ADMIN)
        self._made: dict[str, str] = {}

    def makers(self) -> dict[str, Callable[[], str]]:
        """By what a path begins with; the longest counts."""
        return {
            "workflows/{id}/": self.workflow,
            "templates/{id}/": lambda: self.post("templates", {"workflow_id": self.workflow(), "name": "Kept"}),
            "import/{id}/": lambda: self.post("import/analyze", {"source": COMPOSE}),
            "notifications/webhooks/{id}/": lambda: self.post("notifications/webhooks", CALL),
            "tokens/{id}/": lambda: self.post("tokens", {"name": "ci", "scopes": ["read"], "expires_in_days": 1}),
            "auth/sessions/{id}/": lambda: str(
                start_session(user=self.owner, actor=principal_of(self.owner)).session_id
            ),
            "admin/registries/{id}/": self.registry,
            "registries/{id}/": self.registry,
            "admin/users/{id}/": lambda: make_user().pk,
            "plugins/{id}/": lambda: make_client(self.owner).get(f"{API}plugins").json()["plugins"][0]["id"],
            "builds/{id}/": self.build,
            "builds/webhooks/{id}/": lambda: self.post(f"builds/{self.build()}/webhooks", {"provider": "gitlab"}),
            "builds/git-logins/{id}/": lambda: self.post("builds/git-logins", {"git_url": GIT, "token": "x"}),
        }

    def known_id(self, path: str) -> str | None:
        part = max((part for part in self.makers() if path.startswith(API + part)), key=len, default=None)
        if part is None:
            return None
        if part not in self._made:
            self._made[part] = self.makers()[part]()
            keep_the_connection()  # Django's client connects it again.
        return self._made[part]

    def forget(self, known: str) -> None:
        self._made = {part: ident for part, ident in self._made.items() if ident != known}

    def workflow(self) -> str:
        return self.post("workflows", {"name": "Fuzz", "nodes": [NODE], "edges": []})

    def registry(self) -> str:
        name = f"home-{len(self._made)}-{random.getrandbits(40)}"
        return self.post("admin/registries", {**REGISTRY, "name": name, "url": f"{name}.example.com"}, by=self.admin)

    def build(self) -> str:
        self.registry()
        return self.post("builds/start", BUILD)

    def post(self, path: str, body: dict[str, Any], by: User | None = None) -> str:
        client: JsonClient = make_client(by or self.owner)
        answer = client.post(f"{API}{path}", body)
        assert answer.status_code in (200, 201), answer.content
        return str(answer.json()["id"])


@pytest.fixture
def world(settings: Any) -> World:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "docker"})
    return World()


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize="SAILCLOTH_FUZZ_EXAMPLES" not in os.environ,
)
def test_any_input(case: Any, world: World) -> None:
    person = random.choice([world.owner, world.admin])
    known = world.known_id(case.path) if random.random() < 0.7 else None
    if known is not None:
        case.path_parameters["id"] = known
    grant = start_session(user=person, actor=principal_of(person))
    response = case.call(headers={"Authorization": f"Bearer {grant.token}"})
    if known is not None and case.method == "DELETE":
        world.forget(known)
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        body = response.json()
        assert isinstance(body["error"], str) and body["error"] and isinstance(body["code"], str)
