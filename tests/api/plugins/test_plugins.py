"""Plugins by REST: what there is, what is broken, who uses what, and what a cluster lacks."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from plugins.models import PluginChoice
from tests.api.plugins.conftest import WIDGETS
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

API = "/v1/api/plugins"
Put = Callable[[str, str], None]


def ids(client: JsonClient, query: str = "") -> list[str]:
    answer = client.get(f"{API}{query}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["plugins"]]


@pytest.fixture
def root(admin: User) -> JsonClient:
    return make_client(admin)


class TestOne:
    def test_success(self, client: JsonClient, widgets: None) -> None:
        assert client.get(f"{API}/widgets").json() == {
            "id": "widgets",
            "name": "widgets",
            "display_name": "Widgets",
            "description": "Things to wind up.",
            "category": "toys",
            "version": "1.2",
            "api_version": "1.0",
            "icon": "package",
            "author": "",
            "homepage": "",
            "origin": "folder",
            "enabled": True,
            "is_off_for_all": False,
            "broken": False,
            "problem": "",
            "is_stopped": False,
            "requirements": [
                {
                    "name": "Widget operator",
                    "group": "toys.example.com",
                    "kinds": ["Widget"],
                    "install": "make install",
                    "url": "",
                    "is_met": None,
                    "missing": [],
                    "message": "",
                }
            ],
            "node_types": [
                {
                    "type": "widgets.widget",
                    "display_name": "Widget",
                    "description": "A thing to wind up.",
                    "icon": "puzzle",
                    "category": "toys",
                    "kind": "Widget",
                    "api_version": "toys.example.com/v1",
                    "source_url": "https://toys.example.com/widget",
                }
            ],
            "templates": ["two-widgets"],
            "webhook_targets": [],
        }

    def test_missing(self, client: JsonClient) -> None:
        for answer in (
            client.get(f"{API}/nothing"),
            client.post(f"{API}/nothing/enable"),
            client.post(f"{API}/nothing/disable"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "plugin_not_found")


class TestList:
    def test_paging_and_order(self, client: JsonClient, widgets: None) -> None:
        everything = ids(client, "?limit=100")
        assert {"cert-manager", "widgets"} <= set(everything)
        body = client.get(f"{API}?limit=1&sort=id&order=desc").json()
        assert [body["plugins"][0]["id"], body["page"], body["limit"]] == [max(everything), 1, 1]
        assert body["total"] == len(everything)
        assert ids(client, "?limit=1&page=2&sort=id&order=desc") == sorted(everything, reverse=True)[1:2]
        assert ids(client, "?page=99") == []

    def test_filters(self, client: JsonClient, widgets: None) -> None:
        assert ids(client, "?category=toys") == ["widgets"]
        assert ids(client, "?search=wind%20trains") == [], "each word must be found in its texts"
        assert ids(client, "?search=wind%20widget") == ["widgets"]
        assert ids(client, "?search=clusterissuer") == ["cert-manager"], "also by what it brings"
        assert ids(client, "?search=pagerduty") == ["messengers"]
        assert "widgets" not in ids(client, "?enabled=false&limit=100")
        assert ids(client, "?enabled=true") == ids(client, "/enabled") == ["messengers", "widgets"]
        assert ids(client, "/enabled?category=certificates") == []

    @pytest.mark.parametrize("query", ["page=0", "sort=icon", "order=sideways", "enabled=perhaps"])
    def test_validation(self, client: JsonClient, query: str) -> None:
        assert client.get(f"{API}?{query}").status_code == 400

    def test_categories(self, client: JsonClient, widgets: None) -> None:
        body = client.get(f"{API}/categories?limit=100").json()
        counted = {row["name"]: row["count"] for row in body["categories"]}
        assert counted["toys"] == 1
        assert sum(counted.values()) == len(ids(client, "?limit=100"))
        assert [row["name"] for row in body["categories"]] == sorted(counted)
        assert [row["name"] for row in client.get(f"{API}/categories?search=toy").json()["categories"]] == ["toys"]
        assert client.get(f"{API}/categories?sort=icon").status_code == 400

    def test_nobody(self) -> None:
        nobody = JsonClient()
        for path in ("", "/enabled", "/categories", "/widgets"):
            assert nobody.get(f"{API}{path}").status_code == 401
        for verb in ("enable", "disable"):
            assert nobody.post(f"{API}/widgets/{verb}").status_code == 401

    def test_queries(self, client: JsonClient, widgets: None, django_assert_num_queries: Any) -> None:
        for path in ("?limit=100", "/enabled", "/categories", "/widgets"):
            with django_assert_num_queries(2):  # that of the session, and what people chose
                client.get(f"{API}{path}")
        with django_assert_num_queries(13):
            client.post(f"{API}/widgets/disable")


class TestChoosing:
    def test_each_for_themselves(self, client: JsonClient, stranger: JsonClient, widgets: None) -> None:
        answer = client.post(f"{API}/widgets/disable")
        assert (answer.status_code, answer.json()["enabled"]) == (200, False)
        assert client.get(f"{API}/widgets").json()["enabled"] is False
        assert stranger.get(f"{API}/widgets").json()["enabled"] is True, "of another tenant"
        assert client.post(f"{API}/widgets/enable").json()["enabled"] is True

    def test_what_comes_along_waits_to_be_chosen(self, client: JsonClient) -> None:
        assert client.get(f"{API}/cert-manager").json()["enabled"] is False
        assert client.post(f"{API}/cert-manager/enable").json()["enabled"] is True
        assert ids(client, "/enabled") == ["cert-manager", "messengers"]

    def test_again_changes_nothing(self, client: JsonClient, member: User, widgets: None) -> None:
        for _ in range(2):
            assert client.post(f"{API}/widgets/disable").status_code == 200
        entry = AuditEntry.objects.get(action="plugin.disabled")
        assert (entry.actor_id, entry.object_id, entry.detail) == (member.pk, "widgets", {"scope": "user"})
        assert PluginChoice.objects.count() == 1

    def test_for_everybody(self, client: JsonClient, root: JsonClient, widgets: None) -> None:
        client.post(f"{API}/widgets/enable")
        answer = root.post(f"{API}/widgets/disable", {"scope": "all"})
        assert (answer.status_code, answer.json()["is_off_for_all"]) == (200, True)
        seen = client.get(f"{API}/widgets").json()
        assert (seen["enabled"], seen["is_off_for_all"]) == (False, True)
        refused = client.post(f"{API}/widgets/enable")
        assert (refused.status_code, refused.json()["code"]) == (409, "plugin_off_for_all")
        root.post(f"{API}/widgets/enable", {"scope": "all"})
        assert client.get(f"{API}/widgets").json()["enabled"] is True

    def test_on_for_everybody_is_what_whoever_did_not_choose_gets(
        self, client: JsonClient, stranger: JsonClient, root: JsonClient
    ) -> None:
        client.post(f"{API}/cert-manager/disable")
        root.post(f"{API}/cert-manager/enable", {"scope": "all"})
        assert stranger.get(f"{API}/cert-manager").json()["enabled"] is True
        assert client.get(f"{API}/cert-manager").json()["enabled"] is False, "their own no stays"

    def test_only_administrators_choose_for_everybody(self, client: JsonClient, widgets: None) -> None:
        for verb in ("enable", "disable"):
            answer = client.post(f"{API}/widgets/{verb}", {"scope": "all"})
            assert (answer.status_code, answer.json()["code"]) == (403, "plugins_for_admins")
        assert not PluginChoice.objects.exists()

    def test_validation(self, client: JsonClient, widgets: None) -> None:
        answer = client.post(f"{API}/widgets/disable", {"scope": "mine"})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["scope"])

    def test_what_it_brings_comes_and_goes(self, client: JsonClient, stranger: JsonClient, widgets: None) -> None:
        def offered(who: JsonClient) -> set[str]:
            return {row["id"] for row in who.get("/v1/api/templates?limit=100&search=widget").json()["templates"]}

        assert offered(client) == {"widgets.widget", "two-widgets"}
        client.post(f"{API}/widgets/disable")
        assert (offered(client), offered(stranger)) == (set(), {"widgets.widget", "two-widgets"})
        found = client.get("/v1/api/search?q=widget&types=plugin").json()["results"]
        assert [(hit["id"], hit["url"]) for hit in found] == [("widgets", "/plugins/widgets")], "to turn it on again"

    def test_what_was_drawn_with_it_stays(self, client: JsonClient, widgets: None) -> None:
        node = {"id": "w", "type": "widgets.widget", "position": {"x": 0, "y": 0}}
        node["data"] = {"name": "one", "spec": {"size": 0}}
        workflow = client.post("/v1/api/workflows", {"name": "Toys", "nodes": [node]}).json()
        client.post(f"{API}/widgets/disable")
        url = f"/v1/api/workflows/{workflow['id']}"
        problems = client.post(f"{url}/validate").json()["problems"]
        assert {(each["code"], each["field"], each["severity"]) for each in problems} >= {
            ("plugin_disabled", "type", "warning"),
            ("bad_value", "spec.size", "error"),
        }
        node["data"]["spec"]["size"] = 2  # type: ignore[index]
        assert client.post(f"{url}/save", {"nodes": [node], "edges": []}).status_code == 200
        assert "kind: Widget" in client.get(f"{url}/manifests?format=yaml").content.decode()


class TestBroken:
    BAD = WIDGETS.replace("id: widgets", "id: bad").replace('api_version: "1.0"', 'api_version: "9.0"')

    def test_it_is_shown_and_harms_nothing(self, client: JsonClient, put: Put) -> None:
        put("bad", self.BAD)
        put("widgets", WIDGETS)
        seen = client.get(f"{API}/bad").json()
        assert (seen["broken"], seen["enabled"], seen["category"]) == (True, False, "broken")
        assert seen["problem"] == "It is written for api_version 9.0, and this product has 1.1; use another release."
        assert client.get(f"{API}/widgets").json()["enabled"] is True
        answer = client.post(f"{API}/bad/enable")
        assert (answer.status_code, answer.json()["code"]) == (409, "plugin_broken")

    @pytest.mark.parametrize(
        ("manifest", "word"),
        [
            ("a: [", "YAML"),
            ("just words", "object"),
            (WIDGETS.replace("category: toys", "colour: red"), "colour"),
            (WIDGETS.replace("    kind: Widget\n", ""), "kind"),
            (WIDGETS.replace("type: integer", "type: wholesome"), "JSON Schema"),
            (WIDGETS.replace("{type: integer, minimum: 1}", '{$ref: "http://example.com/x"}'), "example.com"),
            (WIDGETS.replace("schema: {type: object", "schema: ../../secret.yaml\n    body: {type: object"), "outside"),
            (WIDGETS.replace("id: widgets", "id: W"), "lower-case"),
            (WIDGETS.replace("target: one", "target: three"), "two-widgets"),
            (WIDGETS.replace("type: widgets.widget, data: {name: one", "type: gadget, data: {name: one"), "gadget"),
        ],
        ids=["yaml", "text", "unknown", "kind", "schema", "reference", "outside", "id", "stack", "foreign"],
    )
    def test_it_says_what_is_wrong(self, client: JsonClient, put: Put, manifest: str, word: str) -> None:
        put("oops", manifest)
        broken = [row for row in client.get(f"{API}?category=broken").json()["plugins"] if row["broken"]]
        assert [word in row["problem"] for row in broken] == [True], broken
        assert client.get("/v1/api/templates?limit=1").status_code == 200

    def test_of_two_with_one_name_the_first_is_used(self, client: JsonClient, put: Put) -> None:
        put("a", WIDGETS)
        put("b", WIDGETS)
        assert client.get(f"{API}/widgets").json()["broken"] is False
        assert "called widgets already" in client.get(f"{API}/widgets-2").json()["problem"]


class TestRequirements:
    def test_on_a_cluster(self, client: JsonClient, widgets: None, add: Any, practice: Any) -> None:
        add("home")
        needs = client.get(f"{API}/widgets?cluster=home").json()["requirements"][0]
        assert (needs["is_met"], needs["missing"]) == (False, ["Widget"])
        assert needs["message"] == (
            "home lacks Widget operator: it does not serve Widget; install it with `make install`."
        )
        rows = client.get(f"{API}?cluster=home&limit=100").json()["plugins"]
        assert {each["is_met"] for row in rows for each in row["requirements"]} == {False}

    def test_a_cluster_of_another_tenant(
        self, client: JsonClient, stranger: JsonClient, widgets: None, add: Any
    ) -> None:
        add("home")
        for path in ("/widgets?cluster=home", "?cluster=home", "/enabled?cluster=home"):
            answer = stranger.get(f"{API}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")

    def test_one_that_does_not_answer(self, client: JsonClient, widgets: None, add: Any) -> None:
        add("gone", server="https://127.0.0.1:9")
        needs = client.get(f"{API}/widgets?cluster=gone").json()["requirements"][0]
        assert needs["is_met"] is None
        assert "does not answer" in needs["message"]
