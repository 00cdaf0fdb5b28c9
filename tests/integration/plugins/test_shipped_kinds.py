"""What the shipped kinds compile to is taken by the API server, by schemas of what their projects require."""

from copy import deepcopy
from typing import Any

import pytest

from clusters.kube.gateway import Refused
from plugins.sdk.yaml import load
from tests.integration.plugins.conftest import Person
from tests.unit.plugins.test_catalog import CASES, FOLDER, TYPES, compiled
from tests.unit.plugins.upstream import definition, fields, upstream

Json = dict[str, Any]
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def bodies() -> list[tuple[str, Json]]:
    """Each shipped kind with the object that its golden graph compiles to."""
    found = []
    for case in CASES:
        document: Json = load((FOLDER / f"{case}.yaml").read_text())
        names = {node["id"]: node["type"] for node in document["nodes"]}
        for item in compiled(document["nodes"], document.get("edges", [])).bundle.objects:
            name = names.get(item.node_id or "", "")
            if name in TYPES and item.body["kind"] == TYPES[name].kind:
                found.append((name, item.body))
    return found


@pytest.mark.parametrize("person", [pytest.param("real", marks=pytest.mark.kube)], indirect=True)
def test_the_api_server_takes_all_of_them_and_refuses_them_without_what_is_required(person: Person) -> None:
    """Under a group of the test's own, so that nobody else on this cluster finds cert-manager installed."""
    for name in upstream():
        person.raw("POST", DEFINITIONS, definition(name, group=person.group, kind=TYPES[name].kind))
    kinds = {TYPES[name].kind for name in upstream()}
    person.eventually(lambda: kinds <= person.served())
    person.raw("POST", "/api/v1/namespaces", {"metadata": {"name": person.namespace}})
    refused = 0
    for name, body in bodies():
        assert _try(person, name, body) == "", name
        required = [each.path for each in fields(name) if each.is_required and each.path.count(".") == 1]
        for path in required:
            without = deepcopy(body)
            del without["spec"][path.partition(".")[2]]
            assert path in _try(person, name, without), path
            refused += 1
    assert refused > 20


def _try(person: Person, name: str, body: Json) -> str:
    """Why the API server would not have it; empty when it would."""
    said = upstream()[name]
    metadata = {key: value for key, value in body["metadata"].items() if key != "namespace"}
    tried = {**body, "apiVersion": f"{person.group}/{said['versions'][0]}", "metadata": metadata}
    where = "" if said.get("scope") == "Cluster" else f"/namespaces/{person.namespace}"
    try:
        person.raw("POST", f"/apis/{tried['apiVersion']}{where}/{said['plural']}", tried, dryRun="All")
    except Refused as error:
        return str(error)
    return ""
