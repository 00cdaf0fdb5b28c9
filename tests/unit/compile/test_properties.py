"""What holds of every graph, with hundreds of drawn and mistreated ones."""

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.registry import core_types
from plugins.sdk.graph import Graph
from plugins.sdk.problems import Problem, Severity
from plugins.sdk.secrets import Placeholders
from plugins.sdk.shapes import UNKNOWN
from tests.unit.compile.generate import make_graph
from tests.unit.compile.kube_schema import knows, schema_errors
from tests.unit.compile.mutate import mutate
from workflows.compile import CompileOptions, CompileResult, compile_graph
from workflows.graph.parse import dump_graph, parse_graph
from workflows.graph.validate import fatal_problems, is_runnable, validate_graph

seeds = st.integers(min_value=0, max_value=2**32)
many = settings(max_examples=150, deadline=None)


def parsed(nodes: Any, edges: Any) -> Graph:
    graph, problems = parse_graph(nodes, edges)
    assert problems == []
    return graph


def compiled(graph: Graph) -> CompileResult:
    return compile_graph(
        graph,
        types=core_types(),
        options=CompileOptions("demo", "shop", b"key"),
        secrets=Placeholders(),
    )


def errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def faults(result: CompileResult) -> list[str]:
    bodies = [item.body for item in result.bundle.objects]
    return [fault for body in bodies if knows(body["apiVersion"], body["kind"]) for fault in schema_errors(body)]


@many
@given(seeds)
def test_what_is_drawn_right_validates_compiles_and_fits_the_schema(seed: int) -> None:
    graph = parsed(*make_graph(Random(seed)))
    assert errors(validate_graph(graph, core_types())) == []
    result = compiled(graph)
    assert errors(result.problems) == []
    assert faults(result) == []


@many
@given(seeds)
def test_no_order_of_drawing_shows(seed: int) -> None:
    rng = Random(seed)
    nodes, edges = make_graph(rng)
    first = compiled(parsed(nodes, edges))
    problems = validate_graph(parsed(nodes, edges), core_types())
    rng.shuffle(nodes)
    rng.shuffle(edges)
    nodes = [dict(rng.sample(list(node.items()), len(node))) for node in nodes]
    second = compiled(parsed(nodes, edges))
    assert msgspec.json.encode(first.bundle) == msgspec.json.encode(second.bundle)
    assert first.problems == second.problems
    assert problems == validate_graph(parsed(nodes, edges), core_types())


@many
@given(seeds)
def test_what_validates_compiles_and_fits_the_schema(seed: int) -> None:
    rng = Random(seed)
    nodes, edges = mutate(rng, *make_graph(rng))
    graph, unreadable = parse_graph(nodes, edges)
    if unreadable:
        return
    problems = validate_graph(graph, core_types())
    assert fatal_problems(graph, core_types()) == [problem for problem in problems if problem.is_fatal]
    result = compiled(graph)  # whatever is wrong with it, this must not fail
    if is_runnable(problems):
        assert errors(result.problems) == []
        # What the list of Kubernetes' fields does not know is for the cluster to judge.
        if UNKNOWN not in {problem.code for problem in problems}:
            assert faults(result) == []


@many
@given(seeds)
def test_every_problem_is_a_sentence_about_a_place(seed: int) -> None:
    rng = Random(seed)
    graph, unreadable = parse_graph(*mutate(rng, *make_graph(rng)))
    nodes, edges = {node.id for node in graph.nodes}, {edge.id for edge in graph.edges}
    for problem in [*unreadable, *validate_graph(graph, core_types()), *compiled(graph).problems]:
        assert problem.message[0].isupper() or problem.message[0] in "\"'"
        assert problem.message.endswith(".")
        assert problem.code
        assert problem.node_id in nodes | {None}
        assert problem.edge_id in edges | {None}
        assert problem.node_id or problem.edge_id


@many
@given(seeds)
def test_what_a_client_writes_comes_back(seed: int) -> None:
    nodes, edges = make_graph(Random(seed))
    for number, node in enumerate(nodes):
        node |= {"width": number, "style": {"ü": None}, "selected": False}
    assert dump_graph(parsed(nodes, edges)) == {"nodes": nodes, "edges": edges}


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=300)


@settings(max_examples=100, deadline=None)
@given(texts, st.dictionaries(st.from_regex(r"[A-Za-z0-9._-]{1,60}", fullmatch=True), texts, max_size=4))
def test_texts_survive(text: str, values: dict[str, str]) -> None:
    """Numeric strings, blanks, unicode and the empty map arrive as they were typed."""
    nodes = [
        {"id": "c", "type": "configmap", "data": {"name": "c", "data": values}},
        {
            "id": "d",
            "type": "deployment",
            "data": {"name": "d", "image": "x", "replicas": 0, "env": [{"name": "A", "value": text}], "args": [text]},
        },
    ]
    bodies = {item.kind: item.body for item in compiled(parsed(nodes, [])).bundle.objects}
    assert bodies["ConfigMap"]["data"] == values
    spec = bodies["Deployment"]["spec"]
    container = spec["template"]["spec"]["containers"][0]
    assert (spec["replicas"], container["env"][0]["value"], container["args"]) == (0, text, [text])


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True), st.text("abc-", min_size=1, max_size=200))
def test_long_names_make_objects_that_fit(name: str, node_id: str) -> None:
    """Labels are shortened, generated names too; a name that is too long is said to be."""
    nodes: list[dict[str, Any]] = [
        {"id": node_id, "type": "statefulset", "data": {"name": name, "image": "x", "ports": [{"port": 80}]}},
        {"id": "svc", "type": "service", "data": {"name": name}},
        {"id": "acc", "type": "serviceaccount", "data": {"name": name, "cluster_wide": True, "rules": []}},
        {"id": "pvc", "type": "persistentvolumeclaim", "data": {"name": name, "size": "1Gi"}},
        {"id": "cm", "type": "configmap", "data": {"name": name, "data": {"k": "v"}}},
    ]
    edges: list[dict[str, Any]] = [
        {"id": f"e{number}", "source": source, "target": node_id, "data": data}
        for number, (source, data) in enumerate(
            [("svc", {}), ("acc", {}), ("pvc", {"path": "/data"}), ("cm", {"as": "mount", "path": "/etc/cm"})]
        )
    ]
    graph = parsed(nodes, edges)
    if not is_runnable(validate_graph(graph, core_types())):
        return
    result = compiled(graph)
    assert errors(result.problems) == []
    for item in result.bundle.objects:
        assert len(item.name) <= 253
        assert all(len(value) <= 63 for value in item.body["metadata"]["labels"].values())
    assert faults(result) == []
