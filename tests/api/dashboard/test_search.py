"""Search: what is found, in which order, and by whom."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from clusters.models import Cluster, Resource
from tests.factories import JsonClient, make_client
from workflows.models import Workflow

pytestmark = pytest.mark.django_db
API = "/v1/api"
CANARY = "canary-of-search"
Json = dict[str, Any]


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    return make_client(other_member)


def make(client: JsonClient, name: str, *nodes: Json, **more: Any) -> Json:
    answer = client.post(f"{API}/workflows", {"name": name, "nodes": list(nodes), "edges": [], **more})
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def make_cluster(user: User, name: str) -> Cluster:
    now = timezone.now()
    return Cluster.objects.create(
        workspace=user.personal_workspace,
        owner=user,
        name=name,
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )


def make_resource(cluster: Cluster, name: str, **more: Any) -> Resource:
    now = timezone.now()
    fields = {"kind": "Deployment", "group": "apps", "version": "v1", "namespace": "shop", "uid": name, **more}
    return Resource.objects.create(cluster=cluster, name=name, created_at=now, updated_at=now, **fields)


def search(client: JsonClient, text: str, **more: str) -> Json:
    answer = client.get(f"{API}/search", {"q": text, **more})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def titles(body: Json, type_: str = "") -> list[str]:
    return [hit["title"] for hit in body["results"] if type_ in ("", hit["type"])]


def test_everything_that_fits(client: JsonClient, member: User) -> None:
    web = {"id": "n1", "type": "deployment", "data": {"name": "shop-web", "image": "nginx:1.27"}}
    workflow = make(client, "Shop", web)
    cluster = make_cluster(member, "shop-cluster")
    row = make_resource(cluster, "shop-db")
    body = search(client, "shop")
    by_type = {hit["type"]: hit for hit in body["results"]}
    assert set(by_type) == {"workflow", "node", "cluster", "resource"}
    assert by_type["workflow"]["url"] == f"/workflows/{workflow['id']}"
    assert by_type["node"] | {"score": 0} == {
        "match": "begins",
        "type": "node",
        "id": f"{workflow['id']}/n1",
        "title": "shop-web",
        "subtitle": "deployment in Shop",
        "url": f"/workflows/{workflow['id']}?node=n1",
        "score": 0,
    }
    assert by_type["resource"]["subtitle"] == "Deployment in shop on shop-cluster"
    assert by_type["resource"]["url"] == f"/resources/{row.pk}"
    assert body["total"] == 4
    assert titles(search(client, "nginx"), "node") == ["shop-web"]
    assert titles(search(client, "wordpress"), "template") == ["WordPress"]
    assert "cert-manager" in titles(search(client, "certificates"), "plugin")


def test_the_best_comes_first(client: JsonClient) -> None:
    for name in ("My web shop", "web", "Webshop"):
        make(client, name)
    make(client, "Other", description="about the web")
    body = search(client, "web", types="workflow")
    make(client, "Cobwebs")
    body = search(client, "web", types="workflow")
    assert titles(body) == ["web", "Webshop", "My web shop", "Cobwebs", "Other"]
    assert [hit["match"] for hit in body["results"]] == ["exact", "begins", "word", "within", "elsewhere"]
    assert search(client, "web", types="workflows, nodes,workflow")["total"] == body["total"]
    scores = [hit["score"] for hit in body["results"]]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5


def test_the_best_of_very_many_comes_first(client: JsonClient, member: User) -> None:
    cluster = make_cluster(member, "large")
    now = timezone.now()
    names = [*(f"a-job-{number}" for number in range(1_200)), "job", "job-queue", "the.job"]
    Resource.objects.bulk_create(
        Resource(
            cluster=cluster,
            kind="ConfigMap",
            version="v1",
            namespace="a",
            uid=name,
            name=name,
            created_at=now,
            updated_at=now,
        )
        for name in names
    )
    body = search(client, "job", types="resource", limit="3")
    assert titles(body)[:2] == ["job", "job-queue"]
    assert body["total"] == 1_000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ngnix", "nginx"), ("postgress", "postgres"), ("workfow", "workflow"), ("deploymnet 42", "deployment-42")],
    ids=["short", "added", "missing", "turned"],
)
def test_what_is_mistyped(client: JsonClient, member: User, typed: str, meant: str) -> None:
    make(client, meant)
    make(client, "something else")
    make_resource(make_cluster(member, "here"), meant)
    body = search(client, typed)
    assert titles(body, "workflow") == titles(body, "resource") == [meant]
    assert {hit["match"] for hit in body["results"]} == {"close"}
    make(client, typed)
    assert titles(search(client, typed)) == [typed], "what fits needs no guesses"


def test_in_every_script(client: JsonClient) -> None:
    make(client, "Zürich Übersicht", tags=["größe", "день"])
    make(client, "数据库备份")
    for text in ("zürich", "ÜBERSICHT", "über", "GRÖSSE".replace("SS", "ß"), "ДЕНЬ"):
        assert titles(search(client, text, types="workflow")) == ["Zürich Übersicht"], text
    assert titles(search(client, "数据库", types="workflow")) == ["数据库备份"]
    assert titles(search(client, "备份", types="workflow")) == ["数据库备份"]
    assert search(client, "🚢")["total"] == 0


QUESTIONS = (
    '"',
    "'",
    "a OR b",
    "NOT x",
    "NEAR(a b)",
    "col:x",
    "^x",
    "x*",
    "-x",
    "(",
    ")",
    "\\",
    "a & b",
    "!a",
    "a <-> b",
    "%",
    "_",
    ":*",
)


def test_no_question_is_a_pattern(client: JsonClient) -> None:
    """Operators of neither database's search are any: each is text, to be found where it stands."""
    make(client, "Plain")
    for text in QUESTIONS:
        make(client, f"with {text} inside")
    for text in QUESTIONS:
        found = titles(search(client, text, types="workflow"))
        assert f"with {text} inside" in found, text
        assert "Plain" not in found, text


def test_what_changes_is_found_at_once(client: JsonClient, member: User) -> None:
    workflow = make(client, "Before", {"id": "n", "type": "configmap", "data": {"name": "settings-of-old"}})
    address = f"{API}/workflows/{workflow['id']}"
    assert client.put(address, {"name": "Afterwards"}).status_code == 200
    assert titles(search(client, "before", types="workflow")) == []
    assert titles(search(client, "afterwards", types="workflow")) == ["Afterwards"]
    node = {"id": "n", "type": "configmap", "data": {"name": "settings-of-now"}}
    assert client.post(f"{address}/save", {"nodes": [node], "edges": []}).status_code == 200
    assert titles(search(client, "of-old", types="node")) == []
    assert titles(search(client, "of-now", types="node")) == ["settings-of-now"]
    row = make_resource(make_cluster(member, "here"), "sometimes")
    Resource.objects.filter(pk=row.pk).update(name="always")
    assert titles(search(client, "sometimes")) == []
    assert titles(search(client, "always", types="resource")) == ["always"]
    Resource.objects.filter(pk=row.pk).delete()
    assert titles(search(client, "always", types="resource")) == []
    assert client.delete(address).status_code == 200
    assert search(client, "afterwards")["total"] == 0


def test_another_s_rows_of_the_same_name(
    client: JsonClient, stranger: JsonClient, member: User, other_member: User
) -> None:
    for person, whose in ((member, client), (other_member, stranger)):
        make(whose, "twin", {"id": "n", "type": "configmap", "data": {"name": "twin-node"}})
        make_resource(make_cluster(person, f"twin-{person.pk[-6:]}"), "twin-row")
    for person, whose in ((member, client), (other_member, stranger)):
        for text in ("twin", "twni", "tw", "t"):
            found = search(whose, text, types="workflow,node,resource,cluster")
            assert found["total"] <= 4, text
            assert all(
                hit["title"] != f"twin-{other.pk[-6:]}"
                for hit in found["results"]
                for other in (member, other_member)
                if other != person
            )
    cluster = Cluster.objects.get(owner=member)
    shared = {"email": other_member.email, "role": "viewer", "namespaces": ["elsewhere"]}
    client.post(f"{API}/clusters/{cluster.name}/share", shared)
    assert search(stranger, "twin-row")["total"] == 1, "a share of other namespaces shows nothing of these"


def test_every_word_must_fit_literally(client: JsonClient) -> None:
    make(client, "Shop of shoes")
    make(client, "100%_sure")
    assert titles(search(client, "shoes shop", types="workflow")) == ["Shop of shoes"]
    assert titles(search(client, "shoes hats", types="workflow")) == []
    assert titles(search(client, "0%_s", types="workflow")) == ["100%_sure"]
    assert titles(search(client, "%", types="workflow")) == ["100%_sure"]
    assert titles(search(client, "s.op", types="workflow")) == []


def test_only_ones_own(client: JsonClient, stranger: JsonClient, member: User) -> None:
    workflow = make(client, "Private", {"id": "n", "type": "configmap", "data": {"name": "private-config"}})
    make_resource(make_cluster(member, "private-cluster"), "private-row")
    assert search(client, "private")["total"] == 4
    assert search(stranger, "private") == {"query": "private", "results": [], "total": 0}
    client.post(f"{API}/workflows/{workflow['id']}/share", {"email": "other@example.com", "role": "viewer"})
    assert {hit["type"] for hit in search(stranger, "private")["results"]} == {"workflow", "node"}
    client.delete(f"{API}/workflows/{workflow['id']}")
    assert search(client, "private", types="workflow,node")["total"] == 0


def test_secrets_are_not_found(client: JsonClient) -> None:
    make(client, "Keys", {"id": "n", "type": "secret", "data": {"name": "keys", "values": {"TOKEN": CANARY}}})
    assert search(client, CANARY)["total"] == 0


def test_limits_and_bad_questions(client: JsonClient) -> None:
    for number in range(5):
        make(client, f"Shop {number}")
    body = search(client, "shop", limit="2")
    assert (len(body["results"]), body["total"]) == (2, 5)
    assert search(client, "  ") == {"query": "  ", "results": [], "total": 0}
    assert client.get(f"{API}/search?q=x&types=planets").json()["fields"]["types"]
    assert client.get(f"{API}/search?q={'x' * 201}").status_code == 400
    assert client.get(f"{API}/search?q=a%00b").status_code == 200
    assert JsonClient().get(f"{API}/search").status_code == 401


def test_queries(client: JsonClient, member: User, django_assert_max_num_queries: Any) -> None:
    def ask() -> None:
        with django_assert_max_num_queries(15):
            search(client, "shop")

    ask()
    cluster = make_cluster(member, "shop")
    for number in range(10):
        make(client, f"Shop {number}", {"id": "n", "type": "configmap", "data": {"name": f"shop-{number}"}})
        make_resource(cluster, f"shop-{number}")
    ask()
    assert Workflow.objects.count() == 10
