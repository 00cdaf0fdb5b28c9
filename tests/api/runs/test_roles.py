"""A cluster that is shared: who may run there, and where."""

from typing import Any

import pytest

from clusters.practice.server import PracticeServer
from tests.api.clusters.sharing import Someone, somebody_with
from tests.api.runs.conftest import API
from tests.factories import JsonClient
from tests.integration.runs.support import node, shop, work_off
from workflows.models import Run, RunStatus, Target

Json = dict[str, Any]


@pytest.fixture
def home(client: JsonClient, practice_server: PracticeServer) -> str:
    """A cluster of the client's that can be shared."""
    body = {
        "name": "home",
        "auth_type": "bearer_token",
        "server": practice_server.tenant_url("home"),
        "token": practice_server.tenant_token("home"),
        "ca_data": practice_server.ca_pem,
    }
    answer = client.post(f"{API}/clusters", body)
    assert (answer.status_code, answer.json()["status"]) == (201, "connected")
    return "home"


def draw(somebody: Someone, *more: Json) -> str:
    graph = shop()
    sent = {"name": "Shop", "nodes": [*graph.nodes, *more], "edges": graph.edges}
    answer = somebody.client.post(f"{API}/workflows", sent)
    assert answer.status_code == 201, answer.json()
    return f"{API}/workflows/{answer.json()['id']}"


def test_a_viewer_may_not_run(client: JsonClient, home: str) -> None:
    viewer = somebody_with(client, "viewer")
    url = draw(viewer)
    for verb in ("run", "plan"):
        answer = viewer.client.post(f"{url}/{verb}", {"cluster": "home", "namespace": "shop"})
        assert (answer.status_code, answer.json()["code"]) == (403, "cluster_role")
    assert not Run.objects.exists()


def test_an_editor_runs_in_the_shared_namespaces_only(client: JsonClient, home: str) -> None:
    editor = somebody_with(client, "editor", "shop", "test")
    url = draw(editor)
    for verb in ("plan", "run"):
        refused = editor.client.post(f"{url}/{verb}", {"cluster": "home", "namespace": "prod"})
        assert (refused.status_code, refused.json()["code"]) == (403, "namespace_not_shared")
        assert editor.client.post(f"{url}/{verb}", {"cluster": "home", "namespace": "shop"}).status_code == 200
    assert Target.objects.get().namespace == "shop"


def test_neither_do_objects_get_elsewhere(client: JsonClient, home: str) -> None:
    editor = somebody_with(client, "editor", "shop")
    elsewhere = node("other", "configmap", namespace="prod")
    cluster_wide = node("account", "serviceaccount", cluster_wide=True, rules=[
        {"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}
    ])  # fmt: skip
    for more in (elsewhere, cluster_wide):
        url = draw(editor, more)
        for verb in ("plan", "run"):
            refused = editor.client.post(f"{url}/{verb}", {"cluster": "home", "namespace": "shop"})
            assert (refused.status_code, refused.json()["code"]) == (403, "namespace_not_shared")
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_right_changes_nothing_more(client: JsonClient, home: str) -> None:
    editor = somebody_with(client, "editor")
    url = draw(editor)
    first = editor.client.post(f"{url}/run", {"cluster": "home", "namespace": "lost"}).json()["run_id"]
    assert work_off(Run.objects.get(pk=first)).status == RunStatus.SUCCEEDED
    second = editor.client.post(f"{url}/run", {"cluster": "home", "namespace": "lost"}).json()["run_id"]
    assert client.delete(f"{API}/clusters/home/shares/{editor.share}").status_code == 200
    run = work_off(Run.objects.get(pk=second))
    assert (run.status, run.error) == (RunStatus.FAILED, "The cluster is no longer shared with you to run there.")
    target = Target.objects.get()
    for path, sent in (
        (f"{API}/targets/{target.pk}/undeploy", {}),
        (f"{url}/rollback", {"run_id": first}),
        (f"{url}/run", {"cluster": "home", "namespace": "lost"}),
    ):
        answer = editor.client.post(path, sent)
        assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found"), path
    # What was run can still be looked at.
    assert editor.client.get(f"{API}/runs/{first}").status_code == 200
    assert editor.client.get(f"{url}/status").status_code == 200


def test_a_shared_cluster_goes_by_the_name_one_knows_it_by(client: JsonClient, home: str) -> None:
    editor = somebody_with(client, "editor")
    taken = editor.client.get(f"{API}/clusters").json()["clusters"]
    name = next(each["name"] for each in taken if each["access"] == "direct")
    url = draw(editor)
    assert editor.client.post(f"{url}/run", {"cluster": name, "namespace": "shop"}).status_code == 200
    (run,) = editor.client.get(f"{url}/runs").json()["runs"]
    assert run["cluster"] == run["target"]["cluster"] == name
    assert editor.client.get(f"{url}/status").json()["target"]["cluster"] == name
