"""Sharing workflows: who gets what, who may do what with it, and how it ends."""

from typing import Any

import pytest
from django.db import transaction

from accounts.events import email_verified
from accounts.models import User
from accounts.services import create_user
from audit.models import AuditEntry
from realtime.models import Event
from tests.api.workflows.drawing import API, EDGES, NODES
from tests.architecture.routes import all_routes
from tests.factories import JsonClient, make_client, make_user
from workflows.models import Run, Target, Workflow, WorkflowShare

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
ROLES = ("owner", "editor", "viewer", "stranger", "nobody")
# What the owner, an editor and a viewer are answered; a stranger's 404 and nobody's 401 hold for each. ANY is an
# answer about the request itself: they may.
ANY = 0
EVERYBODY, EDITORS, OWNER = (ANY, ANY, ANY), (ANY, ANY, 403), (ANY, 403, 403)
TABLE: dict[str, tuple[int, int, int]] = {
    "GET /workflows/:id": EVERYBODY,
    "PUT /workflows/:id": EDITORS,
    "DELETE /workflows/:id": OWNER,
    "POST /workflows/:id/save": EDITORS,
    "POST /workflows/:id/validate": EVERYBODY,
    "POST /workflows/:id/preview": EVERYBODY,
    "GET /workflows/:id/status": EVERYBODY,
    "PUT /workflows/:id/status": EDITORS,
    "POST /workflows/:id/clone": EVERYBODY,
    "GET /workflows/:id/manifests": EVERYBODY,
    "GET /workflows/:id/versions": EVERYBODY,
    "POST /workflows/:id/versions": EDITORS,
    "GET /workflows/:id/versions/compare": EVERYBODY,
    "GET /workflows/:id/versions/:version": EVERYBODY,
    "PUT /workflows/:id/versions/:version": EDITORS,
    "POST /workflows/:id/versions/:version/restore": EDITORS,
    "POST /workflows/:id/share": OWNER,
    "GET /workflows/:id/shares": OWNER,
    "DELETE /workflows/:id/shares/:share_id": OWNER,
    "POST /workflows/:id/plan": EDITORS,
    "POST /workflows/:id/run": EDITORS,
    "POST /workflows/:id/rollback": EDITORS,
    "GET /workflows/:id/runs": EVERYBODY,
    "GET /workflows/:id/targets": EVERYBODY,
    "POST /workflows/:id/nodes/:node_id/build": EDITORS,
    "GET /workflows/:id/drift": EVERYBODY,
    "POST /workflows/:id/drift/adopt": EDITORS,
    "POST /workflows/:id/drift/revert": EDITORS,
    "GET /workflows/:id/nodes/:node_id/diagnostics": EVERYBODY,
    "GET /workflows/:id/nodes/:node_id/fix-template/:fix_type": EVERYBODY,
    "POST /workflows/:id/nodes/:node_id/fix": EDITORS,
    "GET /runs/:run": EVERYBODY,
    "POST /runs/:run/cancel": EDITORS,
    "POST /targets/:target/undeploy": EDITORS,
}
# Tested elsewhere: nobody else sees that a workflow was deleted; streams need real sockets; a run that waits for images
# needs something that builds them.
ELSEWHERE = {
    "POST /workflows/:id/undelete",
    "GET /workflows/:id/status/stream",
    "GET /workflows/:id/awaited-runs/:awaited_id",
}


def give(owner: JsonClient, workflow: Json, email: str, role: str) -> Json:
    answer = owner.post(f"{workflow['url']}/share", {"email": email, "role": role})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


@pytest.fixture
def run(workflow: Json) -> Run:
    row = Workflow.objects.get()
    target = Target.objects.create(workspace=row.workspace, workflow=row, namespace="shop")
    return Run.objects.create(workspace=row.workspace, workflow=row, target=target)


DRIFTED = {"objects": [{"kind": "Deployment", "namespace": "shop", "name": "web"}]}


def body_of(route: str, run: Run) -> Json:
    bodies: dict[str, Json] = {
        "PUT /workflows/:id": {"description": "Changed."},
        "POST /workflows/:id/save": {"nodes": NODES, "edges": EDGES},
        "PUT /workflows/:id/status": {"status": "draft"},
        "POST /workflows/:id/share": {"email": "new@example.com", "role": "viewer"},
        "POST /workflows/:id/rollback": {"run_id": run.pk},
        "POST /workflows/:id/drift/adopt": DRIFTED,
        "POST /workflows/:id/drift/revert": DRIFTED,
        "POST /workflows/:id/nodes/:node_id/fix": {"fix_type": "raise_memory"},
    }
    return bodies.get(route, {})


def path_of(route: str, workflow: Json, run: Run, owner: JsonClient) -> str:
    path = route.partition(" ")[2].replace(":id", workflow["id"]).replace(":version", "1")
    path = path.replace(":node_id", "web").replace(":fix_type", "raise_memory")
    if path.endswith("compare"):
        path += "?v1=1&v2=draft"
    if ":share_id" in path:
        path = path.replace(":share_id", give(owner, workflow, "third@example.com", "viewer")["id"])
    return f"{API}{path.replace(':run', run.pk).replace(':target', run.target_id)}"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", TABLE)
def test_every_route(route: str, role: str, client: JsonClient, workflow: Json, run: Run) -> None:
    client.post(f"{workflow['url']}/versions", {})
    user = make_user()
    somebody = {"owner": client, "nobody": JsonClient()}.get(role) or make_client(user)
    if role in ("editor", "viewer"):
        give(client, workflow, user.email, role)
    expected = (*TABLE[route], 404, 401)[ROLES.index(role)]
    method, path = route.partition(" ")[0], path_of(route, workflow, run, client)
    send = getattr(somebody, method.lower())
    answer = send(path) if method == "GET" else send(path, body_of(route, run))
    if expected == ANY:
        assert answer.status_code in (200, 201, 400, 409), answer.content
    else:
        assert answer.status_code == expected, answer.content


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_only_the_owner_takes_over_what_other_workflows_deployed(
    verb: str, client: JsonClient, stranger: JsonClient, workflow: Json, other_member: User
) -> None:
    """The others may not be shared with an editor of this one."""
    give(client, workflow, other_member.email, "editor")
    for takes_over, refused in ((True, True), (False, False)):
        answer = stranger.post(f"{workflow['url']}/{verb}", {"take_over": takes_over})
        assert (answer.json().get("code") == "workflow_role") is refused, answer.content
    assert client.post(f"{workflow['url']}/{verb}", {"take_over": True}).json().get("code") != "workflow_role"


def test_the_table_is_complete() -> None:
    """A new route of a workflow must be in it."""
    served = {f"{method} /{path.removeprefix('v1/api/')}" for path, method, _ in all_routes()}
    of_workflows = {line.replace(":workflow_id", ":id") for line in served if " /workflows/:" in line}
    assert of_workflows == {line for line in TABLE if " /workflows/:" in line} | ELSEWHERE


class TestShare:
    def test_it_appears_in_their_list(
        self, client: JsonClient, workflow: Json, other_member: User, stranger: JsonClient, member: User
    ) -> None:
        share = give(client, workflow, other_member.email.upper(), "viewer")
        assert (share["status"], share["user_id"], share["shared_by"]) == ("active", other_member.pk, member.email)
        body = stranger.get(f"{API}/workflows").json()
        assert (body["total"], body["workflows"][0]["role"]) == (1, "viewer")
        assert stranger.get(workflow["url"]).json() == body["workflows"][0]
        assert client.get(workflow["url"]).json()["role"] == "owner"
        assert stranger.get(f"{API}/workflows?search=shop&fields=summary").json()["total"] == 1
        assert AuditEntry.objects.get(action="workflow.shared").detail["email"] == other_member.email
        event = Event.objects.get(type="workflow.shared")
        assert (event.workspace_id, event.payload["role"]) == (other_member.personal_workspace.pk, "viewer")

    def test_another_role(self, client: JsonClient, workflow: Json, other_member: User, stranger: JsonClient) -> None:
        first = give(client, workflow, other_member.email, "viewer")
        refused = stranger.put(workflow["url"], {"description": "Mine."})
        assert (refused.status_code, refused.json()["code"]) == (403, "workflow_role")
        again = client.post(f"{workflow['url']}/share", {"email": other_member.email, "role": "editor"})
        assert (again.status_code, again.json()["id"], again.json()["role"]) == (200, first["id"], "editor")
        assert stranger.put(workflow["url"], {"description": "Ours."}).json()["role"] == "editor"
        assert client.get(workflow["url"]).json()["description"] == "Ours."

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"email": "a@example.com"},
            {"email": "a", "role": "viewer"},
            {"email": "a@example.com", "role": "admin"},
            {"email": "member@example.com", "role": "viewer"},
        ],
    )
    def test_what_makes_no_sense(self, client: JsonClient, workflow: Json, body: Json) -> None:
        answer = client.post(f"{workflow['url']}/share", body)
        assert answer.status_code == 400
        assert answer.json()["fields"]

    def test_taken_back_and_given_back(
        self, client: JsonClient, workflow: Json, other_member: User, stranger: JsonClient
    ) -> None:
        share = give(client, workflow, other_member.email, "editor")
        assert client.delete(f"{workflow['url']}/shares/{share['id']}").json()["message"]
        assert stranger.get(workflow["url"]).status_code == 404
        assert stranger.get(f"{API}/workflows").json()["total"] == 0
        assert client.delete(f"{workflow['url']}/shares/{share['id']}").status_code == 404
        share = give(client, workflow, other_member.email, "editor")
        assert stranger.delete(f"{workflow['url']}/shares/{share['id']}").status_code == 200
        assert stranger.get(workflow["url"]).status_code == 404
        assert Event.objects.filter(type="workflow.unshared").count() == 2

    def test_pending_until_they_register(self, client: JsonClient, workflow: Json) -> None:
        assert give(client, workflow, "new@example.com", "viewer")["status"] == "pending"
        user = make_user("new@example.com")
        assert make_client(user).get(workflow["url"]).json()["role"] == "viewer"
        assert client.get(f"{workflow['url']}/shares").json()["shares"][0]["status"] == "active"

    def test_pending_until_the_address_is_proven(self, client: JsonClient, workflow: Json) -> None:
        user = create_user(email="new@example.com", name="New")
        assert give(client, workflow, "new@example.com", "viewer")["status"] == "pending"
        assert make_client(user).get(workflow["url"]).status_code == 404
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_email_verified=True)
            user.refresh_from_db()
            email_verified.send(sender=User, user=user)
        assert make_client(user).get(workflow["url"]).status_code == 200

    def test_a_deleted_one_is_gone_for_them(
        self, client: JsonClient, workflow: Json, other_member: User, stranger: JsonClient, run: Run
    ) -> None:
        give(client, workflow, other_member.email, "editor")
        assert stranger.get(f"{API}/runs/{run.pk}").status_code == 200
        client.delete(workflow["url"])
        assert stranger.get(workflow["url"]).status_code == 404
        assert stranger.get(f"{API}/runs/{run.pk}").status_code == 404
        assert stranger.get(f"{API}/workflows?deleted=true").json()["total"] == 0
        assert stranger.post(f"{workflow['url']}/undelete").status_code == 404
        assert client.post(f"{workflow['url']}/undelete").status_code == 200
        assert stranger.get(workflow["url"]).status_code == 200

    def test_list_of_shares(self, client: JsonClient, workflow: Json, django_assert_num_queries: Any) -> None:
        for number in range(30):
            give(client, workflow, make_user(f"s{number:02}@example.com").email, "viewer")
        url = f"{workflow['url']}/shares"
        with django_assert_num_queries(4):
            body = client.get(f"{url}?sort=email&order=asc&limit=10&page=2").json()
        assert (body["shares"][0]["email"], body["total"]) == ("s10@example.com", 30)
        assert client.get(f"{url}?search=s07").json()["total"] == 1
        assert client.get(f"{url}?page=9").json()["shares"] == []

    def test_the_list_of_workflows_needs_no_query_for_each(
        self, client: JsonClient, other_member: User, stranger: JsonClient, django_assert_num_queries: Any
    ) -> None:
        for number in range(30):
            made = client.post(f"{API}/workflows", {"name": f"w{number}"}).json()
            give(client, {"url": f"{API}/workflows/{made['id']}"}, other_member.email, "viewer")
        stranger.post(f"{API}/workflows", {"name": "own"})
        with django_assert_num_queries(3):
            body = stranger.get(f"{API}/workflows?limit=100").json()
        assert (len(body["workflows"]), body["total"]) == (31, 31)


class TestSecrets:
    SECRET: Json = {
        "id": "key",
        "type": "secret",
        "position": {"x": 0, "y": 0},
        "data": {"name": "key", "values": {"TOKEN": "canary-7f3a"}},
    }

    def test_a_clone_of_somebody_elses_waits_for_values(
        self, client: JsonClient, workflow: Json, other_member: User, stranger: JsonClient
    ) -> None:
        saved = client.post(f"{workflow['url']}/save", {"nodes": [*NODES, self.SECRET], "edges": EDGES})
        assert saved.status_code == 200
        give(client, workflow, other_member.email, "viewer")
        assert "canary" not in stranger.get(workflow["url"]).content.decode()
        clone = stranger.post(f"{workflow['url']}/clone", {}).json()
        row = Workflow.objects.get(pk=clone["id"])
        assert (row.workspace_id, clone["role"], clone["cluster"]) == (
            other_member.personal_workspace.pk,
            "owner",
            None,
        )
        assert "revision" not in row.graph
        assert client.get(f"{API}/workflows/{clone['id']}").status_code == 404

    def test_an_editor_keeps_and_replaces_what_is_stored(
        self, client: JsonClient, workflow: Json, other_member: User, stranger: JsonClient
    ) -> None:
        client.post(f"{workflow['url']}/save", {"nodes": [*NODES, self.SECRET], "edges": EDGES})
        before = Workflow.objects.get().graph
        give(client, workflow, other_member.email, "editor")
        shown = stranger.get(workflow["url"]).json()
        saved = stranger.post(f"{workflow['url']}/save", {"nodes": shown["nodes"], "edges": shown["edges"]})
        assert saved.status_code == 200
        assert Workflow.objects.get().graph == before
        assert "canary" not in saved.content.decode()


class TestWhereItRuns:
    @pytest.fixture
    def theirs(self, member: User, workflow: Json) -> Workflow:
        """On a cluster of the owner's."""
        from tests.api.clusters.test_clusters import make_cluster

        Workflow.objects.update(cluster=make_cluster(member, "private"))
        return Workflow.objects.get()

    def test_their_cluster_is_not_shared_with_it(
        self, client: JsonClient, workflow: Json, theirs: Workflow, other_member: User, stranger: JsonClient
    ) -> None:
        give(client, workflow, other_member.email, "editor")
        shown = stranger.get(workflow["url"]).json()
        assert shown["cluster"] is None
        # Nor does what was not shown go away when it is sent back.
        assert stranger.put(workflow["url"], {**shown, "description": "Changed."}).status_code == 200
        assert client.get(workflow["url"]).json()["cluster"] == "private"
        for verb in ("run", "plan"):
            answer = stranger.post(f"{workflow['url']}/{verb}", {})
            assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")

    def test_the_owner_needs_the_right_too(
        self, client: JsonClient, workflow: Json, member: User, other_member: User, stranger: JsonClient
    ) -> None:
        """What is deployed is theirs, so it does not go where they may not."""
        from tests.api.clusters.test_clusters import make_cluster

        give(client, workflow, other_member.email, "editor")
        make_cluster(other_member, "mine")
        place = {"cluster": "mine", "namespace": "shop"}
        refused = stranger.post(f"{workflow['url']}/run", place)
        assert (refused.status_code, refused.json()["code"]) == (403, "owner_may_not_run")
        shared = stranger.post(f"{API}/clusters/mine/share", {"email": member.email, "role": "editor"})
        assert shared.status_code == 201
        assert stranger.post(f"{workflow['url']}/run", place).status_code == 200
        run = Run.objects.get()
        assert (run.workspace_id, run.started_by) == (member.personal_workspace.pk, other_member.email)
        assert stranger.get(f"{workflow['url']}/runs").json()["total"] == 1
        assert client.get(f"{API}/runs/{run.pk}").status_code == 200


def test_nobody_is_told_who_else_has_it(client: JsonClient, workflow: Json, stranger: JsonClient) -> None:
    give(client, workflow, "new@example.com", "viewer")
    share = WorkflowShare.objects.get()
    assert stranger.get(f"{workflow['url']}/shares").status_code == 404
    assert stranger.delete(f"{workflow['url']}/shares/{share.pk}").status_code == 404
