"""Images that ask for a password, deployed by REST: the secret is made, and on a real Kubernetes the pods pull."""

import base64
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Role
from core.work.runner import run_next
from tests.cluster.runs.conftest import REAL, Rest
from tests.factories import JsonClient, make_client, make_user
from tests.integration.runs.support import deployment
from workflows.runs import renewing

Json = dict[str, Any]
Look = Callable[..., Json | None]

CLOSED, USER, PASSWORD = [*os.environ.get("SAILCLOTH_TEST_REGISTRY_AUTH", "").split(",", 2), "", ""][:3]
# Under this name no node has a login of its own for it (a kubelet reads what `docker login` left on its machine).
PLACE = CLOSED.replace("127.0.0.1", "localhost")
pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(not CLOSED, reason="SAILCLOTH_TEST_REGISTRY_AUTH is not set"),
]


@pytest.fixture
def root(rest: Rest) -> JsonClient:
    return make_client(make_user(role=Role.ADMIN))


def add(root: JsonClient, password: str = PASSWORD) -> str:
    """Its id."""
    sent = {"name": "closed", "type": "generic", "url": PLACE, "username": USER, "password": password}
    answer = root.post("/v1/api/admin/registries", sent)
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["id"])


def password_there(look: Look, workflow: str) -> str:
    live = look("Secret", f"sailcloth-{workflow}-pull")
    assert live is not None
    content = json.loads(base64.b64decode(live["data"][".dockerconfigjson"]))
    return str(content["auths"][PLACE]["password"])


def test_pulled_with_a_secret_that_follows_the_registry(rest: Rest, look: Look, root: JsonClient) -> None:
    registry = add(root)
    # Never from the node's own store: the registry is asked whenever a pod starts.
    web = deployment("web", image=f"{PLACE}/busybox:1", image_pull_policy="Always")
    workflow = rest.draw([web], [])
    run = rest.run(workflow, timeout_seconds=90)
    assert run["status"] == "succeeded", run["message"]
    assert rest.states(workflow) == {"web": "healthy"}
    assert password_there(look, workflow) == PASSWORD

    root.put(f"/v1/api/admin/registries/{registry}", {"password": "newer"})
    while run_next([renewing.WORK_KIND]):
        pass
    assert password_there(look, workflow) == "newer"

    run = rest.undeploy(workflow)
    assert run["status"] == "succeeded", run["message"]
    assert look("Secret", f"sailcloth-{workflow}-pull") is None


@pytest.mark.parametrize("rest", [REAL], indirect=True)
def test_without_the_registry_a_real_cluster_may_not_pull(rest: Rest, look: Look, root: JsonClient) -> None:
    """The practice cluster pulls from nowhere."""
    web = deployment("web", image=f"{PLACE}/busybox:1", image_pull_policy="Always")
    workflow = rest.draw([web], [])
    run = rest.run(workflow, timeout_seconds=20)
    assert run["status"] == "failed"
    assert "pull" in f"{run['message']} {run['error']}".lower()
    add(root)
    run = rest.run(workflow, timeout_seconds=90)
    assert run["status"] == "succeeded", run["message"]
