"""What goes wrong around a run: people cancel, workers die, clusters do not answer, two come at once."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from core.work import runner
from core.work import services as work
from core.work.models import Work, WorkState
from core.work.types import LeaseLost
from plugins.sdk.capabilities import Capabilities
from tests.integration.runs.support import Deployer, deployment, node, shop, work_off
from workflows.deploy import executor as executors
from workflows.deploy.steps import Step, StepKind
from workflows.errors import InvalidGraph
from workflows.models import NodeStatus, Placement, Release, Run, RunStatus, Target
from workflows.runs import errors, services
from workflows.runs.ledger import RunLedger
from workflows.runs.rollback import MAX_ATTEMPTS, WORK_KIND
from workflows.types import GraphInput

SLOW = {"sailcloth.practice/life": "probe"}


class Died(BaseException):
    """As a killed process: nothing catches it, and nothing is written after it."""


def expire() -> None:
    """As if the worker had been silent for long enough."""
    Work.objects.filter(state=WorkState.LEASED).update(lease_until=Now() - timedelta(seconds=1))


def die_at(monkeypatch: pytest.MonkeyPatch, kind: StepKind, *, before: bool) -> None:
    """The next worker dies when it carries out a step of this kind, before or after it reached the cluster."""
    real = executors.Executor.execute

    async def execute(self: executors.Executor, step: Step, state: Any) -> Any:
        if step.kind is kind:
            if not before:
                await real(self, step, state)
            raise Died
        return await real(self, step, state)

    monkeypatch.setattr(executors.Executor, "execute", execute)


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        (StepKind.PLAN, True),
        (StepKind.PLAN, False),
        (StepKind.PREPARE, False),
        (StepKind.APPLY, False),
        (StepKind.OBSERVE, False),
        (StepKind.SWEEP, False),
        (StepKind.DELETE, True),
        (StepKind.DELETE, False),
        (StepKind.NARROW, False),
    ],
)
def test_another_worker_goes_on(
    deployer: Deployer, monkeypatch: pytest.MonkeyPatch, kind: StepKind, before: bool
) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deployer.redraw(workflow, GraphInput(nodes=[deployment("web", replicas=2), node("more", "configmap")], edges=[]))
    run = deployer.start(workflow)
    with monkeypatch.context() as patch:
        die_at(patch, kind, before=before)
        with pytest.raises(Died):
            runner.run_next([WORK_KIND], worker="first")
    run.refresh_from_db()
    assert run.status == RunStatus.DEPLOYING
    assert not runner.run_next([WORK_KIND], worker="second"), "the lease of the first still holds"
    expire()
    run = work_off(run)
    assert run.status == RunStatus.SUCCEEDED
    assert Work.objects.get(key=run.pk).attempt == 2
    assert {entry["name"] for entry in Target.objects.get().inventory} == {"web", "more"}
    assert deployer.live("Service", "front") is None
    assert dict(NodeStatus.objects.values_list("node_id", "state")) == {"web": "healthy", "more": "healthy"}


def test_a_stalled_worker_writes_nothing_more(deployer: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stalls before its first write; another one takes over and finishes; then it wakes up."""
    run = deployer.start(deployer.draw(shop()))
    stalled, go_on = threading.Event(), threading.Event()
    real = executors.Executor.execute
    lost: list[BaseException] = []

    async def execute(self: executors.Executor, step: Step, state: Any) -> Any:
        if step.kind is StepKind.PREPARE and not stalled.is_set():
            stalled.set()
            await asyncio.get_running_loop().run_in_executor(None, go_on.wait)
        return await real(self, step, state)

    monkeypatch.setattr(executors.Executor, "execute", execute)
    lease = work.claim(kinds=[WORK_KIND], worker="stalled", lease_seconds=30)
    assert lease is not None

    def first() -> None:
        from django.db import connections

        from workflows.runs.execution import carry_out

        try:
            carry_out(lease)
        except LeaseLost as error:
            lost.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert stalled.wait(30)
    expire()
    assert work_off(run).status == RunStatus.SUCCEEDED
    before = deployer.live("Secret", f"sailcloth-{run.target_id}")
    go_on.set()
    thread.join(30)
    assert len(lost) == 1
    assert deployer.live("Secret", f"sailcloth-{run.target_id}") == before
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED


def test_work_that_fails_again_and_again_fails_the_run(deployer: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def execute(self: Any, step: Step, state: Any) -> Any:
        raise ValueError("canary: an inner matter")

    monkeypatch.setattr(executors.Executor, "execute", execute)
    run = deployer.start(deployer.draw(shop()))
    for _ in range(MAX_ATTEMPTS):
        assert runner.run_next([WORK_KIND])
        Work.objects.filter(state=WorkState.QUEUED).update(not_before=Now())
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run.error == "Something went wrong on our side, again and again, so the run was given up."
    assert "canary" not in str(run.journal)
    # The target is free again.
    monkeypatch.undo()
    assert deployer.deploy(run.workflow).status == RunStatus.SUCCEEDED


def test_cancelled_before_a_worker_came(deployer: Deployer) -> None:
    run = deployer.start(deployer.draw(shop()))
    assert services.cancel_run(run_id=run.pk, actor=deployer.actor).status == RunStatus.CANCELLING
    assert services.cancel_run(run_id=run.pk, actor=deployer.actor).status == RunStatus.CANCELLING
    run = work_off(run)
    assert run.status == RunStatus.CANCELLED
    assert deployer.live("Namespace", "shop") is None
    with pytest.raises(errors.RunIsOver):
        services.cancel_run(run_id=run.pk, actor=deployer.actor)


def test_cancelled_while_waiting_keeps_what_is_there(deployer: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    run = deployer.start(deployer.draw(shop(pod_annotations=SLOW)))
    real = RunLedger.is_cancelled

    def is_cancelled(self: RunLedger) -> bool:
        if Run.objects.get(pk=run.pk).phase == "waiting":
            services_cancel()
        return real(self)

    def services_cancel() -> None:
        if Run.objects.get(pk=run.pk).status == RunStatus.DEPLOYING:
            services.cancel_run(run_id=run.pk, actor=deployer.actor)

    monkeypatch.setattr(RunLedger, "is_cancelled", is_cancelled)
    run = work_off(run)
    assert (run.status, run.message) == (RunStatus.CANCELLED, "Cancelled. What was applied stays as it is.")
    assert deployer.live("Deployment", "web", "apps") is not None
    assert {entry["kind"] for entry in Target.objects.get().inventory} == {"ConfigMap", "Deployment", "Service"}
    assert Placement.objects.get().state == "failed"


def test_cancelling_what_is_being_taken_back(deployer: Deployer) -> None:
    workflow = deployer.draw(shop())
    deployer.deploy(workflow)
    deployer.redraw(workflow, shop(image="shop:does-not-exist"))
    run = deployer.start(workflow, on_failure="rollback")
    assert runner.run_next([WORK_KIND])
    run.refresh_from_db()
    following = Run.objects.get(rolls_back=run)
    assert (run.status, following.status) == (RunStatus.DEPLOYING, RunStatus.DEPLOYING)
    with pytest.raises(errors.RunInProgress):
        deployer.start(workflow)
    services.cancel_run(run_id=run.pk, actor=deployer.actor)
    run = work_off(run)
    following.refresh_from_db()
    assert (run.status, following.status) == (RunStatus.CANCELLED, RunStatus.CANCELLED)
    deployer.redraw(workflow, shop())
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED


def test_a_way_back_that_fails_fails_the_run(deployer: Deployer) -> None:
    workflow = deployer.draw(GraphInput(nodes=[node("settings", "configmap", data={"A": "b"})], edges=[]))
    deployer.deploy(workflow)
    deployer.redraw(workflow, GraphInput(nodes=[deployment("web", image="shop:does-not-exist")], edges=[]))
    run = deployer.start(workflow, on_failure="rollback")
    assert runner.run_next([WORK_KIND])
    # Meanwhile the cluster is removed from the product.
    Target.objects.update(cluster=None)
    run = work_off(run)
    assert run.status == RunStatus.FAILED
    assert run.message.endswith("failed too: The cluster was removed from Sailcloth.")


def test_one_run_at_a_time_per_target(deployer: Deployer, in_threads: Any) -> None:
    workflow = deployer.draw(shop())
    found: list[Any] = []

    def begin() -> None:
        try:
            found.append(deployer.start(workflow))
        except errors.RunInProgress as error:
            found.append(error)

    in_threads([begin] * 6)
    runs = [each for each in found if isinstance(each, Run)]
    assert len(runs) == 1
    assert Run.objects.count() == Target.objects.count() == 1
    refused = [each for each in found if isinstance(each, errors.RunInProgress)]
    assert len(refused) == 5
    workflow.refresh_from_db()
    assert workflow.latest_version == 1
    assert work_off(runs[0]).status == RunStatus.SUCCEEDED


def test_a_cluster_that_cannot_be_reached(deployer: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.runs.execution.pause", lambda seconds: None)
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 0.0)
    workflow = deployer.draw(shop())
    monkeypatch.setattr("workflows.runs.services.gateway_for", unreachable)
    monkeypatch.setattr("workflows.runs.places.gateway_for", unreachable)
    monkeypatch.setattr("workflows.runs.preparing.gateway_for", unreachable)
    with pytest.raises(errors.ClusterUnreachable) as caught:
        deployer.plan(workflow)
    assert caught.value.status == 503
    run = deployer.deploy(workflow)
    assert (run.status, run.version_number) == (RunStatus.FAILED, 1)
    assert run.error == "connection refused."
    assert not Release.objects.exists()
    monkeypatch.undo()
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED


def unreachable(cluster_id: str) -> Any:
    from clusters.kube.gateway import Unreachable

    raise Unreachable("connection refused", reason="refused")


def test_what_the_cluster_does_not_serve(deployer: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\n"
    workflow = deployer.draw(GraphInput(nodes=[{"id": "t", "type": "manifest", "data": {"yaml": manifest}}], edges=[]))
    with pytest.raises(InvalidGraph) as caught:
        deployer.start(workflow)
    assert "does not serve Thing" in caught.value.message
    assert not Run.objects.exists()
    # Where that could not be known when the run was started, the run says so, on the node.
    monkeypatch.setattr("workflows.runs.services.capabilities_if_known", lambda cluster_id: None)
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.FAILED
    assert "does not serve Thing" in run.error
    row = NodeStatus.objects.get()
    assert (row.node_id, row.state) == ("t", "failed")
    assert "does not serve Thing" in row.message


def test_a_graph_that_changes_meanwhile_is_checked_again(deployer: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    workflow = deployer.draw(shop())

    def capabilities(cluster_id: str) -> Capabilities | None:
        deployer.redraw(workflow, GraphInput(nodes=[deployment("web", image="")], edges=[]))
        return None

    monkeypatch.setattr("workflows.runs.services.capabilities_if_known", capabilities)
    with pytest.raises(InvalidGraph):
        deployer.start(workflow)
    assert not Run.objects.exists()


def test_secrets_stay_where_they_belong(deployer: Deployer, caplog: pytest.LogCaptureFixture) -> None:
    """A value is in the vault, and on the wire to the cluster; nowhere else."""
    from django.apps import apps
    from django.core import serializers

    canary = "canary-7f3a9c"
    caplog.set_level("DEBUG")
    graph = GraphInput(nodes=[deployment(), node("token", "secret", values={"KEY": canary})], edges=[
        {"id": "e", "source": "token", "target": "web", "data": {}}
    ])  # fmt: skip
    workflow = deployer.draw(graph)
    run = deployer.deploy(workflow)
    assert run.status == RunStatus.SUCCEEDED
    encoded = "Y2FuYXJ5LTdmM2E5Yw=="
    assert deployer.live("Secret", "token")["data"] == {"KEY": encoded}  # type: ignore[index]
    graph.nodes[1]["data"]["values"] = {"KEY": f"{canary}-second"}
    deployer.redraw(workflow, graph)
    document = deployer.plan(workflow)
    assert deployer.deploy(workflow).status == RunStatus.SUCCEEDED
    # Going back brings the old value, from its own revision.
    back = work_off(services.rollback_to(workflow_id=workflow.pk, run_id=run.pk, actor=deployer.actor))
    assert back.status == RunStatus.SUCCEEDED
    assert deployer.live("Secret", "token")["data"] == {"KEY": encoded}  # type: ignore[index]
    everything = [row for model in apps.get_models() for row in model._default_manager.all()]
    dump = serializers.serialize("json", everything) + str(document) + caplog.text
    assert "canary" not in dump
    assert encoded.rstrip("=") not in dump
