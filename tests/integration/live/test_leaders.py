"""Many watchers, one leader for each cluster, and a takeover when it dies."""

import time

import pytest

from clusters.live.leases import KIND, Leases, worker_name
from clusters.live.timing import Timing
from core.work import services
from core.work.holders import is_dead
from core.work.models import Work
from core.work.types import LeaseLost
from realtime.models import Event
from tests.integration.live.support import FAST, PATIENCE, deployment, watching
from workflows.runs.events import NODE_CHANGED, stream_of
from workflows.runs.watching.showing import show
from workflows.runs.watching.targets import TargetBook


def events_of(ground):
    return list(
        Event.objects.filter(stream_id=stream_of(ground.workflow.pk), type=NODE_CHANGED)
        .order_by("cursor")
        .values_list("payload__data__state", flat=True)
    )


def until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def test_two_watchers_have_one_leader_and_the_other_takes_over(ground, gateways):
    ground.apply(deployment("web"))
    with watching(gateways, name="second") as second:
        with watching(gateways, name="first") as first:
            ground.wait("web", "healthy")
            time.sleep(FAST.tick * 3)
            leaders = [watcher for watcher in (first, second) if watcher.led]
            assert len(leaders) == 1
            work = Work.objects.get(kind=KIND, key=ground.cluster.pk)
            assert work.claimed_by in ("first", "second")
            # Both saw it; one told.
            assert events_of(ground).count("healthy") == 1
        until(lambda: second.led == {ground.cluster.pk})
        ground.apply(deployment("web", image="busybox:missing"))
        ground.wait("web", "failed")


def test_a_leader_that_dies_is_replaced_when_its_lease_ends(ground, gateways):
    ground.apply(deployment("web"))
    with watching(gateways, name="dying") as dying:
        ground.wait("web", "healthy")
        with watching(gateways, name="heir") as heir:
            died_at = time.monotonic()
            # As if the process had been killed: nothing is renewed, nothing is handed back.
            dying._live._task.cancel()
            ground.apply(deployment("web", image="busybox:missing"))
            until(lambda: heir.led == {ground.cluster.pk})
            assert time.monotonic() - died_at < FAST.lease + 3 * FAST.tick + 1
            ground.wait("web", "failed")
            old = dying._live._leases.held[ground.cluster.pk]
            with pytest.raises(LeaseLost):
                show(lease=old, seen=_read(ground), views={}, completed=frozenset())


def test_a_failover_takes_less_than_35_seconds():
    timing = Timing()
    assert timing.lease + timing.tick < 35
    assert timing.tick * 3 < timing.lease, "one late renewal loses no lease"


def test_leases_are_let_go_when_nobody_wants_the_cluster(transactional_db):
    leases = Leases(worker="one", seconds=10, tick=0)
    other = Leases(worker="two", seconds=10, tick=0)
    assert set(leases.update(["a", "b"])) == {"a", "b"}
    assert set(other.update(["a", "b"])) == set()
    assert set(leases.update(["b"])) == {"b"}
    assert set(other.update(["a", "b"])) == {"a"}
    leases.release()
    assert set(other.update(["a", "b"])) == {"a", "b"}
    assert Work.objects.filter(kind=KIND, state="leased").count() == 2


def test_a_process_that_is_gone_for_certain_is_not_waited_for(transactional_db):
    """As after a crash of an installation of one process: the next one leads at once."""
    gone = 2**31 - 1  # No process ever has it; the number of one that ended may be another's by now.
    host, space, _, rest = worker_name().split(":")
    dead = f"{host}:{space}:{gone}:{rest}"
    assert is_dead(dead)
    assert not is_dead(worker_name())
    assert not is_dead(f"elsewhere:{space}:{gone}:{rest}")
    assert not is_dead(f"{host}:1:{gone}:{rest}")
    assert not is_dead("")
    first = Leases(worker=dead, seconds=3600, tick=0).update(["a"])["a"]
    lease = Leases(worker="next", seconds=10, tick=0).update(["a"])["a"]
    with pytest.raises(LeaseLost):
        services.check(first)
    services.check(lease)


def test_what_was_seen_of_something_else_is_not_written(ground, gateways):
    """Between looking and writing a run may have taken a node away; it must not come back."""
    ground.apply(deployment("web"))
    leases = Leases(worker="one", seconds=10, tick=0)
    lease = leases.update([ground.cluster.pk])[ground.cluster.pk]
    seen = _read(ground)
    ground.forget()
    from workflows.deploy.sight import NodeView

    assert not show(lease=lease, seen=seen, views={"web": NodeView("healthy", "healthy")}, completed=frozenset())
    assert ground.node("web") is None


def _read(ground):
    book = TargetBook()
    book()
    return book.of_cluster(ground.cluster.pk)[0]
