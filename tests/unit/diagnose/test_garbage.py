"""Whatever a cluster holds, diagnosing it never raises, and never proposes a fix that does not exist."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.sdk.diagnosis import Owned
from tests.unit.diagnose.cases import deploying, networking, others, pods
from tests.unit.diagnose.scenes import Scene
from workflows.diagnose import asked_by, core_catalog, diagnose

SCENES: list[Scene] = [scene for part in (deploying, networking, others, pods) for _, scene, *_ in part.CASES]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
# These an API server always gives.
_SURE = ("apiVersion", "kind")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            if key not in _SURE:
                yield (*path, key)
            yield from leaves(inner, (*path, key))


def put(value: Any, path: tuple[Any, ...], junk: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = junk


@given(data=st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_of_real_objects_with_junk_in_them(data: st.DataObject) -> None:
    scene = copy.deepcopy(data.draw(st.sampled_from(SCENES)))
    seen = scene.seen
    objects = [each.live for each in seen["objects"] if each.live is not None]
    around = [item for items in seen["listed"].values() for item in items]
    everything = [*objects, *seen["pods"], *seen["events"], *around, *(each for each in seen["named"].values() if each)]
    if not everything:
        return
    for _ in range(data.draw(st.integers(1, 3))):
        target = data.draw(st.sampled_from(everything))
        paths = list(leaves(target))
        try:
            put(target, data.draw(st.sampled_from(paths)), data.draw(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # An earlier piece of junk took its place.
    seen["objects"] = tuple(Owned(each.key, each.live) for each in seen["objects"])
    evidence = scene.evidence()
    for check in (*core_catalog().checks_for(evidence.node), core_catalog().last):
        list(check.run(evidence))
    verdict = diagnose(evidence)
    for finding in verdict.findings():
        if finding.fix_type:
            fix = core_catalog().fix_for(evidence.node, finding.fix_type)
            assert fix is not None
            asked_by(fix, evidence, verdict)
