"""What tests of workflows begin with: a signed-in client, another tenant's, and a workflow."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from accounts.models import User
from core.principal import Principal
from tests.api.workflows.drawing import API, EDGES, NODES
from tests.factories import JsonClient, make_client
from workflows.models import Workflow
from workflows.services import hooks


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    """Signed in, in another workspace."""
    return make_client(other_member)


@pytest.fixture
def workflow(client: JsonClient) -> dict[str, Any]:
    """A shop of a deployment behind a service that could run."""
    answer = client.post(f"{API}/workflows", {"name": "Shop", "nodes": NODES, "edges": EDGES})
    assert answer.status_code == 201, answer.json()
    return {**answer.json(), "url": f"{API}/workflows/{answer.json()['id']}", "etag": answer["ETag"]}


@pytest.fixture
def asked() -> Iterator[list[tuple[str, str, list[str]]]]:
    """What was asked to be removed from clusters: the workflow's id and status then, and the claims."""
    calls: list[tuple[str, str, list[str]]] = []

    def cleanup(*, workflow: Workflow, delete_claims: Sequence[str], actor: Principal) -> list[str]:
        calls.append((workflow.pk, workflow.status, list(delete_claims)))
        return ["run_1", "run_2"]

    before = dict(hooks._cleanups)
    hooks._cleanups.clear()
    hooks.register_cleanup("test", cleanup)
    yield calls
    hooks._cleanups.clear()
    hooks._cleanups.update(before)
