"""A worker process is killed in every phase of a run: another one finishes it as if nothing had been."""

from typing import Any

import pytest

from core.work.models import Work
from tests.integration.chaos.support import Chaos, expire_dead, released
from tests.integration.runs.support import deployment, node, shop, work_off
from workflows.models import NodeStatus, Run, RunStatus, Target
from workflows.runs import services
from workflows.types import GraphInput

NO_DRY_RUN = r"^(?!.*dryRun)"
DRY_RUN = "dryRun"

# Where the worker dies: which request is held, on its way there or its answer on the way back.
PHASES: dict[str, dict[str, Any]] = {
    "discovery": {"method": "GET", "path": r"/apis$"},
    "plan: read": {"method": "GET", "path": r"/deployments/web$"},
    "plan: dry run": {"method": "PATCH", "path": r"/deployments/web$", "query": DRY_RUN},
    "plan: dry run, answered": {"method": "PATCH", "path": r"/configmaps/more$", "query": DRY_RUN, "at": "answer"},
    "parent": {"method": "PATCH", "path": r"/secrets/sailcloth-"},
    "parent, answered": {"method": "PATCH", "path": r"/secrets/sailcloth-", "at": "answer"},
    "apply": {"method": "PATCH", "path": r"/deployments/web$", "query": NO_DRY_RUN},
    "apply, answered": {"method": "PATCH", "path": r"/deployments/web$", "query": NO_DRY_RUN, "at": "answer"},
    "first of many": {"method": "PATCH", "path": r"/configmaps/more$", "query": NO_DRY_RUN, "at": "answer"},
    "watch": {"method": "GET", "path": r"/deployments$"},
    "sweep": {"method": "GET", "path": r"/services$"},
    "delete": {"method": "DELETE", "path": r"/services/front$"},
    "delete, answered": {"method": "DELETE", "path": r"/services/front$", "at": "answer"},
    "close": {"method": "PATCH", "path": r"/secrets/sailcloth-", "skip": 1},
    "close, answered": {"method": "PATCH", "path": r"/secrets/sailcloth-", "skip": 1, "at": "answer"},
}
FIRST: dict[str, dict[str, Any]] = {
    "namespace": {"method": "POST", "path": r"/namespaces$"},
    "namespace, answered": {"method": "POST", "path": r"/namespaces$", "at": "answer"},
    "parent, answered": {"method": "PATCH", "path": r"/secrets/sailcloth-", "at": "answer"},
    "check": {"method": "PATCH", "path": r"/services/front$", "query": DRY_RUN},
    "apply, answered": {"method": "PATCH", "path": r"/configmaps/settings$", "query": NO_DRY_RUN, "at": "answer"},
}
LAST: dict[str, dict[str, Any]] = {
    "delete, answered": {"method": "DELETE", "path": r"/deployments/web$", "at": "answer"},
    "parent": {"method": "DELETE", "path": r"/secrets/sailcloth-"},
    "parent, answered": {"method": "DELETE", "path": r"/secrets/sailcloth-", "at": "answer"},
    "namespace": {"method": "DELETE", "path": r"/namespaces/chaos-[0-9a-f]+$"},
    "namespace, answered": {"method": "DELETE", "path": r"/namespaces/chaos-[0-9a-f]+$", "at": "answer"},
}


def changed() -> GraphInput:
    """After `shop()`: a change, something new, and two that go."""
    return GraphInput(nodes=[deployment("web", replicas=2), node("more", "configmap", data={"A": "b"})], edges=[])


def killed_at(chaos: Chaos, run: Run, which: dict[str, Any]) -> Run:
    """A process begins, and is killed while the request hangs; another worker, here, goes on."""
    worker = chaos.start_worker()
    hold = chaos.proxy.hold(**which)
    worker.go()
    hold.wait()
    worker.kill()
    hold.release()
    run.refresh_from_db()
    assert run.status == RunStatus.DEPLOYING
    assert expire_dead() == 1
    return work_off(run)


@pytest.mark.parametrize("phase", PHASES)
def test_killed_while_it_changes_what_runs(chaos: Chaos, phase: str) -> None:
    workflow = chaos.draw(shop())
    assert chaos.deploy(workflow).status == RunStatus.SUCCEEDED
    before = len(chaos.proxy.writes)
    chaos.redraw(workflow, changed())
    run = killed_at(chaos, chaos.start(workflow), PHASES[phase])
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "Everything is running.")
    assert Work.objects.get(key=run.pk).attempt == 2
    chaos.wrote_only_what_was_planned(run, before)
    chaos.holds_exactly(released(run), Target.objects.get())
    assert {entry["name"] for entry in Target.objects.get().inventory} == {"web", "more"}
    assert dict(NodeStatus.objects.values_list("node_id", "state")) == {"web": "healthy", "more": "healthy"}


@pytest.mark.parametrize("phase", FIRST)
def test_killed_in_a_first_run(chaos: Chaos, phase: str) -> None:
    run = killed_at(chaos, chaos.start(chaos.draw(shop())), FIRST[phase])
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "Everything is running.")
    chaos.wrote_only_what_was_planned(run)
    chaos.holds_exactly(released(run), Target.objects.get())
    # The namespace is ours, whoever of the two made it.
    assert Target.objects.get().made_namespace


@pytest.mark.parametrize("phase", LAST)
def test_killed_while_it_takes_everything_away(chaos: Chaos, phase: str) -> None:
    chaos.deploy(chaos.draw(shop()))
    target = Target.objects.get()
    started = services.undeploy_target(target_id=target.pk, timeout_seconds=60, actor=chaos.actor)
    run = killed_at(chaos, started, LAST[phase])
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "Everything is removed.")
    assert chaos.live("Namespace", chaos.namespace) is None
    assert Target.objects.get().inventory == []
    assert not NodeStatus.objects.exists()


BACK: dict[str, dict[str, Any]] = {
    "fails": {"method": "GET", "path": r"/deployments$", "skip": 1},
    "goes back: plan": {"method": "PATCH", "path": r"/deployments/web$", "query": DRY_RUN, "skip": 1},
    "goes back: apply": {"method": "PATCH", "path": r"/deployments/web$", "query": NO_DRY_RUN, "skip": 1},
    "goes back: delete, answered": {"method": "DELETE", "path": r"/configmaps/more$", "at": "answer"},
}


@pytest.mark.parametrize("phase", BACK)
def test_killed_while_a_failed_run_is_taken_back(chaos: Chaos, phase: str) -> None:
    workflow = chaos.draw(shop())
    good = chaos.deploy(workflow)
    broken = shop(image="shop:does-not-exist")
    chaos.redraw(workflow, GraphInput([*broken.nodes, node("more", "configmap", data={"A": "b"})], broken.edges))
    # A real cluster may not know that an image can never be had: then time decides.
    run = chaos.start(workflow, on_failure="rollback", timeout_seconds=8)
    first, hold = chaos.start_worker(), chaos.proxy.hold(**BACK[phase])
    first.go()
    if phase != "fails":
        # The one that fails hands over to the run that takes it back: a worker carries out one of them.
        first.wait()
        first = chaos.start_worker()
        first.go()
    hold.wait()
    first.kill()
    hold.release()
    assert expire_dead() == 1
    run = work_off(run)
    assert run.status == RunStatus.ROLLED_BACK, run.message
    assert Run.objects.get(rolls_back=run).status == RunStatus.SUCCEEDED
    chaos.holds_exactly(released(good), Target.objects.get())


def test_killed_again_and_again(chaos: Chaos) -> None:
    """Each time a little later; the run costs no more than its steps."""
    run = chaos.start(chaos.draw(shop()))
    for path in ("/namespaces$", r"/secrets/sailcloth-", r"/configmaps/settings$", r"/deployments/web$"):
        worker = chaos.start_worker()
        hold = chaos.proxy.hold(method="POST|PATCH", path=path, query=NO_DRY_RUN, at="answer")
        worker.go()
        hold.wait()
        worker.kill()
        hold.release()
        assert expire_dead() == 1
    run = work_off(run)
    assert run.status == RunStatus.SUCCEEDED
    assert Work.objects.get(key=run.pk).attempt == 5
    chaos.wrote_only_what_was_planned(run)
    chaos.holds_exactly(released(run), Target.objects.get())
