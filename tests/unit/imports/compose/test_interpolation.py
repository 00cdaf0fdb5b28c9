"""Variables in values: every operator, nesting, and what is said when something is wrong."""

import pytest

from imports.compose.loading.interpolate import BadTemplate, Interpolation
from tests.unit.imports.compose.harness import data, many, refused

VARIABLES = {"SET": "value", "EMPTY": "", "OTHER": "x"}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", "plain"),
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a$SET-b", "avalue-b"),
        ("${SET}s", "values"),
        ("$UNSET", ""),
        ("${UNSET:-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${UNSET-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${SET:-d}", "value"),
        ("${SET:?need}", "value"),
        ("${EMPTY?need}", ""),
        ("${SET:+alt}", "alt"),
        ("${EMPTY:+alt}", ""),
        ("${EMPTY+alt}", "alt"),
        ("${UNSET+alt}", ""),
        ("${UNSET:-${OTHER}}", "x"),
        ("${UNSET:-${ALSO:-${OTHER}y}z}", "xyz"),
        ("${SET:+${OTHER:+deep}}", "deep"),
        ("${UNSET:-a:-b}", "a:-b"),
        ("${UNSET:-}", ""),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("${UNSET:-$$x}", "$x"),
        ("${UNSET:-http://host:80/?a=b}", "http://host:80/?a=b"),
        ("${SET:-${NOBODY:?is asked}}", "value"),
    ],
)
def test_operators(template: str, expected: str) -> None:
    assert Interpolation(VARIABLES).text(template) == expected


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("${UNSET:?set it please}", "needs the variable UNSET: set it please"),
        ("${EMPTY:?}", "needs the variable EMPTY"),
        ("${UNSET?}", "needs the variable UNSET"),
        ("${SET", "write $$ for a plain $|operator"),
        ("${UNSET:-x", "without its '}'"),
        ("$1", "is no variable"),
        ("$", "is no variable"),
        ("${}", "names no variable"),
        ("${SET!x}", "operator"),
    ],
)
def test_what_is_wrong_is_said(template: str, words: str) -> None:
    with pytest.raises(BadTemplate, match="|".join(map(__import__("re").escape, words.split("|")))):
        Interpolation(VARIABLES).text(template)


def test_unset_names_are_collected_once_and_only_if_asked() -> None:
    interpolation = Interpolation(VARIABLES)
    interpolation.text("$A $A ${B:-x} ${C} ${SET:-$D}")
    assert list(interpolation.unset) == ["A", "C"]


def test_the_shell_comes_before_the_env_file() -> None:
    files = {"compose.yaml": "services: {a: {image: 'x:$TAG'}}", ".env": "TAG=file"}
    assert data(many(files), "workload-a")["image"] == "x:file"
    assert data(many(files, variables={"TAG": "shell"}), "workload-a")["image"] == "x:shell"


def test_an_answer_is_a_variable() -> None:
    files = {"compose.yaml": "services: {a: {image: 'x:${TAG}', environment: [B]}}"}
    found = many(files, variables={"TAG": "1"})
    assert [question.id for question in found.report.questions] == ["variable.B"]
    answered = many(files, choices={"variable.TAG": "2", "variable.B": "given"})
    assert data(answered, "workload-a")["image"] == "x:2"
    assert data(answered, "workload-a")["env"] == [{"name": "B", "value": "given"}]
    assert answered.report.questions == ()


def test_an_unset_variable_is_warned_of() -> None:
    found = many({"compose.yaml": "services: {a: {image: x:1, command: echo $NOBODY}}"})
    assert "NOBODY" in found.report.warnings[0]
    assert [question.id for question in found.report.questions] == ["variable.NOBODY"]


def test_keys_are_not_interpolated() -> None:
    found = many({"compose.yaml": "services: {a: {image: x:1, labels: {$KEY: $KEY}}}"}, variables={"KEY": "v"})
    assert any(row.path == "services.a.labels.$KEY" for row in found.report.rows)


def test_the_place_is_named() -> None:
    assert refused("services: {a: {image: x, command: ['echo', '$1']}}") == [
        "compose.yaml: services.a.command.1: has '$1', which is no variable; write $$ for a plain $."
    ]


def test_the_project_name_is_a_variable() -> None:
    found = many(
        {"compose.yaml": "name: Shop\nservices: {a: {image: x:1}}"}, variables={"COMPOSE_PROJECT_NAME": "other"}
    )
    assert found.name == "shop"
