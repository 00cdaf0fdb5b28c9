"""Leases under many workers at once: one holder per fence, and no write of a worker that stalled."""

import random
import threading
import time
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.work import keeper, registry, runner, selectors, services
from core.work.models import FINISHED, TRANSITIONS, Work, WorkState
from core.work.types import LeaseLost
from realtime.selectors import read
from realtime.services import publish

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "test.kind"
WORKERS = 8


def enqueue(key="k", **more):
    return services.enqueue(kind=KIND, key=key, payload={"of": key}, workspace="w", **more)


def claim(worker="one", seconds=60.0, **more):
    return services.claim(kinds=[KIND], worker=worker, lease_seconds=seconds, **more)


def expire(lease):
    """As if the worker had been silent for long enough; no test waits for a clock."""
    assert Work.objects.filter(pk=lease.work_id).update(lease_until=Now() - timedelta(seconds=1))


@pytest.fixture
def kind():
    """Register a handler for the time of a test."""

    def register(handler, **more):
        registry.register(KIND, handler, "test.permission", **more)

    yield register
    registry.unregister(KIND)


def test_each_piece_goes_to_one_worker(in_threads):
    for number in range(60):
        enqueue(f"k{number}")
    taken = defaultdict(list)

    def work(worker):
        while (lease := claim(worker)) is not None:
            taken[worker].append(lease)

    in_threads([lambda n=n: work(f"worker {n}") for n in range(WORKERS)])
    leases = [lease for mine in taken.values() for lease in mine]
    assert len(leases) == len({lease.work_id for lease in leases}) == 60
    assert {(lease.fence, lease.attempt) for lease in leases} == {(1, 1)}
    assert set(Work.objects.values_list("state", flat=True)) == {WorkState.LEASED}


def test_one_piece_wanted_by_all(in_threads):
    work = enqueue()
    holders = []
    gate = threading.Barrier(WORKERS)

    def grab(worker):
        for _ in range(10):
            gate.wait(60)
            lease = claim(worker, work_id=work.pk)
            if lease is not None:
                holders.append(lease)
            gate.wait(60)
            if lease is not None:
                expire(lease)

    in_threads([lambda n=n: grab(f"worker {n}") for n in range(WORKERS)])
    fences = [lease.fence for lease in holders]
    assert fences == list(range(1, 11)), "two held the same fence, or a round had no taker"


def test_stalled_workers_never_write_after_a_takeover(in_threads):
    """Leases of 30 ms, workers that stall for longer than that at random: in the order of commits, the fences
    of one subject never go back, and everything gets done in the end."""
    keys = [f"k{number}" for number in range(6)]
    for key in keys:
        enqueue(key, max_attempts=10_000)
    refused = []

    def work(number):
        dice = random.Random(number)
        while Work.objects.filter(state__in=[WorkState.QUEUED, WorkState.LEASED]).exists():
            lease = claim(f"worker {number}", seconds=0.03)
            if lease is None:
                time.sleep(0.005)
                continue
            try:
                for step in range(3):
                    if dice.random() < 0.3:
                        time.sleep(0.06)
                    services.renew(lease) if dice.random() < 0.5 else services.check(lease)
                    with services.fenced(lease):
                        payload = {"fence": lease.fence, "step": step}
                        publish(stream=lease.key, type="step.taken", workspace="", subject="", payload=payload)
                services.finish(lease)
            except LeaseLost:
                refused.append(lease.fence)

    in_threads([lambda n=n: work(n) for n in range(WORKERS)])
    assert set(Work.objects.values_list("state", flat=True)) == {WorkState.DONE}
    for key in keys:
        events = read(stream=key, after=0, limit=10_000)
        fences = [event.payload["fence"] for event in events]
        assert fences == sorted(fences), "a worker wrote after another had taken over and written"
        last = [event.payload["step"] for event in events if event.payload["fence"] == fences[-1]]
        assert last == [0, 1, 2]
    assert refused, "the test never made a worker lose its lease"


def test_takeover_refuses_the_first_holder_everything():
    enqueue()
    stalled = claim("stalled")
    assert claim("other") is None
    expire(stalled)
    with pytest.raises(LeaseLost):
        services.check(stalled)
    assert [found.key for found in selectors.expired([KIND])] == ["k"]
    other = claim("other")
    assert (other.fence, other.attempt, other.payload) == (2, 2, {"of": "k"})
    services.check(other)
    for refused in (
        lambda: services.check(stalled),
        lambda: services.renew(stalled),
        lambda: services.finish(stalled),
        lambda: services.fail(stalled, "late"),
        lambda: services.release(stalled, None),
    ):
        with pytest.raises(LeaseLost):
            refused()
    with pytest.raises(LeaseLost), services.fenced(stalled):
        publish(stream="s", type="a.b", workspace="", subject="", payload={})
    assert read(stream="s", after=0) == []
    work = Work.objects.get()
    assert (work.state, work.claimed_by, work.fence) == (WorkState.LEASED, "other", 2)


def test_nobody_takes_over_inside_a_fenced_block(in_threads):
    enqueue()
    lease = claim("slow", seconds=0.5)
    inside = threading.Event()
    order = []

    def slow():
        with services.fenced(lease):
            inside.set()
            time.sleep(1.0)
            publish(stream="s", type="a.b", workspace="", subject="", payload={"fence": 1})
            order.append("written")

    def other():
        inside.wait(30)
        deadline = time.monotonic() + 60
        while (taken := claim("other")) is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        order.append("taken over")
        assert taken.fence == 2

    in_threads([slow, other])
    assert order == ["written", "taken over"]


def test_renewal_keeps_others_away_also_when_late():
    enqueue()
    lease = claim(seconds=60)
    expire(lease)
    services.renew(lease)
    services.check(lease, spare_seconds=50)
    with pytest.raises(LeaseLost):
        services.check(lease, spare_seconds=70)
    assert claim("other") is None


def test_enqueue_is_idempotent_until_it_is_over(in_threads):
    made = []
    in_threads([lambda: made.append(enqueue().pk) for _ in range(WORKERS)])
    assert len(set(made)) == 1
    services.finish(claim())
    assert enqueue().pk not in made
    assert Work.objects.count() == 2


def test_enqueue_brings_waiting_work_forward():
    enqueue(not_before=timezone.now() + timedelta(hours=1))
    assert claim() is None
    enqueue(not_before=timezone.now() + timedelta(hours=2))
    assert claim() is None
    enqueue()
    assert claim() is not None


def test_asked_again_under_way_runs_once_more():
    first = enqueue()
    lease = claim()
    assert enqueue().pk == first.pk
    services.finish(lease)
    again = claim()
    assert (again.work_id, again.attempt, again.fence) == (first.pk, 1, 2)
    services.finish(again)
    assert claim() is None
    assert Work.objects.get().state == WorkState.DONE


def test_release_comes_back_later_and_forgets_attempts():
    enqueue()
    for _ in range(10):
        lease = claim()
        assert lease.attempt == 1
        services.release(lease, timezone.now() - timedelta(seconds=1))
    services.release(claim(), timezone.now() + timedelta(hours=1))
    assert claim() is None
    enqueue()  # Whoever wants it now, gets it now.
    lease = claim()
    enqueue()
    services.release(lease, timezone.now() + timedelta(hours=1))
    assert claim() is not None


def test_failures_are_tried_again_until_attempts_are_used_up():
    enqueue(max_attempts=2)
    assert services.fail(claim(), "first", retry_in=0) is True
    assert services.fail(claim(), "second\x00", retry_in=0) is False
    work = Work.objects.get()
    assert (work.state, work.error, work.attempt, work.claimed_by) == (WorkState.FAILED, "second", 2, "")


def test_a_pause_before_the_next_attempt():
    enqueue()
    services.fail(claim(), "no", retry_in=3600)
    assert claim() is None


def test_cancel_takes_the_lease_away():
    enqueue("queued")
    enqueue("leased")
    lease = claim(work_id=Work.objects.get(key="leased").pk)
    assert services.cancel(kind=KIND, key="queued")
    assert services.cancel(kind=KIND, key="leased")
    assert not services.cancel(kind=KIND, key="leased")
    with pytest.raises(LeaseLost):
        services.check(lease)
    with pytest.raises(LeaseLost):
        services.finish(lease)
    assert set(Work.objects.values_list("state", flat=True)) == {WorkState.CANCELLED}


def test_states_know_where_they_may_go():
    assert set(TRANSITIONS) == set(WorkState)
    assert all(not TRANSITIONS[state] for state in FINISHED)


def test_a_claim_is_durable():
    enqueue()
    with transaction.atomic(), pytest.raises(RuntimeError):
        claim()


def test_run_one_carries_out_and_finishes(kind):
    calls = []
    kind(calls.append)
    work = enqueue()
    assert runner.run_one(work.pk) is True
    assert runner.run_one(work.pk) is False
    assert [lease.key for lease in calls] == ["k"]
    assert Work.objects.get().state == WorkState.DONE


def test_run_one_respects_what_the_handler_settled(kind):
    kind(lambda lease: services.release(lease, timezone.now() + timedelta(hours=1)))
    runner.run_one(enqueue().pk)
    assert Work.objects.get().state == WorkState.QUEUED


def test_run_one_tries_again_then_gives_up(kind):
    told = []

    def broken(lease):
        raise ValueError("no luck")

    kind(broken, retry_in=0, give_up=lambda lease, error: told.append((lease.attempt, error)))
    work = enqueue(max_attempts=3)
    assert [runner.run_one(work.pk) for _ in range(4)] == [True, True, True, False]
    assert told == [(3, "ValueError: no luck")]
    assert Work.objects.get().state == WorkState.FAILED


def test_work_that_kills_its_workers_is_given_up(kind):
    told = []
    kind(lambda lease: pytest.fail("it must not run again"), give_up=lambda lease, error: told.append(error))
    work = enqueue(max_attempts=2)
    for _ in range(2):
        expire(claim())
    runner.run_one(work.pk)
    assert len(told) == 1
    assert Work.objects.get().state == WorkState.FAILED


def test_the_keeper_renews_while_the_handler_is_busy(kind):
    kept = []

    def busy(lease):
        time.sleep(1.2)  # Four times the lease.
        services.check(lease)
        kept.append(claim("other"))

    kind(busy, lease_seconds=0.3)
    # A machine that freezes for 0.3 s may lose the lease once; that is what attempts are for.
    work = enqueue(max_attempts=50)
    for _ in range(20):
        runner.run_one(work.pk)
        if kept:
            break
    assert kept == [None]


def test_the_keeper_notices_a_takeover():
    enqueue()
    lease = claim(seconds=0.3)
    with keeper.LeaseKeeper(lease) as kept:
        Work.objects.update(fence=99)
        assert kept.lost.wait(60)


def test_the_sweep_wakes_what_waits(monkeypatch):
    woken = []
    monkeypatch.setattr("core.jobs._sender", lambda name, args: woken.append((name, *args)))
    first = enqueue("first")
    assert woken == [("core.run_work", first.pk)]
    enqueue("later", not_before=timezone.now() + timedelta(hours=1))
    expire(claim())
    assert services.wake_claimable(kinds=[KIND]) == 1
    assert woken[1:] == [("core.run_work", first.pk)]
    assert [found.key for found in selectors.claimable([KIND])] == ["first"]
    assert selectors.count_by_kind_and_state() == {(KIND, "leased"): 1, (KIND, "queued"): 1}


def test_kinds_declare_their_permission(kind):
    with pytest.raises(ValueError, match="permission"):
        registry.register("test.other", print, "")
    kind(print)
    with pytest.raises(ValueError, match="already"):
        kind(repr)


def test_prune_forgets_only_what_is_over():
    enqueue("done")
    services.finish(claim())
    enqueue("waiting")
    Work.objects.update(updated_at=Now() - timedelta(days=40))
    assert services.prune(older_than=timedelta(days=30)) == 1
    assert Work.objects.get().key == "waiting"
