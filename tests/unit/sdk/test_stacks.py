"""Stacks: what answers do to them, what is refused, and that each shipped one could run as it comes."""

from typing import Any

import pytest

from plugins.registry import core_types
from plugins.sdk.recent import recent_capabilities
from plugins.sdk.secrets import Placeholders
from plugins.sdk.stack import BadAnswer, ParameterType, Stack, StackError, fill, read_stack
from plugins.stacks import shipped_stacks
from tests.unit.compile.kube_schema import knows, schema_errors
from workflows.compile import CompileOptions, compile_graph
from workflows.graph.parse import parse_graph
from workflows.graph.validate import validate_graph

Json = dict[str, Any]
SHIPPED = {stack.id: stack for stack in shipped_stacks()}


def document(*parameters: Json, **data: Any) -> Json:
    node = {"id": "web", "type": "deployment", "data": {"name": "web", "env": [{"name": "HOST", "value": "x"}], **data}}
    return {
        "id": "one",
        "title": "One",
        "description": "",
        "category": "Web",
        "parameters": list(parameters),
        "nodes": [node],
        "edges": [],
    }


def question(type_: str = "text", *places: Json, **more: Any) -> Json:
    return {"name": "it", "title": "It", "type": type_, "places": list(places), **more}


def filled(asked: Json, value: Any, **data: Any) -> Json:
    nodes, _ = fill(read_stack(document(asked, **data)), {"it": value})
    return dict(nodes[0]["data"])


def test_answers_go_into_their_places() -> None:
    assert filled(question("integer", {"at": "web/replicas"}), 3)["replicas"] == 3
    assert filled(question("host", {"at": "web/env/HOST/value"}), "a.example")["env"][0]["value"] == "a.example"
    assert filled(question("host", {"at": "web/env/0/value"}), "b.example")["env"][0]["value"] == "b.example"
    assert filled(question("text", {"at": "web/args/0", "text": "--to={value}"}), "x", args=["-"])["args"] == ["--to=x"]
    flag = question("boolean", {"at": "web/env/HOST/value", "text": "{value}"})
    assert filled(flag, True)["env"][0]["value"] == "true"


def test_a_stack_is_not_changed_by_being_used() -> None:
    stack = read_stack(document(question("text", {"at": "web/env/HOST/value"})))
    fill(stack, {"it": "changed"})
    assert stack.nodes[0]["data"]["env"][0]["value"] == "x"


def test_what_nobody_answers() -> None:
    asked = question("secret", {"at": "web/password"}, generate=True)
    stack = read_stack(document(asked))
    made = {fill(stack, {})[0][0]["data"]["password"] for _ in range(3)}
    assert len(made) == 3
    assert all(len(each) >= 24 for each in made)
    assert filled(question("integer", {"at": "web/replicas"}, default=2), None)["replicas"] == 2
    with pytest.raises(BadAnswer, match="It is needed"):
        filled(question(), "")


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        (question("integer"), "3", "whole number"),
        (question("integer"), True, "whole number"),
        (question("integer", minimum=1, maximum=5), 9, "at least 1 and at most 5"),
        (question("boolean"), "yes", "true or false"),
        (question("text"), 5, "a text"),
        (question("text"), "a\x00", "without NUL"),
        (question("text"), "a" * 4001, "at most 4000"),
        (question("quantity"), "much", "an amount such as"),
        (question("host"), "http://x", "a host name"),
        (question("choice", choices=["a", "b"]), "c", "one of a, b"),
    ],
    ids=["text", "true", "range", "boolean", "number", "nul", "long", "quantity", "host", "choice"],
)
def test_answers_that_do_not_fit(asked: Json, value: Any, words: str) -> None:
    with pytest.raises(BadAnswer, match=words) as caught:
        filled(asked, value)
    assert caught.value.name == "it"


def test_an_answer_to_no_question() -> None:
    with pytest.raises(BadAnswer, match="no parameter other"):
        fill(read_stack(document()), {"other": 1})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (question("text", {"at": "web"}), "names no field"),
        (question("text", {"at": "other/name"}), "names no field"),
        (question("text", {"at": "web/env/PORT/value"}), 'the list has no "PORT"'),
        (question("text", {"at": "web/absent/deep"}), 'there is no "absent"'),
        (question("text", {"at": "web/name/deep"}), "has no fields"),
        (question("choice"), "has no choices"),
        ({**question(), "type": "colour"}, "colour"),
        ({**question(), "stray": 1}, "stray"),
    ],
    ids=["node only", "no node", "no item", "no field", "a leaf", "no choices", "no type", "a stray key"],
)
def test_stacks_that_are_none(asked: Json, words: str) -> None:
    with pytest.raises(StackError, match=words):
        read_stack(document(asked))


def test_two_parameters_of_one_name() -> None:
    with pytest.raises(StackError, match="Two parameters are called it"):
        read_stack(document(question(), question()))


def test_there_are_enough_of_them() -> None:
    assert len(SHIPPED) >= 25
    assert all(stack.source.startswith("https://") and stack.description.endswith(".") for stack in SHIPPED.values())


def answers(stack: Stack) -> Json:
    return {each.name: "given" for each in stack.parameters if each.type is ParameterType.SECRET}


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_each_could_run_as_it_comes(name: str) -> None:
    """No problem, not even a warning; every object is one that a recent Kubernetes knows."""
    graph, problems = parse_graph(*fill(SHIPPED[name], answers(SHIPPED[name])))
    assert problems == []
    assert [problem.message for problem in validate_graph(graph, core_types())] == []
    result = compile_graph(
        graph,
        types=core_types(),
        capabilities=recent_capabilities(),
        options=CompileOptions("default", name),
        secrets=Placeholders(),
    )
    assert [problem.message for problem in result.problems] == []
    assert len(result.bundle.objects) >= 2
    for item in result.bundle.objects:
        assert knows(item.api_version, item.kind)
        assert schema_errors(item.body) == []


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_secret_is_asked_for(name: str) -> None:
    """An empty one in the file is a place for an answer, or the stack would run with no password."""
    stack = SHIPPED[name]
    nodes, _ = fill(stack, answers(stack))
    values = [value for node in nodes if node["type"] == "secret" for value in node["data"]["values"].values()]
    assert all(value == "given" for value in values)
