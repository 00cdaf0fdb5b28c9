"""Schemas of strangers: bounded, without network and without their patterns; what is wrong is said by its place."""

import json
import time
from typing import Any

import pytest

from plugins.declared.custom import CustomKind, type_of_cluster
from plugins.declared.schemas import MAX_FORM_BYTES, BadSchema, Checker, Fault, defaults_of, form_of


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"more": schema}, "required": ["more"]}
    return schema


def wide(fields: int) -> dict[str, Any]:
    each = {"type": "object", "properties": {"value": {"type": "string", "description": "x" * 200}}}
    return {"type": "object", "properties": {f"field{number}": each for number in range(fields)}}


def faults(schema: dict[str, Any], value: Any) -> list[Fault]:
    return list(Checker(schema, with_patterns=False).faults(value))


def test_patterns_of_a_cluster_are_not_run_here() -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string", "pattern": "^(a+)+$"}}}
    started = time.monotonic()
    assert faults(schema, {"name": "a" * 60 + "!"}) == []
    assert time.monotonic() - started < 1


def test_those_of_a_plugin_are() -> None:
    checker = Checker(
        {"type": "object", "properties": {"url": {"type": "string", "pattern": "^https"}}}, with_patterns=True
    )
    assert list(checker.faults({"url": "ftp://x"})) == [Fault("url", "does not have the form ^https")]


@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x", "file:///etc/passwd", "other.json"])
def test_nothing_is_fetched(reference: str) -> None:
    with pytest.raises(BadSchema, match="it must hold all that it needs"):
        Checker({"type": "object", "properties": {"a": {"$ref": reference}}}, with_patterns=False)


def test_a_circle_ends() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#"}}}
    value: dict[str, Any] = {}
    for _ in range(5000):
        value = {"a": value}
    assert len(faults(schema, value)) <= 20


def test_too_large() -> None:
    with pytest.raises(BadSchema, match="1 MiB"):
        Checker(wide(5000), with_patterns=False)


@pytest.mark.parametrize("schema", [deep(60), wide(800)], ids=["deep", "wide"])
def test_a_form_is_of_bounded_size(schema: dict[str, Any]) -> None:
    assert len(json.dumps(form_of(schema))) <= MAX_FORM_BYTES * 1.2
    assert type_of_cluster(
        CustomKind(group="x.io", versions=("v1",), kind="X", schema={"properties": {"spec": schema}})
    )


def test_at_most_twenty_faults() -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    assert len(faults(schema, ["x"] * 1000)) == 20


def test_what_is_wrong_names_its_place() -> None:
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {
            "a": {"type": "integer", "minimum": 1, "maximum": 3},
            "b": {"type": "array", "items": {"required": ["name"], "properties": {"name": {"enum": ["x"]}}}},
            "c": {"x-kubernetes-int-or-string": True},
            "d": {"type": "string", "nullable": True},
            "e": {"x-kubernetes-preserve-unknown-fields": True, "properties": {"f": {"type": "string"}}},
        },
    }  # fmt: skip
    assert faults(schema, {}) == [Fault("a", "is missing; fill it in"), Fault("b", "is missing; fill it in")]
    assert faults(schema, {"a": 9, "b": [{}]}) == [
        Fault("a", "must be at most 3"),
        Fault("b.0.name", "is missing; fill it in"),
    ]
    assert faults(schema, {"a": 1, "b": [{"name": "x"}], "c": "5%", "d": None, "e": {"g": 1}}) == []
    assert [(fault.path, fault.is_unknown) for fault in faults(schema, {"a": 1, "b": [], "z": 1})] == [("z", True)]


def test_defaults_are_what_the_schema_says() -> None:
    schema = {"properties": {"a": {"default": 3}, "b": {"properties": {"c": {"default": True}, "d": {}}}, "e": {}}}
    assert defaults_of(schema) == {"a": 3, "b": {"c": True}}
