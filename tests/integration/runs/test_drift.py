"""Drift of what Sailcloth makes beside the graph, and of what a run that failed left behind."""

import pytest

from accounts.models import Role
from accounts.services import principal_of
from clusters.registries import services
from clusters.registries.types import Given
from tests.factories import make_user
from tests.integration.runs.support import Deployer, deployment, node, rewrite, shop
from workflows.models import RunStatus
from workflows.runs.drift import ObjectName, find_drift, revert_drift
from workflows.runs.errors import RunInProgress
from workflows.types import GraphInput


def test_passwords_of_registries_are_no_drift(deployer: Deployer) -> None:
    """They are those of the moment in which they were applied, and change by themselves."""
    admin = principal_of(make_user(role=Role.ADMIN))
    given = Given(url="registry.example.com", username="deployer", password="canary")
    services.create_registry(name="private", kind="generic", given=given, actor=admin)
    workflow = deployer.draw(GraphInput([deployment("web", image="registry.example.com/team/busybox:1")], []))
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    report = find_drift(workflow_id=workflow.pk, actor=deployer.actor)
    assert (report.checked, report.drifts) == (2, [])
    name = f"sailcloth-{workflow.pk}-pull"
    live = deployer.live("Secret", name)
    assert live is not None
    # Labels of it count as those of anything else.
    live["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "other"
    rewrite(deployer.gateway, live)
    (drift,) = find_drift(workflow_id=workflow.pk, actor=deployer.actor).drifts
    assert [field.path for field in drift.fields] == ["metadata.labels.app.kubernetes.io/managed-by"]


def test_what_a_failed_run_applied_is_drift_of_ours(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    broken = shop()
    broken.nodes[2]["data"]["data"] = {"COLOUR": "green"}
    broken.nodes.append(node("once", "job", image="busybox:1", command=["sh", "-c", "exit 1"], backoff_limit=0))
    deployer.redraw(workflow, broken)
    assert deployer.deploy(workflow).status == RunStatus.FAILED
    report = find_drift(workflow_id=workflow.pk, actor=deployer.actor)
    settings = next(drift for drift in report.drifts if drift.key.name == "settings")
    (field,) = settings.fields
    assert (field.path, field.expected, field.live, field.manager) == ("data.COLOUR", "blue", "green", "sailcloth")
    assert "did not succeed" in settings.message


def test_one_run_at_a_time(deployer: Deployer) -> None:
    """A revert is a run like any other: it is refused while another one is under way."""
    workflow = deployer.draw(shop())
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    names = [ObjectName("Service", "front", "shop")]
    first = revert_drift(workflow_id=workflow.pk, objects=names, actor=deployer.actor)
    assert first.operation == "revert"
    with pytest.raises(RunInProgress):
        revert_drift(workflow_id=workflow.pk, objects=names, actor=deployer.actor)
