"""Each shipped kind against what its project says of it: nothing asked for less, nothing called otherwise."""

import re
from typing import Any

import jsonschema
import pytest

from plugins.sdk.plugin import HealthRule
from plugins.sdk.yaml import load
from tests.unit.plugins.test_catalog import CASES, CATALOG, FOLDER, TYPES, compiled
from tests.unit.plugins.upstream import Field, fields, structural, upstream

Json = dict[str, Any]
# owner, repository, the 40 digits of a commit, the file.
CITATION = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/blob/[0-9a-f]{40}/[\w./-]+\.(?:go|yaml)")
# Where the form asks for more than the cited schema does: its webhook, its controller or a later release does.
STRICTER = {
    ("cloudnative-pg.scheduled-backup", "spec.cluster"),
    ("knative.service", "spec.template"),
    ("knative.service", "spec.template.spec"),
    ("knative.service", "spec.template.spec.containers[].image"),
    ("kyverno.cluster-policy", "spec.rules[].name"),
    ("kyverno.cluster-policy", "spec.rules[].match"),
}
NAMES = sorted(TYPES)


def declared(name: str) -> Json:
    """The schema of the manifest itself; the form leaves out what would make it too large."""
    plugin = CATALOG.owners[name]
    manifest: Json = load((FOLDER.parents[2] / "plugins" / "catalog" / plugin / "plugin.yaml").read_text())
    schema = next(each["schema"] for each in manifest["node_types"] if f"{plugin}.{each['name']}" == name)
    if isinstance(schema, str):
        schema = load((FOLDER.parents[2] / "plugins" / "catalog" / plugin / schema).read_text())
    return {"type": "object", "properties": {"spec": schema}, "required": ["spec"]}


def at(schema: Json, path: str) -> Json | None:
    found: Any = schema
    for part in path.split("."):
        found = (found.get("properties") or {}).get(part.removesuffix("[]"))
        found = found.get("items") if found is not None and part.endswith("[]") else found
        if found is None:
            return None
    return dict(found)


def required(schema: Json, path: str = "") -> set[str]:
    """Every path that the schema requires, within what holds it."""
    found = {f"{path}{name}" for name in schema.get("required", ())}
    for name, each in (schema.get("properties") or {}).items():
        found |= required(each, f"{path}{name}.")
        if isinstance(each.get("items"), dict):
            found |= required(each["items"], f"{path}{name}[].")
    return found


def test_every_shipped_kind_was_looked_up() -> None:
    assert sorted(upstream()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_cites_the_file_that_was_read(name: str) -> None:
    source = CATALOG.plugins[CATALOG.owners[name]].sources[name]
    assert CITATION.fullmatch(source), source


@pytest.mark.parametrize("name", NAMES)
def test_its_version_is_served_and_its_scope_is_right(name: str) -> None:
    said = upstream()[name]
    versions = [each.rpartition("/")[2] for each in TYPES[name].api_versions]
    assert versions == said["versions"][: len(versions)]
    assert TYPES[name].is_cluster_wide == (said.get("scope") == "Cluster")


@pytest.mark.parametrize("name", NAMES)
def test_what_its_project_requires_is_required(name: str) -> None:
    ours = required(declared(name)) - {"spec"}
    theirs = {each.path for each in fields(name) if each.is_required} - {"spec"}
    assert theirs - ours == set(), "asked for by the project and not by us"
    assert {(name, path) for path in ours - theirs} <= STRICTER, "asked for by us alone"


@pytest.mark.parametrize("name", NAMES)
def test_its_fields_are_of_the_types_and_words_of_the_project(name: str) -> None:
    schema = declared(name)
    for field in fields(name):
        ours = at(schema, field.path)
        if ours is not None and field.path != "spec":
            assert _agrees(ours, field), (field, ours)


def _agrees(ours: Json, field: Field) -> bool:
    if field.kind == "int-or-string":
        return ours.get("x-kubernetes-int-or-string") is True
    return ours.get("type") == field.kind and (not field.words or set(ours.get("enum", ())) == set(field.words))


@pytest.mark.parametrize("case", CASES)
def test_what_is_compiled_holds_what_the_project_requires(case: str) -> None:
    document: Json = load((FOLDER / f"{case}.yaml").read_text())
    names = {node["id"]: node["type"] for node in document["nodes"]}
    judged = 0
    for item in compiled(document["nodes"], document.get("edges", [])).bundle.objects:
        name = names.get(item.node_id or "", "")
        if name in upstream() and item.body["kind"] == TYPES[name].kind:
            jsonschema.validate(item.body, _plain(structural(name)))
            judged += 1
    assert judged == sum(name in upstream() for name in names.values())


def _plain(schema: Any) -> Any:
    """Kubernetes' own words as JSON Schema has them."""
    if isinstance(schema, dict):
        if schema.get("x-kubernetes-int-or-string"):
            return {"type": ["integer", "string"]}
        return {key: _plain(value) for key, value in schema.items()}
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema


def rules() -> dict[str, HealthRule]:
    by_kind = {(rule.group, rule.kind): rule for _, rule in CATALOG.of("health")}
    return {
        name: by_kind[(each.group, each.kind)] for name, each in TYPES.items() if (each.group, each.kind) in by_kind
    }


@pytest.mark.parametrize("name", sorted(rules()))
def test_its_health_is_read_from_what_its_controller_writes(name: str) -> None:
    rule, said = rules()[name], upstream()[name]
    assert {*rule.ready, *rule.failed} <= set(said.get("conditions", ()))
    words = {*rule.healthy, *rule.progressing, *rule.degraded}
    assert words <= set(said.get("words", {}).get(rule.phase, ())), rule.phase
