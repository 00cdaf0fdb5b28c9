"""Scale, restart and delete: what happens in the cluster, who may, and what is refused."""

from typing import Any

import pytest

from clusters.models import Cluster, Resource
from clusters.services import call
from tests.api.clusters.sharing import Someone, somebody_with
from tests.api.resources.conftest import API, PATIENCE, Home, deployment, plain
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db


def url(row: Resource, rest: str = "") -> str:
    return f"{API}/{row.pk}{rest}"


@pytest.fixture
def web(home: Home) -> Home:
    home.apply(deployment("web"))
    home.mirror()
    return home


class TestScale:
    def test_scales_as_our_own_manager(self, web: Home, client: JsonClient) -> None:
        row = web.row("Deployment", "web")
        answer = client.post(url(row, "/scale"), {"replicas": 3})
        assert answer.status_code == 200, answer.json()
        assert answer.json()["replicas"]["desired"] == 3
        live = web.get("apps", "Deployment", "web")
        assert live["spec"]["replicas"] == 3
        held = [
            (entry["manager"], entry["operation"])
            for entry in live["metadata"]["managedFields"]
            if "f:replicas" in entry["fieldsV1"].get("f:spec", {})
        ]
        assert ("sailcloth", "Update") in held
        history = client.get(url(row)).json()["history"]
        (entry,) = [each for each in history if each["source"] == "sailcloth"]
        assert (entry["action"], entry["who"]) == ("resource.scaled", "member@example.com")
        assert (entry["detail"]["from"], entry["detail"]["to"]) == (1, 3)

    def test_to_nothing_and_back(self, web: Home, client: JsonClient) -> None:
        row = web.row("Deployment", "web")
        assert client.post(url(row, "/scale"), {"replicas": 0}).json()["status"] == "Stopped"
        assert client.post(url(row, "/scale"), {"replicas": 1}).status_code == 200

    @pytest.mark.parametrize(
        "body", [{}, {"replicas": -1}, {"replicas": 1001}, {"replicas": "many"}, {"replicas": 1.5}]
    )
    def test_what_is_no_number(self, web: Home, client: JsonClient, body: dict[str, Any]) -> None:
        answer = client.post(url(web.row("Deployment", "web"), "/scale"), body)
        assert answer.status_code == 400
        assert answer.json()["fields"]["replicas"]

    def test_what_has_no_number(self, web: Home, client: JsonClient) -> None:
        web.apply(plain("ConfigMap", "settings"))
        web.mirror()
        answer = client.post(url(web.row("ConfigMap", "settings"), "/scale"), {"replicas": 2})
        assert (answer.status_code, answer.json()["code"]) == (400, "not_for_this_kind")

    def test_a_set_that_something_made(self, make_rows: Any, client: JsonClient) -> None:
        make_rows(1, kind="ReplicaSet", group="apps", owner_uid="u", owner_kind="Deployment", owner_name="web")
        answer = client.post(url(Resource.objects.get(kind="ReplicaSet"), "/scale"), {"replicas": 2})
        assert answer.status_code == 400
        assert "Deployment web decides" in answer.json()["error"]

    def test_what_an_autoscaler_decides(self, web: Home, client: JsonClient) -> None:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        spec = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 3}
        web.apply({**plain("HorizontalPodAutoscaler", "busy", spec=spec), "apiVersion": "autoscaling/v2"})
        web.mirror()
        answer = client.post(url(web.row("Deployment", "web"), "/scale"), {"replicas": 2})
        assert (answer.status_code, answer.json()["code"]) == (409, "autoscaled")
        assert "busy" in answer.json()["error"]


class TestRestart:
    def test_rolls_out_anew(self, web: Home, client: JsonClient) -> None:
        answer = client.post(url(web.row("Deployment", "web"), "/restart"))
        assert answer.status_code == 200, answer.json()
        template = web.get("apps", "Deployment", "web")["spec"]["template"]
        assert template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"]

    def test_a_pod_is_made_anew(self, web: Home, client: JsonClient) -> None:
        pods = Resource.objects.filter(cluster=web.cluster, kind="Pod", namespace="shop")
        if not pods.exists():
            web.mirror()
        pod = pods.first()
        assert pod is not None
        assert client.post(url(pod, "/restart")).status_code == 200
        live = call(web.gateway.list(web.served("", "Pod"), "shop"), PATIENCE).items
        gone = [each for each in live if each["metadata"]["uid"] == pod.uid]
        assert not gone or gone[0]["metadata"].get("deletionTimestamp")

    def test_what_cannot_be(self, make_rows: Any, client: JsonClient) -> None:
        make_rows(1, kind="Service")
        make_rows(1, prefix="alone")
        for name in ("pod-00000", "alone-00000"):
            answer = client.post(url(Resource.objects.get(name=name), "/restart"))
            assert (answer.status_code, answer.json()["code"]) == (400, "not_for_this_kind")


class TestDelete:
    def test_with_what_it_made(self, web: Home, client: JsonClient) -> None:
        row = web.row("Deployment", "web")
        answer = client.delete(url(row))
        assert answer.status_code == 200
        assert answer.json() == {"message": "The Deployment web is being deleted."}
        live = call(web.gateway.list(web.served("apps", "Deployment"), "shop"), PATIENCE).items
        assert not live
        # Once more is no failure while the mirror has not heard of it.
        assert client.delete(url(row)).status_code == 200

    def test_what_was_made_anew(self, web: Home, client: JsonClient) -> None:
        row = web.row("Deployment", "web")
        Resource.objects.filter(pk=row.pk).update(uid="11111111-1111-1111-1111-111111111111")
        for answer in (
            client.delete(url(row)),
            client.post(url(row, "/scale"), {"replicas": 2}),
            client.post(url(row, "/restart")),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "resource_replaced")
        assert web.get("apps", "Deployment", "web")["spec"]["replicas"] == 1

    def test_what_is_marked_as_gone(self, make_rows: Any, client: JsonClient) -> None:
        from django.utils import timezone

        make_rows(1, kind="Deployment", group="apps", deleted_at=timezone.now())
        row = Resource.objects.get()
        assert client.get(url(row)).json()["status"] == "Deleted"
        for answer in (
            client.delete(url(row)),
            client.post(url(row, "/scale"), {"replicas": 2}),
            client.post(url(row, "/restart")),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "resource_gone")

    def test_what_a_cluster_lives_of(self, web: Home, client: JsonClient) -> None:
        node = Resource.objects.filter(cluster=web.cluster, kind="Node").first()
        namespace = web.row("Namespace", "kube-system", "")
        for row in (node, namespace):
            assert row is not None
            answer = client.delete(url(row))
            assert (answer.status_code, answer.json()["code"]) == (409, "protected")

    def test_a_cluster_that_is_not_there(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1, kind="Deployment", group="apps")
        Cluster.objects.filter(pk=cluster.pk).update(server="https://127.0.0.1:1")
        row = Resource.objects.get()
        for answer in (
            client.delete(url(row)),
            client.post(url(row, "/scale"), {"replicas": 2}),
            client.post(url(row, "/restart")),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")


ROLES = (
    "owner",
    "admin",
    "editor",
    "viewer",
    "limited_admin",
    "limited_editor",
    "limited_viewer",
    "stranger",
    "nobody",
)
LOOK = (200, 200, 200, 200, 200, 200, 200, 404, 401)
RUN = (200, 200, 200, 403, 200, 200, 403, 404, 401)
# The same of something in a namespace that the limited ones do not have.
LOOK_ELSEWHERE = (200, 200, 200, 200, 404, 404, 404, 404, 401)
RUN_ELSEWHERE = (200, 200, 200, 403, 404, 404, 404, 404, 401)
TABLE = {
    "GET": (LOOK, LOOK_ELSEWHERE),
    "PATCH": (LOOK, LOOK_ELSEWHERE),
    "GET /pods": (LOOK, LOOK_ELSEWHERE),
    "GET /metrics": (LOOK, LOOK_ELSEWHERE),
    "POST /scale": (RUN, RUN_ELSEWHERE),
    "POST /restart": (RUN, RUN_ELSEWHERE),
    "DELETE": (RUN, RUN_ELSEWHERE),
}


@pytest.mark.parametrize("role", ROLES)
def test_every_route_by_every_role(role: str, home: Home, client: JsonClient, stranger: JsonClient) -> None:
    home.apply(deployment("web"))
    home.apply(deployment("web"), namespace="other")
    home.mirror()
    limit, _, plain_role = role.rpartition("_")
    if role in ("owner", "stranger", "nobody"):
        theirs = {"owner": client, "stranger": stranger, "nobody": JsonClient()}[role]
    else:
        someone: Someone = somebody_with(client, plain_role, *(["shop"] if limit else []))
        theirs = someone.client
    for route, expectations in TABLE.items():
        method, _, rest = route.partition(" ")
        for namespace, expected in zip(("shop", "other"), expectations, strict=True):
            address = url(home.row("Deployment", "web", namespace), rest)
            body: dict[str, Any] = {"replicas": 2} if rest == "/scale" else {}
            send = getattr(theirs, method.lower())
            answer = send(address) if method == "GET" else send(address, body)
            assert answer.status_code == expected[ROLES.index(role)], (route, namespace, answer.json())


def test_the_table_is_complete() -> None:
    from tests.architecture.routes import all_routes

    prefix = "v1/api/resources/:id"
    served = {
        f"{method} {path.removeprefix(prefix)}".strip() for path, method, _ in all_routes() if path.startswith(prefix)
    }
    # Streams and terminals have tables of their own.
    assert {each for each in served if not each.endswith(("/stream", "/terminal"))} == set(TABLE)


def test_a_credential_that_may_not_is_told_so(web: Home, client: JsonClient, monkeypatch: Any) -> None:
    from clusters.kube.direct import DirectGateway
    from clusters.kube.gateway import Refused

    async def refuse(*_: Any, **__: Any) -> Any:
        raise Refused('deployments.apps "web" is forbidden', reason="Forbidden", status=403)

    monkeypatch.setattr(DirectGateway, "patch", refuse)
    answer = client.post(url(web.row("Deployment", "web"), "/scale"), {"replicas": 2})
    assert (answer.status_code, answer.json()["code"]) == (400, "cluster_refused")
    assert "forbidden" in answer.json()["error"]
