"""The status of what runs on somebody else's cluster, or of somebody else's workflow, while it is shared and once it
is no longer."""

import pytest

from accounts.services import principal_of
from clusters.models import Cluster, ClusterShare
from clusters.selectors import get_cluster
from clusters.services import share_cluster, unshare_cluster
from realtime import sse
from tests.api.streams.test_status_stream import (  # noqa: F401 - a fixture among them
    make_run,
    make_target,
    make_workflow,
    opened,
    port,
    show,
)
from tests.factories import JsonClient, make_client, make_user
from workflows.models import Target
from workflows.runs.selectors import live_on_cluster
from workflows.runs.watching.targets import TargetBook
from workflows.services.shares import share_workflow, unshare_workflow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(transactional_db):
    return make_user("owner@example.com")


@pytest.fixture
def member(transactional_db):
    return make_user("member@example.com")


@pytest.fixture
def target(owner, member):
    """Of the member's workflow, on the owner's cluster."""
    theirs = make_target(make_workflow(owner)).cluster
    workflow = make_workflow(member)
    assert theirs is not None
    return Target.objects.create(
        workspace=workflow.workspace,
        workflow=workflow,
        cluster=theirs,
        namespace="shop",
        inventory=[{"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "web"}],
    )


def share(owner, member, role="editor", *namespaces):
    found, _ = share_cluster(
        name_or_id="here", email=member.email, role=role, namespaces=namespaces, actor=principal_of(owner)
    )
    return found


def status_of(member, target) -> dict:
    client: JsonClient = make_client(member)
    return client.get(f"/v1/api/workflows/{target.workflow_id}/status").json()


@pytest.mark.parametrize("way", ["unshared", "other namespaces"])
def test_revoking_ends_open_streams(port, owner, member, target, monkeypatch, way):  # noqa: F811
    assert sse.RECHECK_SECONDS <= 30
    monkeypatch.setattr(sse, "RECHECK_SECONDS", 0.2)
    make_run(target)
    given = share(owner, member)
    with opened(port, target.workflow, member) as client:
        assert client.event()[1] == "snapshot"
        if way == "unshared":
            unshare_cluster(name_or_id="here", share_id=given.pk, actor=principal_of(owner))
        else:
            share(owner, member, "editor", "elsewhere")
        show(target, "healthy")
        while (event := client.event()) is not None:
            ident, name, _ = event
        assert (ident, name) == (None, "revoked")
    with opened(port, target.workflow, member) as client:
        assert client.response.status_code == 403


def test_nothing_is_told_of_it_any_more(owner, member, target):
    make_run(target)
    given = share(owner, member)
    show(target, "healthy")
    assert status_of(member, target)["nodes"][0]["state"] == "healthy"
    unshare_cluster(name_or_id="here", share_id=given.pk, actor=principal_of(owner))
    body = status_of(member, target)
    node = body["nodes"][0]
    assert (node["state"], node["health"], node["message"]) == (
        "idle",
        "unknown",
        "The cluster is no longer shared with you.",
    )
    assert body["target"]["cluster"] is None


def test_nobody_looks_there_any_more(owner, member, target):
    def watched():
        book = TargetBook()
        return {interest.cluster_id for interest in book()}

    assert watched() == set()
    given = share(owner, member, "viewer", "shop")
    assert watched() == {target.cluster_id}
    share(owner, member, "viewer", "blog")
    assert watched() == set()
    share(owner, member, "viewer")
    assert watched() == {target.cluster_id}
    unshare_cluster(name_or_id="here", share_id=given.pk, actor=principal_of(owner))
    assert watched() == set()
    # One's own needs no share.
    Cluster.objects.filter(pk=target.cluster_id).update(workspace=member.personal_workspace)
    assert watched() == {target.cluster_id}


@pytest.mark.parametrize(("role", "namespaces", "status"), [
    ("viewer", (), "cancelling"),
    ("editor", ("blog",), "cancelling"),
    ("editor", ("blog", "shop"), "deploying"),
    ("admin", (), "deploying"),
])  # fmt: skip
def test_less_of_a_right_cancels_what_goes_on(owner, member, target, role, namespaces, status):
    share(owner, member)
    run = make_run(target)
    own = make_run(make_target(target.workflow, "own"))
    share(owner, member, role, *namespaces)
    run.refresh_from_db()
    own.refresh_from_db()
    assert (run.status, own.status) == (status, "deploying")


def test_its_name_is_nobody_elses_to_know(owner, member, target):
    """The member's workflow points to a cluster that was renamed after it was taken back."""
    given = share(owner, member)
    target.workflow.cluster = get_cluster(name_or_id="here", actor=principal_of(member))
    target.workflow.save()
    client = make_client(member)
    url = f"/v1/api/workflows/{target.workflow_id}"
    assert client.get(url).json()["cluster"] == ClusterShare.objects.get().name == "here"
    unshare_cluster(name_or_id="here", share_id=given.pk, actor=principal_of(owner))
    Cluster.objects.filter(pk=target.cluster_id).update(name="secret-project")
    assert client.get(url).json()["cluster"] is None
    assert client.get("/v1/api/workflows").json()["workflows"][0]["cluster"] is None
    assert "secret-project" not in client.get(f"{url}/targets").content.decode()


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_the_stream_of_a_shared_workflow(port, owner, member, monkeypatch, role):  # noqa: F811
    """Whoever has the workflow sees how it fares, on whichever cluster of its owner's."""
    monkeypatch.setattr(sse, "RECHECK_SECONDS", 0.2)
    target = make_target(make_workflow(owner))
    make_run(target)
    with opened(port, target.workflow, member) as client:
        assert client.response.status_code == 404
    owning = principal_of(owner)
    given, _ = share_workflow(workflow_id=target.workflow_id, email=member.email, role=role, actor=owning)
    with opened(port, target.workflow, member) as client:
        ident, name, body = client.event()
        assert (name, body["target"]["cluster"]) == ("snapshot", None)
        show(target, "healthy")
        assert client.event()[1] == "node"
        unshare_workflow(workflow_id=target.workflow_id, share_id=given.pk, actor=owning)
        show(target, "failed")
        while (event := client.event()) is not None:
            ident, name, _ = event
        assert (ident, name) == (None, "revoked")


def test_the_owner_of_a_cluster_is_not_told_what_others_call_theirs(owner, member, target):
    share(owner, member)
    own = make_target(make_workflow(owner, "books"), "prod")
    Target.objects.filter(pk=own.pk).update(cluster=target.cluster, inventory=target.inventory)
    assert sorted(live_on_cluster(target.cluster_id)) == ["books in namespace prod", "somebody else in namespace shop"]
