"""What is wrong with a graph, and between its nodes."""

from typing import Any

import pytest

from plugins.registry import core_types
from plugins.sdk.problems import Problem, Severity
from workflows.graph.parse import parse_graph
from workflows.graph.validate import MAX_BYTES, fatal_problems, is_runnable, too_large, validate_graph

Json = dict[str, Any]


def node(node_id: str, type_: str = "deployment", /, **data: Any) -> Json:
    defaults = {"image": "x:1"} if type_ in ("deployment", "statefulset", "daemonset", "job") else {}
    return {"id": node_id, "type": type_, "data": {"name": node_id, **defaults, **data}}


def edge(source: str, target: str, /, **data: Any) -> Json:
    return {"id": f"{source}-{target}", "source": source, "target": target, "data": data}


def check(nodes: list[Json], edges: list[Json] | None = None) -> list[Problem]:
    graph, problems = parse_graph(nodes, edges or [])
    assert problems == []
    return validate_graph(graph, core_types())


def codes(problems: list[Problem]) -> list[tuple[str, str | None, str | None]]:
    return [(problem.code, problem.node_id, problem.field) for problem in problems]


def test_a_right_one() -> None:
    assert check([node("web"), node("svc", "service", ports=[{"port": 80}])], [edge("svc", "web")]) == []


def test_the_worst_comes_first() -> None:
    twins = [node("same", "statefulset"), {**node("other"), "data": {"name": "same", "image": "x:1"}}]
    problems = check([*twins, node("b", image=""), node("c", colour="red")])
    weights = [(problem.is_fatal, problem.severity) for problem in problems]
    assert weights == sorted(weights, key=lambda item: (not item[0], item[1] is not Severity.ERROR))
    assert {item[0] for item in weights} == {True, False}
    assert Severity.WARNING in {item[1] for item in weights}
    assert not is_runnable(problems)


def test_only_warnings_may_run() -> None:
    problems = check([node("a"), {**node("b", "statefulset"), "data": {"name": "a", "image": "x:1"}}])
    assert "overlapping_selector" in {problem.code for problem in problems}
    assert is_runnable(problems)


class TestCycles:
    def rings(self, nodes: list[Json], edges: list[Json]) -> list[str]:
        return [problem.message for problem in check(nodes, edges) if problem.code == "cycle"]

    def test_of_two(self) -> None:
        found = self.rings([node("a"), node("b")], [edge("a", "b"), edge("b", "a")])
        assert found == [
            'Deployment "a": it waits for itself (Deployment "a" → Deployment "b" → Deployment "a"); '
            "remove one of these edges."
        ]

    def test_to_itself(self) -> None:
        assert len(self.rings([node("a")], [edge("a", "a")])) == 1

    def test_two_rings_are_two_problems(self) -> None:
        nodes = [node(name) for name in "abcd"]
        found = self.rings(nodes, [edge("a", "b"), edge("b", "a"), edge("c", "d"), edge("d", "c")])
        assert len(found) == 2

    def test_through_a_service(self) -> None:
        """Whoever waits for a service waits for what is behind it."""
        nodes = [node("a"), node("b"), node("svc", "service")]
        edges = [edge("svc", "b"), edge("b", "a"), edge("a", "svc", condition="healthy")]
        assert len(self.rings(nodes, edges)) == 1

    def test_using_each_other_is_no_waiting(self) -> None:
        nodes = [node("a", ports=[{"port": 1}]), node("b", ports=[{"port": 1}])]
        nodes += [node("sa", "service"), node("sb", "service")]
        edges = [edge("sa", "a"), edge("sb", "b"), edge("a", "sb"), edge("b", "sa")]
        assert self.rings(nodes, edges) == []

    def test_a_long_chain_is_none(self) -> None:
        nodes = [node(f"n{number:03}") for number in range(300)]
        edges = [edge(f"n{number:03}", f"n{number + 1:03}") for number in range(299)]
        assert self.rings(nodes, edges) == []
        assert len(self.rings(nodes, [*edges, edge("n299", "n000")])) == 1


class TestNames:
    def test_twice(self) -> None:
        problems = check([node("a", "configmap"), {**node("b", "configmap"), "data": {"name": "a"}}])
        assert codes(problems) == [("duplicate_name", "a", "name"), ("duplicate_name", "b", "name")]

    def test_twice_in_two_namespaces(self) -> None:
        nodes = [node("a", "configmap", namespace="one"), node("b", "configmap", namespace="two")]
        nodes[1]["data"]["name"] = "a"
        assert check(nodes) == []

    def test_two_references_to_one(self) -> None:
        nodes = [node("a", "secret", existing=True), node("b", "secret", existing=True)]
        nodes[1]["data"]["name"] = "a"
        assert check(nodes) == []

    def test_what_is_there_already_is_not_looked_at(self) -> None:
        nodes = [node("a", "persistentvolumeclaim", existing=True), node("b", "persistentvolumeclaim")]
        assert codes(check(nodes)) == [("missing_field", "b", "size")]


def test_joints_across_namespaces() -> None:
    nodes = [node("web", namespace="one"), node("cfg", "configmap", namespace="two")]
    problems = check(nodes, [edge("cfg", "web")])
    assert codes(problems) == [("other_namespace", "cfg", "namespace")]
    assert problems[0].edge_id == "cfg-web"


@pytest.mark.parametrize(
    ("listens", "port", "is_told"),
    [
        pytest.param([80], {"port": 80}, None, id="the same"),
        pytest.param([80], {"port": 8080, "target_port": 80}, None, id="led there"),
        pytest.param([80, 9090], {"port": 9090}, None, id="one of two"),
        pytest.param([], {"port": 8080}, None, id="it does not say"),
        pytest.param([80], {"port": 80, "target_port": 9999}, "ports.0.target_port", id="a wrong target"),
        pytest.param([80], {"port": 8080}, "ports.0.port", id="a wrong port"),
    ],
)
def test_a_service_that_leads_where_nobody_listens(listens: list[int], port: Json, is_told: str | None) -> None:
    web = node("web", ports=[{"port": number} for number in listens])
    problems = check([web, node("svc", "service", ports=[port])], [edge("svc", "web")])
    assert codes(problems) == ([("unknown_port", "svc", is_told)] if is_told else [])
    assert is_runnable(problems)


def test_what_an_edge_lacks() -> None:
    nodes = [node("web"), node("data", "persistentvolumeclaim", size="1Gi")]
    problems = check(nodes, [edge("data", "web")])
    assert codes(problems) == [("missing_path", "web", "path")]
    assert problems[0].edge_id == "data-web"


@pytest.mark.parametrize("case", [[node("a", "spaceship")], [node("a"), node("a")], [node("a", colour=1)]])
def test_the_quick_look_finds_what_the_long_one_calls_fatal(case: list[Json]) -> None:
    graph, _ = parse_graph(case, [])
    found = fatal_problems(graph, core_types())
    assert found
    assert found == [problem for problem in validate_graph(graph, core_types()) if problem.is_fatal]


def test_too_large() -> None:
    assert too_large(MAX_BYTES) == []
    assert "at most 2 MiB" in too_large(MAX_BYTES + 1)[0].message


def test_a_null_is_no_value() -> None:
    """Forms send it for a field that was cleared."""
    assert check([node("a", replicas=None, ports=None, labels=None)]) == []
