"""An API server that is away, slow, overloaded, confused or torn off: the run waits and finishes, or fails within
its time and says why. All times are a tenth of those of life, those of our patience included."""

import itertools
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from clusters.kube.direct import DirectGateway
from clusters.kube.transport import Timeouts
from clusters.services import forget_all
from tests.integration.chaos.faults import Cut, Delay, Fault, HalfALine, broken, conflict, too_many
from tests.integration.chaos.proxy import Proxy
from tests.integration.chaos.support import Chaos, released
from tests.integration.chaos.test_killed import DRY_RUN, NO_DRY_RUN, changed
from tests.integration.runs.support import shop, work_off
from workflows.models import Run, RunStatus, Target

SCALE = 0.1
PATIENCE = 120 * SCALE
# For what is to be waited for in vain.
LITTLE_PATIENCE = PATIENCE / 3
ALWAYS = 10**9


@pytest.fixture(autouse=True)
def _scaled(chaos: Chaos, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the cluster was added, for that is not what is slow here."""
    usual = Timeouts()
    scaled = Timeouts(connect=usual.connect * SCALE, read=usual.read * SCALE, total=usual.total * SCALE)
    monkeypatch.setitem(DirectGateway.__init__.__kwdefaults__, "timeouts", scaled)
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", PATIENCE)
    monkeypatch.setattr("workflows.runs.places.PATIENCE", 8.0 * SCALE)
    monkeypatch.setattr("workflows.deploy.runner._PAUSES", tuple(each * SCALE for each in (0.5, 1.0, 2.0, 5.0, 10.0)))
    forget_all()


class Working(threading.Thread):
    """A worker beside the test."""

    def __init__(self, run: Run) -> None:
        super().__init__(daemon=True)
        self.run_ = run
        self.start()

    def run(self) -> None:
        try:
            work_off(self.run_)
        finally:
            connections.close_all()

    def ended(self) -> Run:
        self.join(60)
        assert not self.is_alive(), "the run does not end"
        self.run_.refresh_from_db()
        return self.run_


def started(chaos: Chaos) -> tuple[Run, int]:
    """A run that changes what runs already, and how many writes there were before it."""
    workflow = chaos.draw(shop())
    assert chaos.deploy(workflow).status == RunStatus.SUCCEEDED
    chaos.redraw(workflow, changed())
    return chaos.start(workflow), len(chaos.proxy.writes)


def is_well(chaos: Chaos, run: Run, before: int) -> None:
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, "Everything is running."), run.error
    chaos.proxy.calm()
    chaos.wrote_only_what_was_planned(run, before)
    chaos.holds_exactly(released(run), Target.objects.get())


MOMENTS: dict[str, dict[str, Any]] = {
    "plan": {"method": "PATCH", "path": r"/deployments/web$", "query": DRY_RUN},
    "apply": {"method": "PATCH", "path": r"/deployments/web$", "query": NO_DRY_RUN},
    "watch": {"method": "GET", "path": r"/deployments$"},
    "sweep": {"method": "GET", "path": r"/services$"},
    "delete": {"method": "DELETE", "path": r"/services/front$"},
    "close": {"method": "PATCH", "path": r"/secrets/sailcloth-", "skip": 1},
}


@pytest.mark.parametrize("at", ["request", "answer"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_away_for_twenty_seconds(chaos: Chaos, moment: str, at: str) -> None:
    run, before = started(chaos)
    hold = chaos.proxy.hold(**MOMENTS[moment], at=at)
    working = Working(run)
    hold.wait()
    with chaos.proxy.down():
        time.sleep(20 * SCALE)
    is_well(chaos, working.ended(), before)
    log = [line["message"] for line in run.journal["state"]["log"]]
    assert any(message.endswith("Trying again.") for message in log), log


@pytest.fixture
def little_patience(_scaled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", LITTLE_PATIENCE)


@pytest.mark.usefixtures("little_patience")
def test_away_for_longer_than_one_waits(chaos: Chaos) -> None:
    run, _ = started(chaos)
    hold = chaos.proxy.hold(**MOMENTS["apply"])
    working = Working(run)
    hold.wait()
    began = time.monotonic()
    with chaos.proxy.down():
        run = working.ended()
    assert LITTLE_PATIENCE * 0.9 < time.monotonic() - began < LITTLE_PATIENCE * 3
    assert (run.status, run.error) == (RunStatus.FAILED, "127.0.0.1 refuses connections on this port.") or (
        run.status == RunStatus.FAILED and "broke off the connection" in run.error
    )
    # The target is free again, and the next run finds what there is.
    again = chaos.deploy(run.workflow)
    assert again.status == RunStatus.SUCCEEDED
    chaos.holds_exactly(released(again), Target.objects.get())


def test_slow_by_ten_seconds(chaos: Chaos) -> None:
    """Each and every answer."""
    workflow = chaos.draw(shop())
    chaos.proxy.delay = 10 * SCALE / 2.5  # Two and a half times as fast again, for the sake of those who wait.
    run = chaos.deploy(workflow)
    is_well(chaos, run, 0)


def test_one_answer_that_does_not_come(chaos: Chaos) -> None:
    """The request is given up, and made again."""
    run, before = started(chaos)
    chaos.proxy.on(Delay(60 * SCALE), **MOMENTS["apply"])
    chaos.proxy.on(Delay(60 * SCALE), **MOMENTS["watch"])
    is_well(chaos, work_off(run), before)


FAULTS: dict[str, Callable[[], Fault]] = {
    "500": broken,
    "409": conflict,
    "429": lambda: too_many(0),
    "half a line": HalfALine,
    "half a line that ends": lambda: HalfALine(honest=True),
    "cut before": Cut,
    "cut after": lambda: Cut(after=True),
}
PLACES: dict[str, dict[str, Any]] = {
    "discovery": {"method": "GET", "path": r"/api(s|/v1|s/apps/v1)?$"},
    "reading": {"method": "GET", "path": r"/namespaces/"},
    "dry runs": {"method": "PATCH", "query": DRY_RUN},
    "writes": {"method": "POST|PATCH|DELETE", "query": NO_DRY_RUN},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_three_times_in_a_row(chaos: Chaos, fault: str, place: str) -> None:
    run, before = started(chaos)
    forget_all()  # So that it asks what the cluster serves.
    rule = chaos.proxy.on(FAULTS[fault](), **PLACES[place], times=3)
    run = work_off(run)
    assert rule.struck == 3
    is_well(chaos, run, before)


@pytest.mark.usefixtures("little_patience")
@pytest.mark.parametrize("fault", ["500", "409", "half a line", "cut after"])
def test_all_the_time(chaos: Chaos, fault: str) -> None:
    """Of one kind of object: the run fails within its time, says why, and leaves nothing of its own behind."""
    run, _ = started(chaos)
    chaos.proxy.on(FAULTS[fault](), method="PATCH", path=r"/configmaps/more$", query=NO_DRY_RUN, times=ALWAYS)
    began = time.monotonic()
    run = work_off(run)
    assert time.monotonic() - began < LITTLE_PATIENCE * 3
    assert run.status == RunStatus.FAILED
    expected = {"500": "etcdserver: request timed out", "409": "has been modified", "cut after": "broke off"}
    assert expected.get(fault, "broke off") in run.error
    chaos.proxy.calm()
    again = chaos.deploy(run.workflow)
    assert again.status == RunStatus.SUCCEEDED
    chaos.holds_exactly(released(again), Target.objects.get())


def test_it_asks_to_be_left_alone(chaos: Chaos) -> None:
    """429 with Retry-After: nothing at all is asked of it before that."""
    run, before = started(chaos)
    chaos.proxy.on(too_many(2), **MOMENTS["apply"])
    is_well(chaos, work_off(run), before)
    (refused,) = [request for request in chaos.proxy.requests if request.status == 429]
    following = next(request for request in chaos.proxy.requests if request.at > refused.at)
    assert following.at - refused.at >= 2


class Storm(Fault):
    """Each request meets one of many faults, or none; the same ones for the same seed."""

    def __init__(self, seed: int, proxy: Proxy) -> None:
        self._random = random.Random(seed)
        self._numbers = itertools.count()
        self._proxy = proxy

    def next(self) -> Fault:
        made = [*FAULTS.values(), lambda: Delay(0.3)]
        return self._random.choice(made)() if self._random.random() < 0.2 else Fault()


@pytest.mark.parametrize("seed", range(6))
def test_a_storm(chaos: Chaos, seed: int) -> None:
    run, before = started(chaos)
    storm = Storm(seed, chaos.proxy)
    chaos.proxy.weather = storm.next
    run = work_off(run)
    chaos.proxy.weather = Fault
    is_well(chaos, run, before)
