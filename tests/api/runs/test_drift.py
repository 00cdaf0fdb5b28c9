"""Drift by REST: what somebody else changed, reverted or adopted, on the practice cluster."""

from typing import Any

import pytest

from audit.models import AuditEntry
from clusters.models import Cluster
from clusters.services import call, gateway_for
from tests.api.runs.conftest import API
from tests.factories import JsonClient, make_client
from tests.integration.runs.support import node, rewrite, work_off
from workflows.models import Run, Target

Json = dict[str, Any]
WEB = {"kind": "Deployment", "namespace": "shop", "name": "web"}
SETTINGS = {"api_version": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "settings"}
FRONT = {"kind": "Service", "namespace": "shop", "name": "front"}
NOWHERE = "00000000-0000-0000-0000-000000000000"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deployed(client: JsonClient, workflow: Json) -> Json:
    workflow["nodes"][0]["data"]["replicas"] = 1
    sent = {"nodes": workflow["nodes"], "edges": workflow["edges"]}
    assert client.post(f"{workflow['url']}/save", sent).status_code == 200
    run(client, workflow)
    return workflow


def run(client: JsonClient, workflow: Json, path: str = "run", **sent: Any) -> Run:
    answer = client.post(f"{workflow['url']}/{path}", sent)
    assert answer.status_code == 200, answer.json()
    done = work_off(Run.objects.get(pk=answer.json()["run_id"]))
    assert done.status == "succeeded", done.message
    return done


def live(kind: str, name: str, group: str = "") -> Json:
    gateway = gateway_for(Cluster.objects.get(pk=Target.objects.get().cluster_id).pk)

    async def get() -> Json:
        served = (await gateway.capabilities()).find(group, kind)
        assert served is not None
        return await gateway.get(served, name, "shop")

    return call(get())


def put(changed: Json, manager: str = "kubectl-edit") -> None:
    rewrite(gateway_for(str(Target.objects.get().cluster_id)), changed, manager=manager)


def change_web() -> None:
    """Three replicas and another image, by two people."""
    web = live("Deployment", "web", "apps")
    web["spec"]["replicas"] = 3
    put(web, "kubectl-scale")
    web = live("Deployment", "web", "apps")
    web["spec"]["template"]["spec"]["containers"][0]["image"] = "busybox:1.36"
    put(web)


def change_settings() -> None:
    settings = live("ConfigMap", "settings")
    settings["data"] = {"COLOUR": "red", "EXTRA": "mine"}
    put(settings)


def drift(client: JsonClient, workflow: Json, **query: str) -> Json:
    answer = client.get(f"{workflow['url']}/drift", query)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def fields(document: Json) -> dict[str, list[tuple[Any, ...]]]:
    return {
        item["name"]: [(f["path"], f["expected"], f["live"], f["manager"]) for f in item["fields"]]
        for item in document["objects"]
    }


class TestLooking:
    def test_nothing_deployed_and_nothing_changed(
        self, client: JsonClient, workflow: Json, django_assert_num_queries: Any
    ) -> None:
        empty = drift(client, workflow)
        assert (empty["target"], empty["version"], empty["checked"], empty["objects"]) == (None, None, 0, [])
        run(client, workflow)
        drift(client, workflow)
        # The session, the workflow, its last run with the target, the release, what may be looked at, no run in
        # progress, how to reach the cluster, what it is called, the version.
        with django_assert_num_queries(9):
            same = drift(client, workflow)
        assert (same["checked"], same["version"], same["release"], same["objects"]) == (3, 1, 1, [])
        assert same["target"]["namespace"] == "shop"

    def test_each_field_and_who_changed_it(self, client: JsonClient, deployed: Json) -> None:
        change_web()
        change_settings()
        found = drift(client, deployed, target=Target.objects.get().pk)
        assert fields(found) == {
            "web": [
                ("spec.replicas", 1, 3, "kubectl-scale"),
                ("spec.template.spec.containers.0.image", "busybox:1", "busybox:1.36", "kubectl-edit"),
            ],
            # What others add beside our fields is theirs.
            "settings": [("data.COLOUR", "blue", "red", "kubectl-edit")],
        }
        web = next(item for item in found["objects"] if item["name"] == "web")
        assert (web["node_id"], web["state"], web["api_version"]) == ("web", "changed", "apps/v1")
        assert web["fields"][0]["changed_at"].endswith("Z")
        assert Run.objects.count() == 1

    def test_what_is_gone(self, client: JsonClient, deployed: Json) -> None:
        gateway = gateway_for(str(Target.objects.get().cluster_id))

        async def delete() -> None:
            served = (await gateway.capabilities()).find("", "Service")
            assert served is not None
            await gateway.delete(served, "front", "shop")

        call(delete())
        (gone,) = drift(client, deployed)["objects"]
        assert (gone["name"], gone["state"], gone["fields"]) == ("front", "missing", [])
        refused = client.post(f"{deployed['url']}/drift/adopt", {"objects": [FRONT]})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_adoptable")
        run(client, deployed, "drift/revert", objects=[FRONT])
        assert live("Service", "front")
        assert drift(client, deployed)["objects"] == []

    def test_during_a_run(self, client: JsonClient, deployed: Json) -> None:
        assert client.post(f"{deployed['url']}/run", {}).status_code == 200
        busy = client.get(f"{deployed['url']}/drift")
        assert (busy.status_code, busy.json()["code"]) == (409, "run_in_progress")

    def test_of_another_target(self, client: JsonClient, deployed: Json) -> None:
        assert client.get(f"{deployed['url']}/drift", {"target": NOWHERE}).status_code == 404


class TestReverting:
    def test_just_these(self, client: JsonClient, deployed: Json) -> None:
        change_web()
        change_settings()
        before = live("ConfigMap", "settings")["metadata"]["resourceVersion"]
        done = run(client, deployed, "drift/revert", objects=[WEB])
        assert done.operation == "revert"
        assert [(item["name"], item["action"]) for item in (done.plan or {})["objects"]] == [("web", "update")]
        assert live("Deployment", "web", "apps")["spec"]["replicas"] == 1
        assert live("ConfigMap", "settings")["metadata"]["resourceVersion"] == before
        assert list(fields(drift(client, deployed))) == ["settings"]
        detail = client.get(f"{API}/runs/{done.pk}").json()
        assert (detail["operation"], detail["options"]["objects"]) == ("revert", ["Deployment shop/web"])
        assert detail["options"]["force_conflicts"] is True
        assert AuditEntry.objects.filter(action="run.revert_started", object_id=done.pk).exists()
        states = {each["node_id"]: each["state"] for each in client.get(f"{deployed['url']}/status").json()["nodes"]}
        assert states == {"web": "healthy", "front": "healthy", "settings": "healthy"}
        # The inventory is whole, so that the next run prunes as before.
        assert len(Target.objects.get().inventory) == 3

    def test_needs_something_deployed(self, client: JsonClient, workflow: Json) -> None:
        for part in ("revert", "adopt"):
            answer = client.post(f"{workflow['url']}/drift/{part}", {"objects": [WEB]})
            assert (answer.status_code, answer.json()["code"]) == (409, "nothing_deployed")


class TestAdopting:
    def test_live_values_become_overrides(self, client: JsonClient, deployed: Json) -> None:
        change_web()
        change_settings()
        etag = client.get(deployed["url"])["ETag"]
        answer = client.post(f"{deployed['url']}/drift/adopt", {"objects": [WEB, SETTINGS]}, HTTP_IF_MATCH=etag)
        assert answer.status_code == 200, answer.json()
        assert answer["ETag"] != etag
        nodes = {each["id"]: each["data"] for each in answer.json()["nodes"]}
        assert nodes["web"]["overrides"] == {
            "spec": {
                "replicas": 3,
                "template": {"spec": {"containers": [{"name": "web", "image": "busybox:1.36"}]}},
            }
        }
        assert nodes["settings"]["overrides"] == {"data": {"COLOUR": "red"}}
        assert answer.json()["problems"] == []
        assert Run.objects.count() == 1
        assert AuditEntry.objects.filter(action="workflow.drift_adopted").count() == 1
        # It is now what the graph says, and a run makes it ours.
        run(client, deployed)
        assert live("Deployment", "web", "apps")["spec"]["replicas"] == 3
        assert drift(client, deployed)["objects"] == []

    def test_on_top_of_overrides(self, client: JsonClient, deployed: Json) -> None:
        nodes = client.get(deployed["url"]).json()["nodes"]
        nodes[0]["data"]["overrides"] = {"spec": {"minReadySeconds": 1, "replicas": 2}}
        client.post(f"{deployed['url']}/save", {"nodes": nodes, "edges": deployed["edges"]})
        run(client, deployed)
        web = live("Deployment", "web", "apps")
        web["spec"]["replicas"] = 3
        put(web)
        answer = client.post(f"{deployed['url']}/drift/adopt", {"objects": [WEB]})
        overrides = answer.json()["nodes"][0]["data"]["overrides"]
        assert overrides == {"spec": {"minReadySeconds": 1, "replicas": 3}}

    def test_what_cannot_be_adopted(self, client: JsonClient, deployed: Json) -> None:
        url = f"{deployed['url']}/drift/adopt"
        same = client.post(url, {"objects": [WEB]})
        assert (same.status_code, same.json()["code"]) == (409, "nothing_drifted")
        change_settings()
        stale = client.post(url, {"objects": [SETTINGS]}, HTTP_IF_MATCH='"old.1"')
        assert stale.status_code == 412
        client.post(f"{deployed['url']}/save", {"nodes": deployed["nodes"][:2], "edges": deployed["edges"][:1]})
        gone = client.post(url, {"objects": [SETTINGS]})
        assert (gone.status_code, gone.json()["code"]) == (409, "not_adoptable")
        assert "no longer in the graph" in gone.json()["error"]

    def test_secrets_and_manifests(self, client: JsonClient, workflow: Json) -> None:
        yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\ndata: {A: b}\n"
        nodes = [node("token", "secret", values={"KEY": "canary"}), node("raw", "manifest", yaml=yaml)]
        assert client.post(f"{workflow['url']}/save", {"nodes": nodes, "edges": []}).status_code == 200
        run(client, workflow)
        token, raw = live("Secret", "token"), live("ConfigMap", "raw")
        token["data"]["KEY"], raw["data"]["A"] = "bGl2ZQ==", "c"
        put(token)
        put(raw)
        found = client.get(f"{workflow['url']}/drift")
        assert fields(found.json())["token"] == [("data.KEY", "<secret>", "<secret>", "kubectl-edit")]
        text = found.content.decode()
        assert not any(word in text for word in ("canary", "Y2FuYXJ5", "bGl2ZQ"))
        for kind, name, told in (("Secret", "token", "secret values"), ("ConfigMap", "raw", "has no overrides")):
            sent = {"objects": [{"kind": kind, "namespace": "shop", "name": name}]}
            refused = client.post(f"{workflow['url']}/drift/adopt", sent)
            assert (refused.status_code, refused.json()["code"]) == (409, "not_adoptable")
            assert told in refused.json()["error"]
        run(client, workflow, "drift/revert", objects=[{"kind": "Secret", "namespace": "shop", "name": "token"}])
        assert live("Secret", "token")["data"] == {"KEY": "Y2FuYXJ5"}


@pytest.mark.parametrize("part", ["drift", "drift/revert", "drift/adopt"])
class TestWho:
    def test_not_signed_in_or_not_theirs(self, stranger: JsonClient, workflow: Json, part: str) -> None:
        for client, status in ((make_client(), 401), (stranger, 404)):
            url = f"{workflow['url']}/{part}"
            answer = client.get(url) if part == "drift" else client.post(url, {"objects": [WEB]})
            assert answer.status_code == status

    def test_bad_input(self, client: JsonClient, deployed: Json, part: str) -> None:
        if part == "drift":
            assert client.get(f"{deployed['url']}/drift", {"target": "odd"}).status_code == 404
            return
        unknown = {"kind": "Deployment", "namespace": "shop", "name": "other"}
        for sent in ({}, {"objects": []}, {"objects": [{"kind": "Deployment"}]}, {"objects": [unknown]}):
            answer = client.post(f"{deployed['url']}/{part}", sent)
            assert answer.status_code == 400
            assert all(name.startswith("objects") for name in answer.json()["fields"]), answer.json()
