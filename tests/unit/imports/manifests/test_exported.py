"""What Sailcloth exported, imported again: it compiles to the very same objects, for every golden case."""

from typing import Any

import pytest

from imports import manifests
from plugins.registry import core_types
from plugins.sdk.objects import KubeObject
from plugins.sdk.secrets import Placeholders
from plugins.sdk.yaml import load
from tests.unit.nodetypes.test_golden import CASES, FOLDER, cluster_of, compile_case
from workflows.compile import CompileOptions, compile_graph, to_json, to_kustomize, to_yaml
from workflows.graph.parse import parse_graph
from workflows.graph.validate import validate_graph

FULL = [case for case in CASES if case != "annotations"]  # the one case that makes no object
RENDERINGS = {
    "yaml": lambda objects: {"shop.yaml": to_yaml(objects)},
    "json": lambda objects: {"shop.json": to_json(objects)},
    "kustomize": to_kustomize,
}


def imported(objects: tuple[KubeObject, ...], rendering: str = "yaml", **choices: str) -> Any:
    files = {name: text.encode() for name, text in RENDERINGS[rendering](objects).items()}
    return manifests.convert(files, names=sorted(files), choices=choices, digest_key=b"golden")


def options_of(case: str) -> dict[str, Any]:
    return {"namespace": "demo", "instance": "shop", **load((FOLDER / f"{case}.yaml").read_text()).get("options", {})}


def compiled(graph: Any, case: str) -> dict[str, Any]:
    options = options_of(case)
    minor = options.pop("minor", None)
    result = compile_graph(
        graph,
        types=core_types(),
        capabilities=None if minor is None else cluster_of(minor),
        options=CompileOptions(digest_key=b"golden", **options),
        secrets=Placeholders(),
    )
    return bodies(result.bundle.objects)


def bodies(objects: tuple[KubeObject, ...]) -> dict[str, Any]:
    return {str(item.key): item.body for item in objects}


def without_unknown(found: dict[str, Any]) -> dict[str, Any]:
    """A secret whose value an export does not show is referred to, until somebody gives the value."""
    return {key: body for key, body in found.items() if "stringData" not in body}


@pytest.mark.parametrize("rendering", list(RENDERINGS))
@pytest.mark.parametrize("case", FULL)
def test_compiles_to_the_same(case: str, rendering: str) -> None:
    objects = compile_case(case).bundle.objects
    # Nodes that name one namespace and nodes that leave it to the run look the same once compiled.
    keep = {"namespace": "keep"} if case == "deployment-selector" else {}
    assert compiled(imported(objects, rendering, **keep).graph, case) == without_unknown(bodies(objects))


@pytest.mark.parametrize("case", FULL)
def test_again_and_again(case: str) -> None:
    objects = compile_case(case).bundle.objects
    first, second = imported(objects), imported(objects)
    assert first == second


@pytest.mark.parametrize("case", FULL)
def test_can_be_stored(case: str) -> None:
    graph = imported(compile_case(case).bundle.objects).graph
    assert [problem for problem in validate_graph(graph, core_types()) if problem.is_fatal] == []


def drawn(case: str) -> set[tuple[str, str, str]]:
    """(type, id, name) of the nodes that make objects."""
    document = load((FOLDER / f"{case}.yaml").read_text())
    graph, _ = parse_graph(document["nodes"], document.get("edges"))
    return {
        (node.type, node.id, node.data["name"])
        for node in graph.nodes
        if node.type not in ("build", "manifest") and not node.data.get("existing")
    }


@pytest.mark.parametrize(
    "case", [case for case in FULL if case not in ("networkpolicy", "poddisruptionbudget", "manifest")]
)
def test_is_the_same_picture(case: str) -> None:
    graph = imported(compile_case(case).bundle.objects).graph
    found = {(node.type, node.id, node.data["name"]) for node in graph.nodes if node.type != "manifest"}
    assert found == drawn(case)


def test_only_an_answer_gives_a_hidden_value() -> None:
    objects = compile_case("secret").bundle.objects
    asked = {choice.id for choice in imported(objects).report.questions if choice.kind == "secret"}
    assert asked == {"secret.pw.PASSWORD", "secret.unset.KEY"}
    graph = imported(objects, **{"secret.pw.PASSWORD": "new", "secret.unset.KEY": "other"}).graph
    values = {node.data["name"]: node.data.get("values") for node in graph.nodes if node.type == "secret"}
    assert values["pw"] == {"LITERAL": "päss", "PASSWORD": "new"}
    assert values["unset"] == {"KEY": "other"}
