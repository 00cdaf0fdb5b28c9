"""A worker process stands still, as in a machine that swaps, and wakes up when another one has finished its run:
from then on it writes nothing."""

import time
from typing import Any

import pytest

from tests.integration.chaos.support import Chaos, expire, released
from tests.integration.chaos.test_killed import DRY_RUN, NO_DRY_RUN, changed
from tests.integration.runs.support import shop, work_off
from workflows.models import NodeStatus, RunStatus, Target

# After each of these it would write something next.
MOMENTS: dict[str, dict[str, Any]] = {
    "plan": {"method": "PATCH", "path": r"/configmaps/more$", "query": DRY_RUN, "at": "answer"},
    "parent": {"method": "GET", "path": r"/secrets/sailcloth-"},
    "parent, answered": {"method": "PATCH", "path": r"/secrets/sailcloth-", "at": "answer"},
    "first of many": {"method": "PATCH", "path": r"/configmaps/more$", "query": NO_DRY_RUN, "at": "answer"},
    "apply, answered": {"method": "PATCH", "path": r"/deployments/web$", "query": NO_DRY_RUN, "at": "answer"},
    "watch": {"method": "GET", "path": r"/deployments$", "at": "answer"},
    "sweep": {"method": "GET", "path": r"/services$", "at": "answer"},
    "delete, answered": {"method": "DELETE", "path": r"/services/front$", "at": "answer"},
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_it_writes_nothing_more(chaos: Chaos, moment: str) -> None:
    workflow = chaos.draw(shop())
    assert chaos.deploy(workflow).status == RunStatus.SUCCEEDED
    chaos.redraw(workflow, changed())
    run = chaos.start(workflow)
    worker = chaos.start_worker()
    hold = chaos.proxy.hold(**MOMENTS[moment])
    worker.go()
    hold.wait()
    worker.stall()
    expire()
    run = work_off(run)
    assert run.status == RunStatus.SUCCEEDED
    before = len(chaos.proxy.writes)
    saved = state_of(run.target_id)

    hold.release()
    worker.wake()
    worker.wait()

    assert [str(request) for request in chaos.proxy.writes[before:]] == []
    run.refresh_from_db()
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "Everything is running.")
    assert state_of(run.target_id) == saved
    chaos.holds_exactly(released(run), Target.objects.get())


def test_it_stands_still_for_a_moment_only(chaos: Chaos) -> None:
    """Nobody took over in the meantime, so it goes on as if nothing had been."""
    run = chaos.start(chaos.draw(shop()))
    worker = chaos.start_worker()
    hold = chaos.proxy.hold(method="GET", path=r"/deployments/web$", at="answer")
    worker.go()
    hold.wait()
    worker.stall()
    expire()
    time.sleep(0.2)
    worker.wake()
    hold.release()
    worker.wait()
    run.refresh_from_db()
    if run.status != RunStatus.SUCCEEDED:
        # Its lease had run out, so it may as well have stopped; then the next one finishes.
        run = work_off(run)
    assert run.status == RunStatus.SUCCEEDED
    chaos.wrote_only_what_was_planned(run)
    chaos.holds_exactly(released(run), Target.objects.get())


def state_of(target_id: str) -> Any:
    target = Target.objects.get(pk=target_id)
    nodes = NodeStatus.objects.filter(target=target).order_by("node_id").values("node_id", "state", "message")
    return target.inventory, target.current_release_id, list(nodes)
