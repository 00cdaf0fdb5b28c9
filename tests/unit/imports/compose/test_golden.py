"""Realistic projects, from files to graph and report, compared with what a person has read and approved.

`SAILCLOTH_UPDATE_GOLDEN=1` writes the expectations anew; read the difference before committing it.
"""

import os
from functools import cache
from typing import Any

import pytest

from imports.compose import Conversion, convert
from plugins.sdk.yaml import dump, load
from tests.unit.imports.compose.harness import CASES, check
from workflows.graph.parse import dump_graph

NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
UPDATE = bool(os.environ.get("SAILCLOTH_UPDATE_GOLDEN"))
OWN = ("answers.yaml", "expected.yaml")


@cache
def files_of(case: str) -> dict[str, bytes]:
    folder = CASES / case
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in OWN
    }


@cache
def conversion_of(case: str) -> Conversion:
    answers = CASES / case / "answers.yaml"
    return convert(files_of(case), choices=load(answers.read_text()) if answers.exists() else {})


def rendered(conversion: Conversion) -> str:
    graph: dict[str, Any] = dump_graph(conversion.graph)
    nodes = [{key: value for key, value in node.items() if key != "position"} for node in graph["nodes"]]
    report = conversion.report
    return dump(
        {
            "name": conversion.name,
            "nodes": nodes,
            "edges": graph["edges"],
            "report": [f"{row.verdict} {row.path} -> {row.target or '-'}: {row.message}" for row in report.rows],
            "choices": {choice.id: choice.value for row in report.rows for choice in row.choices},
            "questions": {question.id: f"{question.text} [{question.value}]" for question in report.questions},
            "warnings": list(report.warnings),
        }
    )


@pytest.mark.parametrize("case", NAMES)
def test_becomes_what_was_approved(case: str) -> None:
    expected = CASES / case / "expected.yaml"
    text = rendered(conversion_of(case))
    if UPDATE:
        expected.write_text(text)
    assert text == expected.read_text()


@pytest.mark.parametrize("case", NAMES)
def test_validates_compiles_and_fits_the_schema(case: str) -> None:
    check(conversion_of(case))


@pytest.mark.parametrize("case", NAMES)
def test_the_same_input_gives_the_same_output(case: str) -> None:
    before = rendered(conversion_of(case))
    conversion_of.cache_clear()
    assert rendered(conversion_of(case)) == before


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 20
