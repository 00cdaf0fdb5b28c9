"""Properties of selectors, patches, apply and watches that hold whatever comes in."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

import jsonpatch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.practice import managed, patches, schema
from clusters.practice.events import Recorder
from clusters.practice.objects import key_of
from clusters.practice.options import Options
from clusters.practice.resources import BY_KEY
from clusters.practice.rest import Rest
from clusters.practice.seed import furnish
from clusters.practice.selectors import label_matcher, matches_selector, parse_labels, selector_text
from clusters.practice.store import Store

Json = Any
MAPS, DEPLOYMENTS = BY_KEY["/configmaps"], BY_KEY["apps/deployments"]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

names = st.text("abcxyz019", min_size=1, max_size=6)
labels = st.dictionaries(names, names, max_size=5)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
objects = st.dictionaries(names, documents, max_size=5)
data = st.dictionaries(names, st.text(max_size=4), max_size=5)


# --- selectors -----------------------------------------------------------------------------------------------------


@given(labels, labels)
def test_an_equality_selector_matches_supersets_only(wanted: dict[str, str], found: dict[str, str]) -> None:
    matcher = label_matcher(",".join(f"{k}={v}" for k, v in wanted.items()))
    obj = {"metadata": {"labels": found}}
    assert (matcher is None or matcher(obj)) == (wanted.items() <= found.items())


@given(names, st.lists(names, min_size=1, max_size=3), labels)
def test_negations_are_exact_opposites(key: str, values: list[str], found: dict[str, str]) -> None:
    obj = {"metadata": {"labels": found}}

    def holds(text: str) -> bool:
        matcher = label_matcher(text)
        assert matcher is not None
        return matcher(obj)

    listed = ",".join(values)
    assert holds(f"{key} in ({listed})") is not holds(f"{key} notin ({listed})")
    assert holds(f"{key}={values[0]}") is not holds(f"{key}!={values[0]}")
    assert holds(key) is not holds(f"!{key}")


requirements = st.fixed_dictionaries(
    {"key": names, "operator": st.sampled_from(["In", "NotIn"]), "values": st.lists(names, min_size=1, max_size=3)}
) | st.fixed_dictionaries({"key": names, "operator": st.sampled_from(["Exists", "DoesNotExist"])})


@given(labels, st.lists(requirements, max_size=3), labels)
def test_both_notations_of_a_selector_mean_the_same(equal: Json, expressions: Json, found: dict[str, str]) -> None:
    selector = {"matchLabels": equal, "matchExpressions": expressions}
    text = selector_text(selector)
    written = all(r.matches(found) for r in parse_labels(text))
    assert written == matches_selector(selector, found)


# --- patches -------------------------------------------------------------------------------------------------------


@given(objects, objects)
def test_a_merge_patch_is_idempotent_and_harmless(target: Json, patch: Json) -> None:
    before = copy.deepcopy(target)
    once = patches.merge_patch(target, patch)
    assert target == before
    assert patches.merge_patch(once, patch) == once


@given(objects, objects)
def test_a_json_patch_leads_from_any_document_to_any_other(source: Json, target: Json) -> None:
    operations = json.loads(jsonpatch.make_patch(source, target).to_string())
    assert patches.json_patch(source, operations) == target


def container(name: str, image: str) -> Json:
    return {"name": name, "image": image}


containers = st.dictionaries(names, names, min_size=1, max_size=4).map(
    lambda found: [container(name, image) for name, image in found.items()]
)


@given(containers, containers)
def test_a_strategic_patch_merges_containers_by_name(before: list[Json], patch: list[Json]) -> None:
    kind = schema.defined("io.k8s.api.core.v1.PodSpec")
    merged = patches.strategic_merge({"containers": before}, {"containers": patch}, kind)
    found = {c["name"]: c["image"] for c in merged["containers"]}
    assert found == {**{c["name"]: c["image"] for c in before}, **{c["name"]: c["image"] for c in patch}}
    assert len(found) == len(merged["containers"])
    assert patches.strategic_merge(merged, {"containers": patch}, kind)["containers"] is not None


# --- apply ---------------------------------------------------------------------------------------------------------


def fresh() -> Rest:
    rest = Rest(Store())
    furnish(rest)
    return rest


def config(found: dict[str, str]) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": found}


def apply(rest: Rest, found: dict[str, str], manager: str, *, force: bool = True) -> Json:
    return rest.apply(MAPS, "default", "c", config(found), Options(manager=manager, force=force)).obj


@FEW
@given(data)
def test_applying_twice_changes_nothing(found: dict[str, str]) -> None:
    rest = fresh()
    once = copy.deepcopy(apply(rest, found, "one"))
    version = rest.store.version
    assert apply(rest, found, "one") == once
    assert rest.store.version == version


@FEW
@given(st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), data), min_size=1, max_size=6))
def test_what_is_left_is_what_somebody_still_wants(steps: list[tuple[str, dict[str, str]]]) -> None:
    """With force, the last to apply a key decides it, and a key goes when nobody claims it any more."""
    rest = fresh()
    claims: dict[str, dict[str, str]] = {}
    for manager, found in steps:
        for other, held in claims.items():
            if other != manager:
                claims[other] = {k: v for k, v in held.items() if found.get(k, v) == v}
        claims[manager] = found
        obj = apply(rest, found, manager)
    wanted = {k: v for held in claims.values() for k, v in held.items()}
    assert (obj.get("data") or {}) == wanted
    owners = managed.read(obj)
    for manager, held in claims.items():
        entry = next((e for w, e in owners.items() if w.name == manager), None)
        owned = {p[1][2:] for p in entry.fields if len(p) == 2} if entry else set()
        assert owned == set(held)


@FEW
@given(data, data)
def test_a_conflict_names_exactly_the_fields_that_differ(first: dict[str, str], second: dict[str, str]) -> None:
    from clusters.practice.errors import ApiError

    rest = fresh()
    apply(rest, first, "one")
    differing = {f".data.{k}" for k in first.keys() & second.keys() if first[k] != second[k]}
    try:
        apply(rest, second, "two", force=False)
        named: set[str] = set()
    except ApiError as error:
        assert error.code == 409
        named = {c["field"] for c in (error.details or {})["causes"]}
    assert named == differing


@FEW
@given(containers, containers)
def test_a_deployment_applied_by_two_keeps_the_containers_of_both(one: list[Json], two: list[Json]) -> None:
    rest = fresh()

    def put(found: list[Json], manager: str) -> Json:
        body = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "d"},
            "spec": {
                "selector": {"matchLabels": {"a": "b"}},
                "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": found}},
            },
        }
        return rest.apply(DEPLOYMENTS, "default", "d", body, Options(manager=manager, force=True)).obj

    put(one, "one")
    both = put(two, "two")
    found = {c["name"] for c in both["spec"]["template"]["spec"]["containers"]}
    assert found == {c["name"] for c in one} | {c["name"] for c in two}
    version = rest.store.version
    put(two, "two")
    assert rest.store.version == version


# --- versions and watches ------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.sampled_from(["create", "update", "delete"]), st.sampled_from("abcd"), st.sampled_from("xy")),
    max_size=25,
)


def take(rest: Rest, step: tuple[str, str, str]) -> None:
    from clusters.practice.errors import ApiError
    from clusters.practice.options import Deletion

    kind, name, value = step
    try:
        if kind == "create":
            body = {"metadata": {"name": name, "labels": {"v": value}}, "data": {"v": value}}
            rest.create(MAPS, "default", body, Options())
        elif kind == "update":
            rest.update(MAPS, "default", name, lambda o: {**o, "data": {"v": value}}, Options())
        else:
            rest.delete(MAPS, "default", name, Deletion())
    except ApiError as error:
        assert error.code in (404, 409)


@FEW
@given(steps, steps)
def test_a_watch_from_any_version_leads_to_what_a_list_shows(before: list[Any], after: list[Any]) -> None:
    async def run() -> None:
        rest = fresh()
        for step in before:
            take(rest, step)
        state = {key_of(o): o for o in rest.store.select("/configmaps")}
        since = rest.store.version
        versions = []
        for step in after:
            take(rest, step)
            versions.append(rest.store.version)
        assert versions == sorted(versions)
        subscription = rest.store.subscribe("/configmaps", since)
        seen = []
        for change in subscription.take():
            seen.append(change.version)
            if change.type == "DELETED":
                state.pop(key_of(change.obj))
            else:
                state[key_of(change.obj)] = change.obj
        assert seen == sorted(set(seen))
        assert state == {key_of(o): o for o in rest.store.select("/configmaps")}
        old = {key_of(o): o for o in rest.store.state_at("/configmaps", "", since)}
        for change in reversed([c for c in rest.store.history if c.version > since and c.resource == "/configmaps"]):
            if change.old is None:
                state.pop(key_of(change.obj), None)
            else:
                state[key_of(change.obj)] = change.old
        assert state == old

    asyncio.run(run())


@FEW
@given(steps)
def test_what_is_saved_is_loaded_alike(found: list[Any]) -> None:
    async def run() -> None:
        rest = fresh()
        Recorder(rest.store)
        for step in found:
            take(rest, step)
        again = Store()
        again.load(json.loads(json.dumps(rest.store.snapshot())))
        assert again.objects == {k: v for k, v in rest.store.objects.items() if v}
        assert again.version > rest.store.version
        assert again.dependents == rest.store.dependents
        assert again.total_size == rest.store.total_size

    asyncio.run(run())
