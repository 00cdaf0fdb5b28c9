"""Any kind that the chosen cluster serves is a node type, by its own schema and without a plugin."""

from typing import Any

from clusters.health import assess
from plugins.sdk.health import HealthStatus
from tests.integration.plugins.conftest import Person

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A thing to wind up.",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9, "description": "How large it is."},
                "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                "springs": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {"name": {"type": "string"}, "force": {"x-kubernetes-int-or-string": True}},
                    },
                },
                "extra": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        },
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}


def widget(person: Person, **spec: Any) -> dict[str, Any]:
    return {"id": "w", "type": f"crd:{person.group}/Widget", "data": {"name": "toy", "spec": spec}}


def test_it_is_offered_with_its_own_form(person: Person) -> None:
    assert person.offered("widget") == {}
    person.define("Widget", SCHEMA)
    offered = person.offered("widget")
    row = offered[f"crd:{person.group}/Widget"]
    assert (row["kind"], row["description"]) == ("Widget", "A thing to wind up.")
    spec = row["schema"]["properties"]["spec"]
    assert spec["required"] == ["size"]
    assert spec["properties"]["size"] == {
        "title": "Size", "type": "integer", "minimum": 1, "maximum": 9, "description": "How large it is.",
    }  # fmt: skip
    assert spec["properties"]["colour"]["enum"] == ["red", "blue"]
    assert spec["properties"]["springs"]["items"]["properties"]["force"]["anyOf"]
    assert row["defaults"] == {"name": "widget", "spec": {"colour": "red"}}
    assert person.get("/templates?what=node_type&search=widget")["templates"] == [], "only for the cluster that has it"


def test_its_schema_judges_what_is_drawn(person: Person) -> None:
    person.define("Widget", SCHEMA)
    workflow = person.draw([widget(person, colour="green", springs=[{"force": "2"}], wheels=4)])
    assert person.problems(workflow) >= {
        ("spec.size", "error", "bad_value"),
        ("spec.colour", "error", "bad_value"),
        ("spec.springs.0.name", "error", "bad_value"),
        ("spec.wheels", "warning", "unknown_field"),
    }
    refused = person.client.post(
        f"/v1/api/workflows/{workflow}/run", {"cluster": person.cluster.name, "namespace": person.namespace}
    )
    assert refused.status_code == 400, "before anything is written"
    node = widget(person, size=3, springs=[{"name": "left", "force": 2}], extra={"any": ["thing"]})
    person.post(f"/workflows/{workflow}/save", {"nodes": [node], "edges": []})
    assert person.problems(workflow) == set()


def test_it_runs_and_its_health_comes_from_its_conditions(person: Person) -> None:
    person.define("Widget", SCHEMA)
    workflow = person.draw([widget(person, size=3)])
    run = person.run(workflow)
    assert (run["status"], run["message"]) == ("succeeded", "Everything is running.")
    live = person.live("Widget", "toy")
    assert live is not None
    assert live["spec"] == {"size": 3, "colour": "red"}, "with the default of its schema"
    assert live["metadata"]["labels"]["sailcloth.io/node"] == "w"
    path = f"/apis/{person.group}/v1/namespaces/{person.namespace}/widgets/toy/status"
    for value, expected in (("False", HealthStatus.PROGRESSING), ("True", HealthStatus.HEALTHY)):
        live = person.live("Widget", "toy")
        assert live is not None
        live["status"] = {"conditions": [{"type": "Ready", "status": value, "message": "Winding"}]}
        person.raw("PUT", path, live)
        told = person.live("Widget", "toy")
        assert told is not None
        assert assess(told).status is expected
    again = person.run(workflow)
    assert {each["action"] for each in again["plan"]["objects"]} == {"unchanged"}


def test_kinds_without_a_namespace(person: Person) -> None:
    person.define("Zone", SCHEMA, scope="Cluster")
    node = {"id": "z", "type": f"crd:{person.group}/Zone", "data": {"name": person.namespace, "spec": {"size": 1}}}
    assert "namespace" not in person.offered("zone")[node["type"]]["schema"]["properties"]
    run = person.run(person.draw([node]))
    assert run["status"] == "succeeded", run["message"]
    live = person.live("Zone", person.namespace)
    assert live is not None
    assert "namespace" not in live["metadata"]


def test_what_no_cluster_serves_is_said(person: Person) -> None:
    workflow = person.draw([widget(person, size=1)])
    assert {(severity, code) for _, severity, code in person.problems(workflow)} == {("error", "not_served")}
