"""Patches between two states of an object, and one patch of two: what adopting live values stands on."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugins.sdk.merge import combined_patch, strategic_merge, strategic_patch

Json = dict[str, Any]

NAMES = st.sampled_from(["main", "side", "third"])
VALUES = st.sampled_from(["1", "2", "3"])
ENV = st.lists(st.fixed_dictionaries({"name": NAMES, "value": VALUES}), unique_by=lambda item: item["name"])
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "image": VALUES},
        optional={"env": ENV, "args": st.lists(VALUES), "resources": st.dictionaries(NAMES, VALUES)},
    ),
    unique_by=lambda item: item["name"],
)
VOLUMES = st.lists(
    st.one_of(
        st.fixed_dictionaries({"name": NAMES, "emptyDir": st.dictionaries(NAMES, VALUES)}),
        st.fixed_dictionaries({"name": NAMES, "configMap": st.fixed_dictionaries({"name": NAMES})}),
    ),
    unique_by=lambda item: item["name"],
)


@st.composite
def deployments(draw: st.DrawFn) -> Json:
    pod = {
        "containers": draw(CONTAINERS),
        "volumes": draw(VOLUMES),
        "nodeSelector": draw(st.dictionaries(NAMES, VALUES)),
    }
    metadata = {
        "name": "web",
        "finalizers": sorted(draw(st.sets(NAMES))),
        "labels": draw(st.dictionaries(NAMES, VALUES)),
    }
    spec = {"replicas": draw(st.integers(0, 3)), "template": {"spec": pod}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def with_sorted_sets(body: Json) -> Json:
    """The order in a set of plain values means nothing."""
    return {**body, "metadata": {**body["metadata"], "finalizers": sorted(body["metadata"]["finalizers"])}}


@given(deployments(), deployments())
def test_a_patch_leads_from_one_state_to_the_other(before: Json, after: Json) -> None:
    patch = strategic_patch(before, after)
    assert with_sorted_sets(strategic_merge(before, patch)) == with_sorted_sets(after)
    assert strategic_patch(after, after) == {}


def test_only_what_differs_is_in_it() -> None:
    before = {"kind": "Deployment", "apiVersion": "apps/v1", "spec": {"replicas": 1, "template": {"spec": {
        "containers": [{"name": "main", "image": "a", "args": ["x"]}, {"name": "side", "image": "b"}]}}}}  # fmt: skip
    after = {"kind": "Deployment", "apiVersion": "apps/v1", "spec": {"replicas": 1, "template": {"spec": {
        "containers": [{"name": "main", "image": "c", "args": ["x"]}]}}}}  # fmt: skip
    assert strategic_patch(before, after) == {
        "spec": {"template": {"spec": {"containers": [
            {"$patch": "delete", "name": "side"}, {"name": "main", "image": "c"}
        ]}}}
    }  # fmt: skip


def test_lists_without_a_key_are_said_as_a_whole() -> None:
    before = {"apiVersion": "example.com/v1", "kind": "Deployment", "spec": {"containers": [{"name": "a"}]}}
    after = {"apiVersion": "example.com/v1", "kind": "Deployment", "spec": {"containers": [{"name": "a", "b": 1}]}}
    assert strategic_patch(before, after) == {"spec": {"containers": [{"name": "a", "b": 1}]}}


@given(deployments(), deployments(), deployments())
def test_two_patches_become_one(base: Json, middle: Json, last: Json) -> None:
    first, second = strategic_patch(base, middle), strategic_patch(middle, last)
    one = combined_patch(base, first, second)
    step_by_step = strategic_merge(strategic_merge(base, first), second)
    assert with_sorted_sets(strategic_merge(base, one)) == with_sorted_sets(step_by_step)


def test_what_a_person_wrote_stays_as_they_wrote_it() -> None:
    body = {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 80}], "type": "ClusterIP"}}
    first = {"spec": {"type": "ClusterIP", "ports": [{"port": 80, "name": "http"}]}}
    second = {"spec": {"ports": [{"port": 80, "nodePort": 30080}]}}
    assert combined_patch(body, first, second) == {
        "spec": {"type": "ClusterIP", "ports": [{"port": 80, "name": "http", "nodePort": 30080}]}
    }


def test_a_key_that_is_no_text_tells_no_items_apart() -> None:
    before: Json = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": ["a"]}]}}
    after: Json = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": {"a": 1}, "b": 1}]}}
    patch = strategic_patch(before, after)
    assert strategic_merge(before, patch) == after
