"""What comes along, from a client's JSON to YAML; each kind with what its project demands of it.

`SAILCLOTH_UPDATE_GOLDEN=1` writes the expectations anew (see tests/golden/README.md).
"""

import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from plugins.loading.finding import find_plugins
from plugins.loading.installed import Installed
from plugins.sdk.capabilities import Capabilities
from plugins.sdk.problems import Problem, Severity
from plugins.sdk.recent import recent_capabilities
from plugins.sdk.secrets import Placeholders
from plugins.sdk.yaml import load
from tests.unit.nodetypes.test_golden import render
from workflows.compile import CompileOptions, CompileResult, compile_graph
from workflows.graph.parse import parse_graph
from workflows.graph.validate import validate_graph

FOLDER = Path(__file__).parents[2] / "golden" / "catalog"
UPDATE = bool(os.environ.get("SAILCLOTH_UPDATE_GOLDEN"))
CATALOG = Installed(find_plugins([]))
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml") if ".expected" not in path.name)
TYPES = {each.name: each for _, each in CATALOG.of("node_types")}


def compiled(nodes: list[Any], edges: list[Any]) -> CompileResult:
    graph, problems = parse_graph(nodes, edges)
    assert problems == []
    return compile_graph(
        graph,
        types=CATALOG.types,
        capabilities=None,
        options=CompileOptions(namespace="demo", instance="shop", digest_key=b"golden"),
        secrets=Placeholders(),
    )


def problems_of(nodes: list[Any], edges: list[Any]) -> list[Problem]:
    graph, problems = parse_graph(nodes, edges)
    return [*problems, *validate_graph(graph, CATALOG.types)]


@pytest.mark.parametrize("case", CASES)
def test_compiles_to_what_was_approved(case: str) -> None:
    document: dict[str, Any] = load((FOLDER / f"{case}.yaml").read_text())
    found = problems_of(document["nodes"], document.get("edges", []))
    assert [each.message for each in found if each.severity is Severity.ERROR] == []
    text = render(compiled(document["nodes"], document.get("edges", [])))
    expected = FOLDER / f"{case}.expected.yaml"
    if UPDATE:
        expected.write_text(text)
    assert text == expected.read_text()


def test_every_kind_and_every_edge_has_a_case() -> None:
    used: set[str] = set()
    meanings: set[str] = set()
    for case in CASES:
        document = load((FOLDER / f"{case}.yaml").read_text())
        kinds = {node["id"]: node["type"] for node in document["nodes"]}
        used |= set(kinds.values())
        for edge in document.get("edges", ()):
            found = CATALOG.types.connection(kinds[edge["source"]], kinds[edge["target"]])
            assert found is not None
            meanings.add(found.meaning)
    assert set(TYPES) <= used
    assert {connection.meaning for _, connection in CATALOG.of("connections")} <= meanings


def test_nothing_in_it_is_broken_and_there_is_enough() -> None:
    assert [each.error for each in CATALOG.found.values() if each.error] == []
    assert len(TYPES) >= 20
    assert {plugin.category for plugin in CATALOG.plugins.values()} >= {
        "certificates", "traffic", "databases", "messaging", "monitoring", "gitops", "serverless", "policy", "secrets",
        "backup", "autoscaling",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(TYPES))
def test_it_says_where_it_comes_from(name: str) -> None:
    plugin = CATALOG.plugins[CATALOG.owners[name]]
    assert plugin.sources[name].startswith("https://")
    needs = TYPES[name].requirement
    assert needs is not None
    assert needs.install and needs.url.startswith("https://"), "how to get what serves it"
    assert TYPES[name].group == needs.group
    assert TYPES[name].kind in needs.kinds


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_is_required_is_asked_for(name: str) -> None:
    schema = (TYPES[name].schema or {})["properties"]["spec"]
    data: dict[str, Any] = deepcopy(dict(TYPES[name].defaults))
    for field in schema.get("required", ()):
        without = {**data, "spec": {key: value for key, value in data["spec"].items() if key != field}}
        found = problems_of([{"id": "n", "type": name, "data": without}], [])
        assert [each.message for each in found if each.field == f"spec.{field}" and each.severity is Severity.ERROR], (
            field
        )


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_cluster_without_it_says_what_to_install(name: str) -> None:
    graph, _ = parse_graph([{"id": "n", "type": name, "data": dict(TYPES[name].defaults)}], [])
    needs = TYPES[name].requirement
    assert needs is not None
    recent = recent_capabilities()
    without = Capabilities(recent.version, tuple(kind for kind in recent.kinds if kind.group != needs.group))
    result = compile_graph(
        graph,
        types=CATALOG.types,
        capabilities=without,
        options=CompileOptions(namespace="demo", instance="shop", digest_key=b"golden"),
        secrets=Placeholders(),
    )
    told = [each.message for each in result.problems if each.code == "not_served"]
    assert len(told) == 1
    assert f"it needs {needs.name}, which is not installed there" in told[0]
    assert needs.install in told[0]
