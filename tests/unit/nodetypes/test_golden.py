"""Every node type, from a client's JSON to YAML, compared with what a person has read and approved.

`SAILCLOTH_UPDATE_GOLDEN=1` writes the expectations anew (see tests/golden/README.md).
"""

import os
from pathlib import Path
from typing import Any

import pytest

from plugins.registry import core_types
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.recent import recent_capabilities
from plugins.sdk.secrets import Placeholders
from plugins.sdk.yaml import load
from tests.unit.compile.kube_schema import knows, schema_errors
from workflows.compile import CompileOptions, CompileResult, compile_graph, to_yaml
from workflows.graph.parse import parse_graph

FOLDER = Path(__file__).parents[2] / "golden"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml") if ".expected" not in path.name)
UPDATE = bool(os.environ.get("SAILCLOTH_UPDATE_GOLDEN"))

# What clusters of another age serve instead of, or not at all: kind -> (minor from which, api version).
_HISTORY = {
    "CronJob": ((21, "batch/v1"), (0, "batch/v1beta1")),
    "PodDisruptionBudget": ((21, "policy/v1"), (0, "policy/v1beta1")),
    "HorizontalPodAutoscaler": ((23, "autoscaling/v2"), (12, "autoscaling/v2beta2"), (0, "autoscaling/v1")),
}


def cluster_of(minor: int) -> Capabilities:
    """What a Kubernetes 1.`minor` serves, as far as it matters here."""
    kinds = []
    for served in recent_capabilities().kinds:
        history = _HISTORY.get(served.kind)
        if history is None:
            kinds.append(served)
            continue
        api_version = next(version for since, version in history if minor >= since)
        group, _, version = api_version.rpartition("/")
        kinds.append(ServedKind(group, version, served.kind, served.resource, served.namespaced))
    return Capabilities(version=f"v1.{minor}.0", kinds=tuple(kinds))


def compile_case(case: str) -> CompileResult:
    document: dict[str, Any] = load((FOLDER / f"{case}.yaml").read_text())
    graph, problems = parse_graph(document["nodes"], document.get("edges"))
    assert problems == []
    options = {"namespace": "demo", "instance": "shop", **document.get("options", {})}
    minor = options.pop("minor", None)
    return compile_graph(
        graph,
        types=core_types(),
        capabilities=None if minor is None else cluster_of(minor),
        options=CompileOptions(digest_key=b"golden", **options),
        secrets=Placeholders(),
    )


def render(result: CompileResult) -> str:
    bundle = result.bundle
    notes = [
        f"problem {problem.severity} {problem.code} {problem.field or '-'}: {problem.message}"
        for problem in result.problems
    ]
    notes += [f"wait {wait.node_id} for {wait.for_node_id} {wait.condition}" for wait in bundle.waits]
    notes += [f"reference {reference.key}" for reference in bundle.references]
    notes += [f"policy {node_id} {policy}" for node_id, policy in bundle.policies.items()]
    notes += [f"secret revision {revision}" for revision in bundle.secret_revisions]
    return "".join(f"# {note}\n" for note in notes) + (to_yaml(bundle.objects) if bundle.objects else "")


@pytest.mark.parametrize("case", CASES)
def test_compiles_to_what_was_approved(case: str) -> None:
    expected = FOLDER / f"{case}.expected.yaml"
    text = render(compile_case(case))
    if UPDATE:
        expected.write_text(text)
    assert text == expected.read_text()


@pytest.mark.parametrize("case", CASES)
def test_fits_the_schema_of_kubernetes(case: str) -> None:
    bodies = [item.body for item in compile_case(case).bundle.objects]
    assert [fault for body in bodies if knows(body["apiVersion"], body["kind"]) for fault in schema_errors(body)] == []


def test_every_node_type_has_a_case() -> None:
    used = {node["type"] for case in CASES for node in load((FOLDER / f"{case}.yaml").read_text())["nodes"]}
    assert used == set(core_types().names())
