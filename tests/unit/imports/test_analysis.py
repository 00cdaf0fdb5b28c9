"""A conversion as clients see it."""

from imports.analysis import analysis_json
from imports.compose import convert
from imports.intake import Kind
from imports.types import Sent


def test_more_than_a_workflow_holds_is_said() -> None:
    services = "".join(f"  a{number}: {{image: 'b:1', ports: ['{9000 + number}:80']}}\n" for number in range(501))
    files = {"compose.yaml": f"services:\n{services}".encode()}
    found = analysis_json(Kind.COMPOSE, convert(files), Sent(files))
    assert found["warnings"][0].startswith("This becomes 1,002 nodes, and a workflow holds at most 1,000")
