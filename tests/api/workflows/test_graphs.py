"""Saving and checking graphs: what can be kept, what cannot, and what is said of it."""

from typing import Any

import pytest

from audit.models import AuditEntry
from realtime.models import Event
from tests.api.workflows.drawing import EDGES, GRAPH, NODES, Json, edge, node, secret
from tests.factories import JsonClient
from workflows.models import Version

pytestmark = pytest.mark.django_db

PROBLEM_KEYS = {"node_id", "edge_id", "field", "severity", "code", "message"}


def job(name: str) -> Json:
    return node(name, "job", image="busybox:1")


# What cannot be kept: the graph, the problem's code, and words of the sentence that name the place.
REFUSED: dict[str, tuple[Json, str, tuple[str, ...]]] = {
    "unknown type": ({"nodes": [node("a", "spaceship")]}, "unknown_type", ('"a"', '"spaceship"')),
    "unknown field": ({"nodes": [node("a", imagee="x")]}, "unknown_field", ('"a"', "imagee", "did you mean image?")),
    "unknown field, deep": (
        {"nodes": [node("a", ports=[{"port": 1, "prot": "TCP"}])]},
        "unknown_field",
        ('"a"', "ports.0.prot"),
    ),
    "wrong type": ({"nodes": [node("a", replicas="two")]}, "wrong_type", ('"a"', "replicas", "whole number")),
    "wrong type, deep": (
        {"nodes": [node("a", env=[{"name": "A"}, {"name": 7}])]},
        "wrong_type",
        ('"a"', "env.1.name", "text"),
    ),
    "duplicate node": ({"nodes": [node("a"), node("a")]}, "duplicate_id", ("Two nodes", '"a"')),
    "duplicate edge": (
        {"nodes": NODES, "edges": [EDGES[0], EDGES[0]]},
        "duplicate_id",
        ("Two edges", '"e1"'),
    ),
    "dangling source": ({"nodes": NODES, "edges": [edge("e", "x", "web")]}, "dangling_edge", ('"e"', "source", '"x"')),
    "dangling target": ({"nodes": NODES, "edges": [edge("e", "web", "x")]}, "dangling_edge", ('"e"', "target", '"x"')),
    "forbidden edge": (
        {"nodes": [*NODES, node("h", "hpa", max_replicas=2)], "edges": [edge("e", "web", "h")]},
        "forbidden_edge",
        ("deployment", "hpa"),
    ),
    "to itself": ({"nodes": [node("n", "note")], "edges": [edge("e", "n", "n")]}, "forbidden_edge", ("note",)),
    "unknown field of an edge": (
        {"nodes": NODES, "edges": [edge("e1", "front", "web", colour="red")]},
        "unknown_field",
        ('"e1"', "colour"),
    ),
    "nodes are no list": ({"nodes": {"a": 1}, "edges": []}, "wrong_type", ("nodes must be a list",)),
    "a node is no object": ({"nodes": [7]}, "wrong_type", ("nodes.0",)),
    "no id": ({"nodes": [{"type": "note"}]}, "wrong_type", ("nodes.0.id", "missing")),
    "id is no text": ({"nodes": [{"id": 7, "type": "note"}]}, "wrong_type", ("nodes.0.id",)),
    "data is no object": ({"nodes": [{"id": "a", "type": "note", "data": []}]}, "wrong_type", ('"a"', "data")),
    "position": (
        {"nodes": [{"id": "a", "type": "note", "data": {}, "position": {"x": "1", "y": 2}}]},
        "wrong_type",
        ('"a"', "position"),
    ),
    "NUL": ({"nodes": [node("a", "note", text="a\u0000b")]}, "bad_json", ("nodes.0", "NUL")),
    "1,001 nodes": (
        {"nodes": [node(f"n{number}", "note") for number in range(1001)]},
        "too_many_nodes",
        ("1,001", "1,000"),
    ),
    "over 2 MiB": (
        {"nodes": [node("a", "note", text="x" * (2 * 1024 * 1024))]},
        "graph_too_large",
        ("2.0 MiB", "2 MiB"),
    ),
}
# What is kept and comes back as a problem.
KEPT: dict[str, tuple[Json, str, str | None]] = {
    "missing image": ({"nodes": [node("a")]}, "missing_image", "image"),
    "bad name": ({"nodes": [node("a", image="x") | {"data": {"name": "Bad Name", "image": "x"}}]}, "bad_name", "name"),
    "missing name": ({"nodes": [{"id": "a", "type": "configmap", "data": {}}]}, "missing_field", "name"),
    "cycle": (
        {"nodes": [job("a"), job("b")], "edges": [edge("e1", "a", "b"), edge("e2", "b", "a")]},
        "cycle",
        None,
    ),
    "one name twice": (
        {"nodes": [node("a", image="x"), {**node("b"), "data": {"name": "a", "image": "x"}}]},
        "duplicate_name",
        "name",
    ),
    "made twice": (
        {
            "nodes": [
                node("a", "configmap"),
                {
                    "id": "m",
                    "type": "manifest",
                    "data": {"yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"},
                },
            ]
        },
        "duplicate_object",
        "name",
    ),
}


def save(client: JsonClient, workflow: Json, graph: Json, **headers: str) -> Any:
    return client.post(f"{workflow['url']}/save", {"nodes": [], "edges": [], **graph}, **headers)


class TestSave:
    def test_success(self, client: JsonClient, workflow: Json, django_assert_num_queries: Any) -> None:
        nodes = [*NODES, node("db", "statefulset", image="postgres:16")]
        # The session; begin, lock, update, audit, cursor, event, commit.
        with django_assert_num_queries(8):
            answer = save(client, workflow, {"nodes": nodes, "edges": EDGES})
        body = answer.json()
        assert answer.status_code == 200
        assert (body["nodes"], body["edges"], body["node_count"]) == (nodes, EDGES, 3)
        assert set(body) == (set(workflow) - {"url", "etag"}) | {"problems"}
        assert all(set(problem) == PROBLEM_KEYS for problem in body["problems"])
        assert [problem for problem in body["problems"] if problem["severity"] == "error"] == []
        assert answer["ETag"] == client.get(workflow["url"])["ETag"] != workflow["etag"]
        assert not Version.objects.exists()
        assert AuditEntry.objects.get(action="workflow.updated").detail == {"changed": ["graph"]}
        event = Event.objects.get(type="workflow.updated")
        assert event.payload["changed"] == ["graph"]

    def test_the_same_again_changes_nothing(self, client: JsonClient, workflow: Json) -> None:
        answer = save(client, workflow, GRAPH)
        assert (answer.status_code, answer["ETag"]) == (200, workflow["etag"])
        assert answer.json()["updated_at"] == workflow["updated_at"]
        assert not Event.objects.filter(type="workflow.updated").exists()

    @pytest.mark.parametrize("case", REFUSED)
    def test_what_cannot_be_kept(self, client: JsonClient, workflow: Json, case: str) -> None:
        graph, code, words = REFUSED[case]
        answer = save(client, workflow, graph)
        body = answer.json()
        assert (answer.status_code, body["code"]) == (400, "invalid_graph")
        assert body["details"]["problems"][0]["code"] == code
        assert all(word.lower() in body["error"].lower() for word in words), body["error"]
        assert set(body["fields"]) <= {"nodes", "edges"}
        assert client.get(workflow["url"])["ETag"] == workflow["etag"]

    def test_each_reason_has_a_sentence_of_its_own(self, client: JsonClient, workflow: Json) -> None:
        sentences = {save(client, workflow, graph).json()["error"] for graph, _, _ in REFUSED.values()}
        assert len(sentences) == len(REFUSED)

    def test_everything_wrong_is_said_at_once(self, client: JsonClient, workflow: Json) -> None:
        nodes = [node("a", "spaceship"), node("b", imagee="x"), node("c", replicas="x")]
        body = save(client, workflow, {"nodes": nodes, "edges": [edge("e", "b", "nowhere")]}).json()
        codes = {(item["node_id"], item["edge_id"], item["code"]) for item in body["details"]["problems"]}
        assert codes == {
            ("a", None, "unknown_type"),
            ("b", None, "unknown_field"),
            ("c", None, "wrong_type"),
            (None, "e", "dangling_edge"),
        }
        assert body["error"].endswith("There are 3 more problems.")

    @pytest.mark.parametrize("case", KEPT)
    def test_what_is_kept_unfinished(self, client: JsonClient, workflow: Json, case: str) -> None:
        graph, code, field = KEPT[case]
        answer = save(client, workflow, graph)
        assert answer.status_code == 200
        found = [problem for problem in answer.json()["problems"] if problem["code"] == code]
        assert found
        assert (found[0]["severity"], found[0]["field"]) == ("error", field)
        assert found[0]["node_id"] is not None
        assert client.get(workflow["url"]).json()["nodes"][0]["data"] == graph["nodes"][0]["data"]
        refused = client.put(f"{workflow['url']}/status", {"status": "published"})
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_graph")
        assert code in {problem["code"] for problem in refused.json()["details"]["problems"]}

    def test_each_kept_problem_has_a_sentence_of_its_own(self, client: JsonClient, workflow: Json) -> None:
        sentences = {save(client, workflow, graph).json()["problems"][0]["message"] for graph, _, _ in KEPT.values()}
        assert len(sentences) == len(KEPT)

    def test_the_limits_themselves_are_fine(self, client: JsonClient, workflow: Json) -> None:
        answer = save(client, workflow, {"nodes": [node(f"n{number}", "note") for number in range(1000)]})
        assert answer.status_code == 200
        answer = save(client, workflow, {"nodes": [node("a", "note", text="x" * (2 * 1024 * 1024 - 200))]})
        assert answer.status_code == 200

    def test_what_a_client_adds_comes_back(self, client: JsonClient, workflow: Json) -> None:
        extra = {"width": 120, "parentId": "g", "style": {"color": "#fff"}, "selected": None, "zIndex": 0}
        nodes = [node("g", "group") | {"data": {"label": "ü"}}, node("a", image="x", env=[], labels={}) | extra]
        edges = [edge("e", "f", "a") | {"animated": True, "sourceHandle": "out", "targetHandle": None, "data": {}}]
        nodes.append(node("f", "service"))
        body = save(client, workflow, {"nodes": nodes, "edges": edges}).json()
        assert (body["nodes"], body["edges"]) == (nodes, edges)
        assert client.get(workflow["url"]).json()["nodes"] == nodes

    def test_values_survive(self, client: JsonClient, workflow: Json) -> None:
        data = {"zero": "0", "yes": "yes", "number": "1e3", "empty": "", "emoji": "🚢 ü\n\t", "long": "x" * 5000}
        nodes = [
            node("c", "configmap", data=data, labels={}, annotations={"a/b": ""}),
            node("d", image="x", replicas=0, env=[{"name": "A", "value": "007"}], min_ready_seconds=0),
        ]
        assert save(client, workflow, {"nodes": nodes}).json()["nodes"] == nodes
        assert client.get(workflow["url"]).json()["nodes"] == nodes

    @pytest.mark.parametrize("body", [{}, {"nodes": []}, {"edges": []}, {"nodes": None, "edges": None}])
    def test_both_lists_are_needed(self, client: JsonClient, workflow: Json, body: Json) -> None:
        answer = client.post(f"{workflow['url']}/save", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
        assert set(answer.json()["fields"]) == {"nodes", "edges"} - {key for key, value in body.items() if value == []}

    def test_if_match(self, client: JsonClient, workflow: Json) -> None:
        first = save(client, workflow, {"nodes": [node("a")]}, HTTP_IF_MATCH=workflow["etag"])
        assert first.status_code == 200
        late = save(client, workflow, {"nodes": [node("b")]}, HTTP_IF_MATCH=workflow["etag"])
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        assert save(client, workflow, {"nodes": [node("b")]}, HTTP_IF_MATCH=first["ETag"]).status_code == 200

    def test_a_body_that_is_not_even_read(self, client: JsonClient, workflow: Json) -> None:
        body = b'{"nodes": [], "edges": [], "more": "' + b"x" * (16 * 1024 * 1024) + b'"}'
        answer = client.generic("POST", f"{workflow['url']}/save", body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_not_ones_own(self, client: JsonClient, stranger: JsonClient, workflow: Json) -> None:
        assert save(stranger, workflow, GRAPH).status_code == 404
        assert save(JsonClient(), workflow, GRAPH).status_code == 401
        assert client.get(workflow["url"])["ETag"] == workflow["etag"]


class TestValidate:
    def check(self, client: JsonClient, workflow: Json, body: Json) -> Json:
        answer = client.post(f"{workflow['url']}/validate", body)
        assert answer.status_code == 200
        assert set(answer.json()) == {"valid", "problems"}
        return dict(answer.json())

    def test_the_draft(self, client: JsonClient, workflow: Json, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(2):
            assert self.check(client, workflow, {}) == {"valid": True, "problems": []}
        answer = client.generic("POST", f"{workflow['url']}/validate", b"", content_type="")
        assert answer.json()["valid"] is True

    @pytest.mark.parametrize("case", REFUSED)
    def test_what_could_not_be_kept_is_no_error_here(self, client: JsonClient, workflow: Json, case: str) -> None:
        graph, code, _ = REFUSED[case]
        body = self.check(client, workflow, {"edges": [], **graph})
        assert (body["valid"], body["problems"][0]["code"]) == (False, code)

    @pytest.mark.parametrize("case", KEPT)
    def test_what_could_not_run(self, client: JsonClient, workflow: Json, case: str) -> None:
        graph, code, _ = KEPT[case]
        body = self.check(client, workflow, {"edges": [], **graph})
        assert body["valid"] is False
        assert code in {problem["code"] for problem in body["problems"]}
        assert client.get(workflow["url"])["ETag"] == workflow["etag"]

    def test_warnings_are_valid(self, client: JsonClient, workflow: Json) -> None:
        nodes = [node("a", image="x"), {**node("b", "statefulset"), "data": {"name": "a", "image": "x"}}]
        body = self.check(client, workflow, {"nodes": nodes, "edges": []})
        assert body["valid"] is True
        assert {problem["severity"] for problem in body["problems"]} == {"warning"}

    def test_secret_values(self, client: JsonClient, workflow: Json) -> None:
        save(client, workflow, {"nodes": [secret(A="1")]})
        assert self.check(client, workflow, {})["valid"] is True
        assert self.check(client, workflow, {"nodes": [secret(A=None, B="2")], "edges": []})["valid"] is True
        body = self.check(client, workflow, {"nodes": [secret(A=None, B=None)], "edges": []})
        assert [(item["code"], item["field"]) for item in body["problems"]] == [("secret_value_missing", "values.B")]

    def test_not_ones_own(self, stranger: JsonClient, workflow: Json) -> None:
        assert stranger.post(f"{workflow['url']}/validate", {}).status_code == 404
        assert JsonClient().post(f"{workflow['url']}/validate", {}).status_code == 401
