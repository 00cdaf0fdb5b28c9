"""What must hold of every conversion: the graph validates, compiles and fits the schema, no key is lost."""

from pathlib import Path
from textwrap import dedent
from typing import Any

from imports.compose import ComposeError, Conversion, convert
from imports.report import Row, Verdict
from plugins.registry import core_types
from plugins.sdk.problems import Severity
from plugins.sdk.secrets import Placeholders
from tests.unit.compile.kube_schema import knows, schema_errors
from workflows.compile import CompileOptions, CompileResult, compile_graph
from workflows.graph.parse import dump_graph, parse_graph
from workflows.graph.validate import validate_graph

CASES = Path(__file__).parent / "cases"


def one(text: str) -> Conversion:
    """A single compose file."""
    return convert({"compose.yaml": dedent(text).encode()})


def many(files: dict[str, str], **options: Any) -> Conversion:
    return convert({name: dedent(text).encode() for name, text in files.items()}, **options)


def refused(files: dict[str, str] | str, **options: Any) -> list[str]:
    """The sentences with which it is refused."""
    files = {"compose.yaml": files} if isinstance(files, str) else files
    try:
        many(files, **options)
    except ComposeError as error:
        return [str(violation) for violation in error.violations]
    raise AssertionError("it was not refused")


def rows(conversion: Conversion) -> dict[str, Row]:
    return {row.path: row for row in conversion.report.rows}


def data(conversion: Conversion, node_id: str) -> dict[str, Any]:
    return next(node.data for node in conversion.graph.nodes if node.id == node_id)


def edges(conversion: Conversion) -> list[tuple[str, str, dict[str, Any]]]:
    return [(edge.source, edge.target, edge.data) for edge in conversion.graph.edges]


def compiled(conversion: Conversion) -> CompileResult:
    builds = {
        node.id: "registry.example.com/built@sha256:" + "0" * 64
        for node in conversion.graph.nodes
        if node.type == "build"
    }
    return compile_graph(
        conversion.graph,
        types=core_types(),
        options=CompileOptions("demo", "shop", b"key", builds),
        secrets=Placeholders(),
    )


def check(conversion: Conversion) -> None:
    problems = [
        problem for problem in validate_graph(conversion.graph, core_types()) if problem.severity is Severity.ERROR
    ]
    assert problems == []
    result = compiled(conversion)
    assert [problem for problem in result.problems if problem.severity is Severity.ERROR] == []
    bodies = [item.body for item in result.bundle.objects]
    assert [fault for body in bodies if knows(body["apiVersion"], body["kind"]) for fault in schema_errors(body)] == []
    dumped = dump_graph(conversion.graph)
    assert parse_graph(dumped["nodes"], dumped["edges"]) == (conversion.graph, [])
    check_rows(conversion)


def check_rows(conversion: Conversion) -> None:
    """Every row is a sentence, and what was mapped says where it went."""
    for row in conversion.report.rows:
        assert row.path and row.key and isinstance(row.verdict, Verdict), row
        assert row.message.endswith("."), row
        assert all(choice.id for choice in row.choices), row
