"""What goes wrong on a cluster is named, and what a fix repairs comes right: on the practice cluster, and on a real
Kubernetes."""

import pytest

from tests.cluster.diagnose.conftest import Field, causes_of
from tests.cluster.diagnose.scenarios import SCENARIOS, Scenario

# What is looked at is in the database as long as this module goes on, not in a test's own transaction.
pytestmark = pytest.mark.django_db
FIXED = [scenario for scenario in SCENARIOS if scenario.fix]
CANARIES = ("canary-of-a-fix", "canary-of-a-user", "canary-of-a-key")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_cause_is_named(found: Field, scenario: Scenario) -> None:
    if not found.is_on(scenario):
        assert scenario.name not in found.before
        return
    document = found.before[scenario.name]
    shown = [check for check in document["checks"] if check["cause"] in scenario.causes]
    assert shown, document
    assert scenario.words in " ".join(check["message"] for check in shown)
    assert document["status"] in ("warning", "error")
    if found.is_fixed(scenario):
        assert any(check.get("fix_type") == scenario.fix for check in shown), shown


@pytest.mark.parametrize("scenario", FIXED, ids=lambda scenario: scenario.name)
def test_the_fix_repairs_it(found: Field, scenario: Scenario) -> None:
    if not found.is_fixed(scenario):
        return
    template = found.templates[scenario.name]
    assert (template["fix_type"], template["problem"]) == (scenario.fix, "")
    assert template["title"] and template["description"]
    if found.cluster in scenario.heals:
        after = found.after[scenario.name]
        assert not scenario.causes & causes_of(after), after


def test_logs_are_shown(found: Field) -> None:
    (check,) = [each for each in found.before["a program that ends"]["checks"] if each["log"]]
    assert "no database" in " ".join(check["log"])


def test_no_secret_value_is_shown(found: Field) -> None:
    everything = str([found.before, found.templates, found.after, found.answers])
    assert not [canary for canary in CANARIES if canary in everything]
