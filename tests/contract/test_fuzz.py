"""Whatever a client sends: never a 500, always the error shape, and answers as the OpenAPI document says."""

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from accounts.models import User
from accounts.services import principal_of, start_session
from tests.factories import make_user
from workflows import services
from workflows.types import GraphInput

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("SAILCLOTH_FUZZ_EXAMPLES", "12"))

api = schemathesis.openapi.from_wsgi("/v1/openapi.json", get_wsgi_application())
api = api.exclude(path_regex="/(stream|terminal|builds/{id}/logs)/?$")
NODE = {"id": "web", "type": "deployment", "position": {"x": 0, "y": 0}, "data": {"name": "web", "image": "nginx"}}


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request of its own would close the connection that holds the test's transaction, as Django's client knows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def person() -> User:
    return make_user("fuzz@example.com")


@pytest.fixture
def known_ids(person: User) -> dict[str, str]:
    """Real ids, so that not every answer is a 404."""
    workflow = services.create_workflow(
        fields={"name": "Fuzz"}, sent=GraphInput([NODE], []), actor=principal_of(person)
    )
    return {"/workflows/": workflow.pk}


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize="SAILCLOTH_FUZZ_EXAMPLES" not in os.environ,
)
def test_any_input(case: Any, person: User, known_ids: dict[str, str]) -> None:
    for part, ident in known_ids.items():
        if part in case.path and "id" in (case.path_parameters or {}) and random.random() < 0.7:
            case.path_parameters["id"] = ident
    grant = start_session(user=person, actor=principal_of(person))
    response = case.call(headers={"Authorization": f"Bearer {grant.token}"})
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        body = response.json()
        assert isinstance(body["error"], str) and body["error"] and isinstance(body["code"], str)
