"""A namespace of a cluster over HTTP: who may have it drawn, and what of its secrets they get."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from imports.models import ImportSession
from tests.api.clusters.sharing import somebody_with
from tests.api.resources.conftest import Home, add, client, home, plain, practice, practice_server, stranger
from tests.factories import JsonClient

__all__ = ["add", "client", "home", "practice", "practice_server", "stranger"]

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
URL = "/v1/api/import"
CANARY = "canary-of-an-adoption"
ENCODED = "Y2FuYXJ5LW9mLWFuLWFkb3B0aW9u"


@pytest.fixture
def full(home: Home) -> Home:
    home.apply(
        plain("ConfigMap", "settings", data={"MODE": "fast"}),
        plain("Secret", "token", type="Opaque", data={"TOKEN": ENCODED}),
        plain("Secret", "of-helm", type="helm.sh/release.v1", data={"release": ENCODED}),
    )
    home.apply(plain("ConfigMap", "elsewhere", data={}), namespace="other")
    return home


def ask(client: JsonClient, namespace: str = "shop", cluster: str = "home") -> Any:
    return client.post(f"{URL}/analyze", {"source": {"cluster": cluster, "namespace": namespace}})


def nodes(answer: Any) -> dict[str, Json]:
    return {node["id"]: node["data"] for node in answer.json()["analysis"]["graph"]["nodes"]}


def test_what_is_in_it_becomes_a_graph(full: Home, client: JsonClient) -> None:
    answer = ask(client)
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert set(nodes(answer)) == {"configmap-settings", "secret-token"}
    assert body["source"] == {
        "type": "cluster",
        "name": "home / shop",
        "cluster": full.cluster.pk,
        "namespace": "shop",
    }
    assert body["analysis"]["kind"] == "kubernetes"
    assert any("Helm or a workflow made for itself are left out: 1" in text for text in body["analysis"]["warnings"])
    # The cluster's own are told of, and not taken.
    left = {row["path"]: row["message"] for row in body["analysis"]["report"] if row["message"].startswith("Left out")}
    assert left == {} or all("kube-root-ca.crt" in path or "default" in path for path in left)


def test_secrets_are_sealed(full: Home, client: JsonClient, reveal: Callable[[str], dict[str, str]]) -> None:
    answer = ask(client)
    made = client.post(f"{URL}/create-workflow", {"import_id": answer.json()["id"], "name": "Shop"}).json()
    session = ImportSession.objects.get()
    shown = client.get(f"{URL}/{session.pk}/files").content.decode()
    places = [
        answer.content.decode(),
        shown,
        json.dumps(made),
        json.dumps(session.analysis),
        str(bytes(session.sealed)),
    ]
    places.append(str(list(AuditEntry.objects.values())))
    assert [place for place in places if CANARY in place or ENCODED in place] == []
    assert reveal(made["workflow"]["id"]) == {"TOKEN": CANARY}


def test_who_may_only_look_gets_no_values(
    full: Home, client: JsonClient, reveal: Callable[[str], dict[str, str]]
) -> None:
    viewer = somebody_with(client, "viewer").client
    answer = ask(viewer)
    assert nodes(answer)["secret-token"] == {"name": "token", "type": "Opaque", "existing": True}
    assert any("without their values" in text for text in answer.json()["analysis"]["warnings"])
    made = viewer.post(f"{URL}/create-workflow", {"import_id": answer.json()["id"], "name": "Shop"}).json()
    assert reveal(made["workflow"]["id"]) == {}
    editor = somebody_with(client, "editor").client
    assert nodes(ask(editor))["secret-token"]["values"] == {"TOKEN": None}


def test_whose_namespaces_are_limited(full: Home, client: JsonClient) -> None:
    limited = somebody_with(client, "editor", "other").client
    assert set(nodes(ask(limited, "other"))) == {"configmap-elsewhere"}
    refused = ask(limited, "shop")
    assert (refused.status_code, refused.json()["code"]) == (403, "namespace_not_shared")


def test_a_strangers_cluster_does_not_exist(full: Home, stranger: JsonClient) -> None:
    assert (ask(stranger).status_code, ask(JsonClient()).status_code) == (404, 401)
    assert not ImportSession.objects.exists()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"cluster": "home"}, "send both"),
        ({"namespace": "shop"}, "Send a text in content"),
        ({"cluster": "home", "namespace": "shop", "content": "x"}, "Send a text in content"),
        ({"cluster": "home", "namespace": "No/Name"}, "lower case"),
        ({"cluster": "home", "namespace": "nothing-here"}, "nothing in the namespace"),
    ],
    ids=["no namespace", "no cluster", "two sources", "no name", "empty"],
)
def test_what_is_refused(source: Json, words: str, full: Home, client: JsonClient) -> None:
    answer = client.post(f"{URL}/analyze", {"source": source})
    assert (answer.status_code, words in answer.content.decode()) == (400, True), answer.content


def test_costs_the_same_whatever_is_there(
    full: Home, client: JsonClient, django_assert_max_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    with django_assert_max_num_queries(20):
        assert ask(client).status_code == 200
    full.apply(*(plain("ConfigMap", f"more-{number}", data={"a": "b"}) for number in range(20)))
    with django_assert_max_num_queries(20):
        assert ask(client).status_code == 200


def test_a_cluster_that_does_not_answer(client: JsonClient, full: Home) -> None:
    full.cluster.server = "https://127.0.0.1:1"
    full.cluster.save(update_fields=["server"])
    answer = ask(client)
    assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")


def test_what_others_hold_is_said(full: Home, client: JsonClient) -> None:
    labels = {"app.kubernetes.io/managed-by": "Helm", "applyset.kubernetes.io/part-of": "applyset-x-v1"}
    body = plain("ConfigMap", "held", data={"a": "b"})
    full.apply({**body, "metadata": {"name": "held", "labels": labels}})
    # Where a workflow notes what it has; its name may be for nobody here.
    noted = {"labels": {"applyset.kubernetes.io/id": "applyset-x-v1"}, "annotations": {"sailcloth.io/workflow": CANARY}}
    full.apply({**plain("Secret", "sailcloth-x"), "metadata": {"name": "sailcloth-x", **noted}})
    answer = ask(client)
    assert CANARY not in answer.content.decode()
    assert CANARY not in client.get(f"{URL}/{answer.json()['id']}/files").content.decode()
    said = " ".join(answer.json()["analysis"]["warnings"])
    assert "has deployed some of this already (ConfigMap held)" in said
    assert "Helm holds a label of some of this (ConfigMap held)" in said
    assert "labels" not in nodes(answer)["configmap-held"]
