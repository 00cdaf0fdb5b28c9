"""The OpenAPI document: complete, exact, and what the front end's types were made from."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from tests.architecture.routes import all_routes
from tests.contract.journey import json_schema, normal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Made anew; a warning of the generator fails it."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    call_command("spectacular", format="openapi-json", validate=True, fail_on_warn=True, file=str(path))
    return dict(json.loads(path.read_text()))


def test_the_committed_document_is_current(document: dict[str, Any]) -> None:
    committed = json.loads((ROOT / "frontend" / "openapi.json").read_text())
    assert committed == document, "run `make openapi`"


def test_every_operation_has_a_name_and_a_summary(document: dict[str, Any]) -> None:
    operations = [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(ids) == len(set(ids))
    silent = [
        name for name, operation in operations if not operation.get("summary") and not operation.get("description")
    ]
    assert not silent, f"no summary: {silent}"


def test_every_route_is_in_it(document: dict[str, Any]) -> None:
    documented = {(method.upper(), normal(path)) for path, methods in document["paths"].items() for method in methods}
    served = {(method, normal(path)) for path, method, _ in all_routes() if path.startswith("v1/api/")}
    assert documented == served


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            described = operation.get("description", "")
            assert len(described) > 20 and "Subclasses" not in described, f"{method} {path}: {described!r}"


def test_every_body_has_an_example_that_fits(document: dict[str, Any]) -> None:
    components = json_schema(document["components"])
    seen, wrong = 0, []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for body in [operation.get("requestBody", {}), *answers]:
                content = body.get("content", {}).get("application/json")
                if content is None:
                    continue
                given = [each["value"] for each in content.get("examples", {}).values()] or [content["example"]]
                validator = jsonschema.Draft4Validator({**json_schema(content["schema"]), "components": components})
                for example in given:
                    wrong += [
                        f"{method} {path} {list(e.path)}: {e.message[:150]}" for e in validator.iter_errors(example)
                    ]
                    seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen > 150
