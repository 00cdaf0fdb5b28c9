"""The published schema of a recent Kubernetes, strict: a field that it does not know is an error."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

VERSION = "v1.36.0-local-strict"


@cache
def _definitions() -> tuple[Registry[Any], dict[str, str]]:
    """The registry, and the definition of each (apiVersion, kind)."""
    folder = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / VERSION
    document = json.loads((folder / "_definitions.json").read_text())
    names = {}
    for name, definition in document["$defs"].items():
        properties = definition.get("properties", {})
        kinds = properties.get("kind", {}).get("enum", ())
        versions = properties.get("apiVersion", {}).get("enum", ())
        names |= {f"{version} {kind}": name for version in versions for kind in kinds}
    registry = Registry().with_resource(document["$id"], Resource.from_contents(document))
    return registry, {key: f"{document['$id']}#/$defs/{name}" for key, name in names.items()}


@cache
def _validator(api_version: str, kind: str) -> Draft202012Validator:
    registry, names = _definitions()
    return Draft202012Validator({"$ref": names[f"{api_version} {kind}"]}, registry=registry)


def knows(api_version: str, kind: str) -> bool:
    return f"{api_version} {kind}" in _definitions()[1]


def schema_errors(body: dict[str, Any]) -> list[str]:
    """Every fault, with its path; a null is one too, although the schema would let it pass."""
    validator = _validator(body["apiVersion"], body["kind"])
    found = [f"{body['kind']} {error.json_path}: {error.message}" for error in validator.iter_errors(body)]
    return found + [f"{body['kind']} {path}: null" for path in _nulls(body, "$")]


def _nulls(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _nulls(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in _nulls(item, f"{path}[{index}]")]
    return [path] if value is None else []
