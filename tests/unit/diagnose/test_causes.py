"""Every cause of the closed list, produced by objects as clusters write them, and told in words."""

import re

import pytest

from plugins.sdk.diagnosis import CheckStatus
from tests.unit.diagnose.cases import deploying, networking, others, pods
from tests.unit.diagnose.scenes import Case, Scene
from workflows.diagnose import core_catalog, diagnose
from workflows.diagnose.causes import CAUSES

CASES: list[Case] = [*deploying.CASES, *pods.CASES, *networking.CASES, *others.CASES]
_AS_IT_SHOULD_BE = frozenset({"claim_waits_for_consumer"})


@pytest.mark.parametrize(
    ("cause", "scene", "words", "fix"), CASES, ids=[f"{cause}-{number}" for number, (cause, *_) in enumerate(CASES)]
)
def test_each_cause(cause: str, scene: Scene, words: str, fix: str) -> None:
    verdict = diagnose(scene.evidence())
    found = [finding for finding in verdict.findings() if finding.cause == cause]
    assert len(found) == 1, [(finding.cause, finding.message) for finding in verdict.findings()]
    (finding,) = found
    assert words in finding.message
    assert finding.fix_type == fix
    assert (finding.message[0].isupper() or finding.message[0] == '"') and finding.message.endswith(
        (".", "!", "?", "…")
    )
    assert fix == "" or fix in core_catalog().fixes
    if cause in _AS_IT_SHOULD_BE:
        assert (finding.status, verdict.status) == (CheckStatus.PASS, "healthy")
    else:
        assert verdict.status in ("warning", "error")
        assert finding.suggestion or cause in ("being_deleted", "suspended", "pods_refused"), finding


def test_the_list_is_closed_and_complete() -> None:
    assert {cause for cause, *_ in CASES} == set(CAUSES)
    assert len(CAUSES) >= 30


def test_every_fix_that_exists_is_proposed_somewhere() -> None:
    proposed = {fix for *_, fix in CASES if fix}
    assert set(core_catalog().fixes) - proposed <= {"make_it", "set_requests"}


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_causes_are_codes(cause: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", cause)
