"""What must happen now and then: nothing is lost with a wake-up, what is over is forgotten, and one failing chore
keeps nothing else from being done."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import jobs
from core.api.idempotency_models import IdempotencyKey
from core.principal import system_principal
from core.work import registry
from core.work import services as work
from core.work.models import Work
from realtime.models import Event, StreamTicket
from realtime.services import publish
from realtime.tickets import create_ticket
from workflows.runs.watching.sweep import CHORES, Chore, Sweep

KIND = "tests.swept"


@pytest.fixture
def kind():
    registry.register(KIND, lambda lease: None, "run")
    yield KIND
    registry.unregister(KIND)


@pytest.fixture
def woken(monkeypatch):
    """What workers are woken for."""
    found = []
    monkeypatch.setattr(jobs, "_sender", lambda name, args: found.append((name, *args)))
    return found


@pytest.mark.django_db(transaction=True)
def test_work_whose_wake_up_was_lost_is_found(kind, woken):
    with transaction.atomic():
        row = work.enqueue(kind=kind, key="one", payload={}, workspace="")
    woken.clear()
    Sweep().round()
    assert (work.RUN_JOB, row.pk) in woken


@pytest.mark.django_db(transaction=True)
def test_work_of_a_worker_that_died_is_found(kind, woken):
    with transaction.atomic():
        row = work.enqueue(kind=kind, key="one", payload={}, workspace="")
    assert work.claim(kinds=[kind], worker="dead", lease_seconds=0.01)
    woken.clear()
    time.sleep(0.05)
    Sweep().round()
    assert (work.RUN_JOB, row.pk) in woken


@pytest.mark.django_db(transaction=True)
def test_what_is_over_is_forgotten_and_what_is_new_stays(woken):
    long_ago = timezone.now() - timedelta(days=100)
    with transaction.atomic():
        for subject in ("old", "new"):
            publish(stream="s", type="thing.changed", workspace="", subject=subject, payload={})
            work.enqueue(kind=KIND, key=subject, payload={}, workspace="")
            create_ticket(path="/things", actor=system_principal("tests"))
            IdempotencyKey.objects.create(
                actor_id=subject, route="POST /x", key="k", request_hash="", created_at=timezone.now()
            )
    Event.objects.filter(subject="old").update(created_at=long_ago)
    Work.objects.filter(key="old").update(state="done", updated_at=long_ago)
    StreamTicket.objects.filter(pk=StreamTicket.objects.first().pk).update(expires_at=long_ago)
    IdempotencyKey.objects.filter(actor_id="old").update(created_at=long_ago)
    Sweep().round()
    assert [event.subject for event in Event.objects.all()] == ["new"]
    assert [row.key for row in Work.objects.filter(kind=KIND)] == ["new"]
    assert StreamTicket.objects.count() == 1
    assert [row.actor_id for row in IdempotencyKey.objects.all()] == ["new"]


def test_a_chore_that_fails_keeps_no_other_from_being_done():
    done = []

    def fail():
        done.append("failed")
        raise RuntimeError("no")

    sweep = Sweep([Chore("bad", 3600, fail), Chore("good", 0, lambda: done.append("good") or 1)])
    sweep.round()
    sweep.round()
    assert done == ["failed", "good", "good"]


def test_every_chore_has_a_name_of_its_own():
    assert len({chore.name for chore in CHORES}) == len(CHORES)
    assert all(chore.every >= 5 for chore in CHORES)
