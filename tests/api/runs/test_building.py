"""Images of a workflow's own: a build that ends sets its node's image, and a run can wait for it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Role, User
from accounts.services import principal_of
from builds.ledger import Ledger
from builds.models import Build
from builds.states import BuildStatus
from clusters.registries.services import create_registry
from clusters.registries.types import Given
from core.work.runner import run_next
from tests.api.runs.conftest import API
from tests.factories import JsonClient, make_client, make_user
from tests.integration.runs.support import deployment
from workflows.building.nodes import with_image
from workflows.models import AwaitedRun, Run

pytestmark = pytest.mark.django_db(transaction=True)

DIGEST = "sha256:" + "1" * 64
IMAGE = f"registry.example.com/team/app@{DIGEST}"
NODES = [
    {
        "id": "source",
        "type": "build",
        "position": {"x": 0, "y": 0},
        "data": {"image": "team/app", "source": {"git_url": "https://git.example.com/team/app", "ref": "main"}},
    },
    deployment("web", image=""),
]
EDGES = [{"id": "e", "source": "source", "target": "web", "data": {}}]


@pytest.fixture
def workflow(client: JsonClient, settings: Any) -> dict[str, Any]:
    settings.BUILDS = settings.BUILDS.model_copy(update={"build_engine": "docker"})
    root = principal_of(make_user(role=Role.ADMIN))
    create_registry(name="home", kind="generic", given=Given(url="registry.example.com"), actor=root)
    answer = client.post(f"{API}/workflows", {"name": "App", "namespace": "app", "nodes": NODES, "edges": EDGES})
    assert answer.status_code == 201, answer.json()
    return {**answer.json(), "url": f"{API}/workflows/{answer.json()['id']}"}


def end(build_id: str, status: BuildStatus = BuildStatus.SUCCEEDED) -> None:
    """As a worker would, and what follows."""
    build = Build.objects.get(pk=build_id)
    ledger = Ledger(build, None, most_log_bytes=1000)
    for state in (BuildStatus.FETCHING, BuildStatus.BUILDING, BuildStatus.PUSHING):
        ledger.save(state)
    build.digest = DIGEST if status is BuildStatus.SUCCEEDED else ""
    ledger.save(digest=build.digest)
    ledger.finish(status, error="" if build.digest else "A command failed.")
    assert run_next(["workflows.built"])


def node(client: JsonClient, workflow: dict[str, Any], node_id: str) -> dict[str, Any]:
    return next(each["data"] for each in client.get(workflow["url"]).json()["nodes"] if each["id"] == node_id)


def test_finished_build_sets_the_image_by_digest(client: JsonClient, workflow: dict[str, Any]) -> None:
    answer = client.post(f"{workflow['url']}/nodes/source/build")
    assert answer.status_code == 201, answer.json()
    shown = client.get(f"{API}/builds/{answer.json()['build_id']}").json()
    assert (shown["workflow_id"], shown["node_id"]) == (workflow["id"], "source")
    assert client.get(f"{API}/builds", {"workflow_id": workflow["id"]}).json()["total"] == 1
    end(answer.json()["build_id"])
    assert node(client, workflow, "source")["built"] == IMAGE
    versions = client.get(f"{workflow['url']}/versions").json()["versions"]
    assert [version["description"] for version in versions] == [f"Built {IMAGE}"]
    manifests = client.get(f"{workflow['url']}/manifests?format=json").content.decode()
    assert IMAGE in manifests


def test_failed_build_changes_nothing(client: JsonClient, workflow: dict[str, Any]) -> None:
    build = client.post(f"{workflow['url']}/nodes/source/build").json()["build_id"]
    end(build, BuildStatus.FAILED)
    assert "built" not in node(client, workflow, "source")
    assert client.get(f"{workflow['url']}/versions").json()["versions"] == []


def test_run_waits_for_its_images(client: JsonClient, workflow: dict[str, Any], stranger: JsonClient) -> None:
    answer = client.post(f"{workflow['url']}/run", {"cluster": "practice", "build": True})
    assert answer.status_code == 202, answer.json()
    awaited = answer.json()
    assert awaited["status"] == "building" and awaited["run_id"] is None and len(awaited["builds"]) == 1
    path = f"{workflow['url']}/awaited-runs/{awaited['id']}"
    assert stranger.get(path).status_code == 404 and make_client(None).get(path).status_code == 401
    assert client.get(f"{workflow['url']}/awaited-runs/nonsense").status_code == 404
    end(awaited["builds"][0])
    after = client.get(path).json()
    assert after["status"] == "started" and after["error"] == ""
    run = client.get(f"{API}/runs/{after['run_id']}").json()
    assert run["version"] is not None


def test_run_does_not_begin_when_a_build_fails(client: JsonClient, workflow: dict[str, Any]) -> None:
    awaited = client.post(f"{workflow['url']}/run", {"cluster": "practice", "build": True}).json()
    end(awaited["builds"][0], BuildStatus.FAILED)
    after = client.get(f"{workflow['url']}/awaited-runs/{awaited['id']}").json()
    assert after["status"] == "failed" and "A command failed." in after["error"] and after["run_id"] is None


def test_run_does_not_begin_for_a_closed_account(client: JsonClient, workflow: dict[str, Any]) -> None:
    awaited = client.post(f"{workflow['url']}/run", {"cluster": "practice", "build": True}).json()
    User.objects.update(is_active=False)
    end(awaited["builds"][0])
    after = AwaitedRun.objects.get(pk=awaited["id"])
    assert (after.status, after.run_id) == ("failed", "") and "closed" in after.error
    assert not Run.objects.exists()


def test_what_cannot_be_built_first(client: JsonClient, workflow: dict[str, Any]) -> None:
    bad = client.post(f"{workflow['url']}/run", {"cluster": "practice", "build": True, "version": 1})
    assert bad.status_code == 400 and "build" in bad.json()["fields"]
    assert client.post(f"{workflow['url']}/nodes/web/build").status_code == 400
    assert client.post(f"{workflow['url']}/nodes/nothing/build").status_code == 404
    client.post(f"{workflow['url']}/save", {"nodes": NODES, "edges": []})
    none = client.post(f"{workflow['url']}/run", {"cluster": "practice", "build": True})
    assert none.status_code == 400 and "build" in none.json()["fields"]


def test_build_for_somebody_elses_workflow_is_a_404(workflow: dict[str, Any], stranger: JsonClient) -> None:
    source = {"git_url": "https://git.example.com/team/app"}
    sent = {"source": source, "image": "team/app", "workflow_id": workflow["id"], "node_id": "source"}
    answer = stranger.post(f"{API}/builds/start", sent)
    assert answer.status_code == 404 and answer.json()["code"] == "workflow_not_found"


def test_workload_gets_its_image_directly(client: JsonClient, workflow: dict[str, Any]) -> None:
    sent = {"source": {"files": {"Dockerfile": "FROM scratch\n"}}, "image": "team/app", "workflow_id": workflow["id"]}
    build = client.post(f"{API}/builds/start", {**sent, "node_id": "web"}).json()["id"]
    end(build)
    assert node(client, workflow, "web")["image"] == IMAGE


CHANGES: list[Callable[[str], object]] = [
    lambda text: with_image(text, "nothing", IMAGE),
    lambda text: with_image(with_image(text, "source", IMAGE) or "", "source", IMAGE),
]


@pytest.mark.parametrize("change", CHANGES, ids=["no such node", "the same again"])
def test_no_version_without_a_change(change: Callable[[str], object], client: JsonClient, workflow: Any) -> None:
    import json

    nodes = client.get(workflow["url"]).json()
    assert change(json.dumps({"nodes": nodes["nodes"], "edges": nodes["edges"]})) is None


def test_what_is_not_built_yet_is_no_fault(client: JsonClient, workflow: dict[str, Any]) -> None:
    """A drawing says so calmly, and offers the way on; a run without its image is refused all the same."""
    sent = {"nodes": NODES, "edges": EDGES}
    saved = client.post(f"{workflow['url']}/save", sent).json()["problems"]
    checked = client.post(f"{workflow['url']}/validate", sent).json()
    for problems in (saved, checked["problems"]):
        assert [(each["node_id"], each["code"], each["severity"]) for each in problems] == [
            ("web", "image_not_built", "warning")
        ]
    assert checked["valid"] is True
    for name in ("web", "source"):
        found = client.get(f"{workflow['url']}/nodes/{name}/diagnostics").json()
        assert found["status"] != "error", found
    drawing = next(
        each
        for each in client.get(f"{workflow['url']}/nodes/web/diagnostics").json()["checks"]
        if each["check"] == "drawing"
    )
    assert (drawing["status"], drawing["suggestion"]) == (
        "warning",
        "Choose Build and run: the image is built, and then runs.",
    )
    refused = client.post(f"{workflow['url']}/run", {"cluster": "practice", "namespace": "app"})
    assert (refused.status_code, refused.json()["details"]["problems"][0]["code"]) == (400, "image_not_built")
    assert client.put(f"{workflow['url']}/status", {"status": "published"}).status_code == 200


def test_a_guest_that_is_none_any_more_puts_no_image_there(client: JsonClient, workflow: dict[str, Any]) -> None:
    """Neither by a build that was under way, nor by one that is tried again."""
    user = make_user("guest@example.com")
    guest = make_client(user)
    share = client.post(f"{workflow['url']}/share", {"email": user.email, "role": "editor"}).json()
    build = guest.post(f"{workflow['url']}/nodes/source/build").json()["build_id"]
    end(build)
    assert node(client, workflow, "source")["built"] == IMAGE
    going = guest.post(f"{API}/builds/{build}/retry").json()
    assert (going["workflow_id"], going["node_id"]) == (workflow["id"], "source")
    assert client.delete(f"{workflow['url']}/shares/{share['id']}").status_code == 200
    number = client.get(f"{workflow['url']}/versions").json()["total"]
    end(going["id"])
    again = guest.post(f"{API}/builds/{build}/retry").json()
    assert (again["workflow_id"], again["node_id"]) == (None, None)
    assert client.get(f"{workflow['url']}/versions").json()["total"] == number
