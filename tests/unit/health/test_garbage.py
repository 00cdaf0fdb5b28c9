"""Whatever a cluster holds, judging it never raises."""

import copy
import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.health import assess
from clusters.health.assessment import _RULES
from plugins.sdk.health import Health

RECORDS = [json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "recorded").glob("*.json"))]
KINDS = [*sorted(_RULES), ("live.example", "LiveThing"), ("", "")]
WORDS = st.sampled_from(
    [
        "spec",
        "status",
        "metadata",
        "conditions",
        "containerStatuses",
        "state",
        "waiting",
        "terminated",
        "reason",
        "name",
        "replicas",
        "phase",
        "type",
        "uid",
        "message",
        "generation",
        "observedGeneration",
        "loadBalancer",
        "parents",
    ]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def leaves(value, path=()):
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield (*path, key)
            yield from leaves(inner, (*path, key))


def put(value, path, junk):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = junk


@given(kind=st.sampled_from(KINDS), spec=JUNK, status=JUNK, metadata=JUNK, pods=st.lists(JUNK, max_size=2))
@settings(max_examples=300, deadline=None)
def test_of_objects_that_are_no_objects(kind, spec, status, metadata, pods):
    group, name = kind
    obj = {"apiVersion": f"{group}/v1", "kind": name, "metadata": metadata, "spec": spec, "status": status}
    assert isinstance(assess(obj, pods=pods, events=pods), Health)


@given(obj=JUNK)
@settings(max_examples=100, deadline=None)
def test_of_what_is_nothing_at_all(obj):
    assert isinstance(assess(obj), Health)


@given(data=st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_of_real_objects_with_junk_in_them(data):
    record = copy.deepcopy(data.draw(st.sampled_from(RECORDS)))
    paths = [path for path in leaves(record) if len(path) > 1 and path[0] in ("object", "pods", "events")]
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=3)):
        try:
            put(record, path, data.draw(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # An earlier piece of junk took its place.
    assert isinstance(assess(record["object"], pods=record["pods"], events=record["events"]), Health)
