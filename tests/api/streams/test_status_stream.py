"""GET /workflows/:id/status/stream over real sockets: who may, what comes, and what it costs."""

import json
import time
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.services import principal_of, start_session
from clusters.models import Cluster
from realtime import sse
from realtime.models import Event
from realtime.services import prune, publish_many
from realtime.tickets import create_ticket
from tests.integration.streams.conftest import Client, Servers
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.journal import Line
from workflows.deploy.others import belongs_to
from workflows.deploy.sight import NodeView
from workflows.models import NodeStatus, Run, Target, Workflow, WorkflowShare
from workflows.runs.events import log_events, run_event
from workflows.runs.nodes import write_nodes

pytestmark = pytest.mark.django_db(transaction=True)

NODE_KEYS = {"node_id", "state", "health", "message", "replicas", "last_change", "objects", "urls"}
RUN_KEYS = {"run_id", "status", "phase", "version", "wave", "waves", "message"}


@pytest.fixture
def port(settings):
    settings.ALLOWED_HOSTS = ["*"]
    servers = Servers()
    yield servers.start()
    servers.stop()


@pytest.fixture
def member(transactional_db):
    from tests.factories import make_user

    return make_user("member@example.com")


def token_of(user):
    return start_session(user=user, actor=principal_of(user)).token


def make_workflow(user, name="shop"):
    graph = json.dumps({"nodes": [{"id": "web", "type": "deployment", "data": {}}], "edges": []})
    return Workflow.objects.create(
        workspace=user.personal_workspace, owner=user, name=name, slug=name, graph=graph, updated_at=timezone.now()
    )


def make_target(workflow, namespace="shop"):
    now = timezone.now()
    cluster, _ = Cluster.objects.get_or_create(
        workspace=workflow.workspace,
        name="here",
        defaults={"owner": workflow.owner, "auth_type": "bearer_token", "created_at": now, "updated_at": now},
    )
    return Target.objects.create(workspace=workflow.workspace, workflow=workflow, cluster=cluster, namespace=namespace)


def make_run(target, **fields):
    return Run.objects.create(workspace=target.workspace, workflow=target.workflow, target=target, **fields)


def show(target, state, node_id="web", counted=()):
    with transaction.atomic():
        write_nodes(target=target, views={node_id: NodeView(state, "healthy", f"It is {state}.", counted)})


def tell(run, *lines):
    with transaction.atomic():
        publish_many(
            [run_event(run), *log_events(run, [Line(n, 0.0, "info", text) for n, text in enumerate(lines, 1)])]
        )


def url_of(workflow, query=""):
    return f"/v1/api/workflows/{workflow.pk}/status/stream{query}"


def opened(port, workflow, user, query="", **more):
    return Client(port, url_of(workflow, query), token=token_of(user) if user else None, **more)


def test_a_snapshot_and_then_what_happens(port, member):
    workflow = make_workflow(member)
    target = make_target(workflow)
    run = make_run(target, version_number=1)
    show(target, "waiting")
    with opened(port, workflow, member) as client:
        assert client.response.headers["content-type"] == "text/event-stream"
        assert client.next() == {"retry": "3000"}
        cursor, name, data = client.event()
        assert (cursor, name) == (1, "snapshot")
        assert data["workflow_id"] == workflow.pk
        assert set(data["run"]) == RUN_KEYS
        assert data["run"]["run_id"] == run.pk
        assert [(node["node_id"], node["state"]) for node in data["nodes"]] == [("web", "waiting")]
        assert set(data["nodes"][0]) == NODE_KEYS
        show(target, "healthy")
        run.status, run.phase = "succeeded", "done"
        tell(run, "Everything is running.")
        node, changed, log = client.events(3)
        assert (node[0], node[1], node[2]["state"]) == (2, "node", "healthy")
        assert set(node[2]) == NODE_KEYS
        change = node[2]["last_change"]
        assert (change["what"], change["from"], change["to"]) == ("state", "waiting", "healthy")
        assert datetime.fromisoformat(change["at"]).tzinfo is not None
        assert (changed[0], changed[1], changed[2]["status"]) == (3, "run", "succeeded")
        assert set(changed[2]) == RUN_KEYS
        assert log == (4, "log", {"run_id": run.pk, "level": "info", "message": "Everything is running."})


def test_pods_that_become_ready_are_counted_and_told(port, member):
    workflow = make_workflow(member)
    target = make_target(workflow)
    make_run(target)
    pods = {"kind": "Deployment", "namespace": "shop", "name": "web", "health": "healthy", "reason": "", "message": ""}
    show(target, "waiting", counted=({**pods, "ready": 1, "wanted": 2},))
    with opened(port, workflow, member) as client:
        (node,) = client.event()[2]["nodes"]
        assert node["replicas"] == {"ready": 1, "wanted": 2}
        assert node["objects"] == [pods]
        show(target, "waiting", counted=({**pods, "ready": 2, "wanted": 2},))
        change = client.event()[2]["last_change"]
        assert (change["what"], change["from"], change["to"]) == ("replicas", "1/2", "2/2")
        with transaction.atomic():
            write_nodes(target=target, views={}, removed=["web"])
        gone = client.event()[2]
        assert (gone["state"], gone["replicas"], gone["last_change"]["from"]) == ("deleted", None, "waiting")


def test_a_workflow_that_never_ran(port, member):
    workflow = make_workflow(member)
    with opened(port, workflow, member) as client:
        cursor, name, data = client.event()
        assert (cursor, name, data["run"]) == (0, "snapshot", None)
        assert [(node["node_id"], node["state"]) for node in data["nodes"]] == [("web", "idle")]


def test_one_target_does_not_hear_of_another(port, member):
    workflow = make_workflow(member)
    first, second = make_target(workflow, "one"), make_target(workflow, "two")
    make_run(first)
    time.sleep(0.005)  # Ids are in order from one millisecond to the next.
    make_run(second)
    with opened(port, workflow, member, f"?target={first.pk}") as one, opened(port, workflow, member) as latest:
        assert one.event()[2]["target"]["namespace"] == "one"
        assert latest.event()[2]["target"]["namespace"] == "two"
        show(second, "healthy")
        show(first, "degraded")
        assert latest.event()[2]["state"] == "healthy"
        assert one.event()[2]["state"] == "degraded"
        show(second, "failed")
        assert latest.event()[0] == 3, "and the latest one not of the first"


@pytest.mark.parametrize("how", ["header", "query"])
def test_who_comes_again_gets_what_was_missed_and_nothing_twice(port, member, how):
    workflow = make_workflow(member)
    target = make_target(workflow)
    for state in ("pending", "applying", "waiting", "healthy"):
        show(target, state)
    last = {"last_id": 2} if how == "header" else {"query": "?last_event_id=2"}
    with opened(port, workflow, member, **last) as client:
        assert [(event[0], event[2]["state"]) for event in client.events(2)] == [(3, "waiting"), (4, "healthy")]
        show(target, "failed")
        assert client.event()[0] == 5


def test_who_comes_too_late_gets_a_snapshot(port, member):
    workflow = make_workflow(member)
    target = make_target(workflow)
    make_run(target)
    for state in ("pending", "applying", "healthy"):
        show(target, state)
    Event.objects.filter(cursor__lte=2).update(created_at=timezone.now() - timedelta(days=3))
    prune(older_than=timedelta(days=1))
    with opened(port, workflow, member, last_id=1) as client:
        cursor, name, data = client.event()
        assert (cursor, name, data["nodes"][0]["state"]) == (3, "snapshot", "healthy")


def test_each_reads_the_names_that_they_may(port, member):
    from tests.factories import make_user

    workflow, other = make_workflow(member), make_workflow(member, "Merger")
    target, foreign = make_target(workflow), make_target(other, "elsewhere")
    run = make_run(target)
    guest = make_user("guest@example.com")
    WorkflowShare.objects.create(
        workflow=workflow, workspace=guest.personal_workspace, user=guest, email=guest.email, role="editor"
    )
    why = belongs_to(parent_of_target(foreign.pk, foreign.namespace).id)
    run.message = why
    run.save()
    with opened(port, workflow, member) as own, opened(port, workflow, guest) as given:
        texts = {own: 'It belongs to the workflow "Merger".', given: "It belongs to another workflow."}
        for client, text in texts.items():
            assert client.event()[2]["run"]["message"] == text
        tell(run, why)
        tell(run, "Everybody's.")
        for client, text in texts.items():
            assert [event[2]["message"] for event in client.events(4)] == [text, text, text, "Everybody's."]
        # One that came after the stream was opened.
        later = make_target(make_workflow(member, "Later"), "later")
        tell(run, belongs_to(parent_of_target(later.pk, later.namespace).id))
        assert "Later" in own.events(2)[1][2]["message"]
        assert given.events(2)[1][2]["message"] == texts[given]


def test_a_ticket_opens_it_once(port, member):
    workflow = make_workflow(member)
    ticket = create_ticket(path=f"/workflows/{workflow.pk}/status/stream", actor=principal_of(member))
    with opened(port, workflow, None, f"?ticket={ticket}") as client:
        assert client.event()[1] == "snapshot"
    with opened(port, workflow, None, f"?ticket={ticket}") as client:
        assert client.response.status_code == 401


@pytest.mark.parametrize("lost", ["workflow", "session"])
def test_a_lost_right_ends_it(port, member, monkeypatch, lost):
    monkeypatch.setattr(sse, "RECHECK_SECONDS", 0.2)
    workflow = make_workflow(member)
    target = make_target(workflow)
    with opened(port, workflow, member) as client:
        assert client.event()[1] == "snapshot"
        if lost == "workflow":
            Workflow.objects.filter(pk=workflow.pk).update(deleted_at=timezone.now())
        else:
            member.sessions.update(revoked_at=timezone.now())
        show(target, "healthy")
        while (event := client.event()) is not None:
            ident, name, _ = event
        assert (ident, name) == (None, "revoked")


def test_who_may_not(port, member):
    from tests.factories import make_user

    workflow, other = make_workflow(member), make_user("other@example.com")
    foreign = make_target(make_workflow(member, "another"))
    for user, query, status in (
        (None, "", 401),
        (other, "", 404),
        (member, "?target=nothing", 404),
        (member, f"?target={foreign.pk}", 404),
    ):
        with opened(port, workflow, user, query) as client:
            assert client.response.status_code == status
            assert set(json.loads(client.response.read())) == {"error", "code"}
    for path in ("nothing", "0" * 36):
        with Client(port, f"/v1/api/workflows/{path}/status/stream", token=token_of(member)) as client:
            assert client.response.status_code == 404


def test_it_is_only_read(client, member):
    workflow = make_workflow(member)
    answer = client.post(url_of(workflow))
    assert answer.status_code == 400
    assert answer.json()["code"] == "method_not_allowed"


def test_the_number_of_queries_does_not_grow_with_the_nodes(port, member, monkeypatch):
    workflow = make_workflow(member)
    target = make_target(workflow)
    make_run(target)
    counted = []
    execute = CursorWrapper.execute
    monkeypatch.setattr(
        CursorWrapper, "execute", lambda self, sql, params=None: (counted.append(sql), execute(self, sql, params))[1]
    )
    numbers = []
    token = token_of(member)
    for count in (1, 40):
        rows = [NodeStatus(target=target, node_id=f"{count}-{n}") for n in range(count)]
        NodeStatus.objects.bulk_create(rows)
        counted.clear()
        with Client(port, url_of(workflow), token=token) as client:
            assert len(client.event()[2]["nodes"]) > count
            # The reader of the outbox looks once a second, whoever listens.
            numbers.append(len([sql for sql in counted if sql.startswith("SELECT") and "realtime_" not in sql]))
    # The session, and the workflow with its run and target twice: whether they may be seen, and then the state.
    assert numbers[0] == numbers[1] <= 16, counted
