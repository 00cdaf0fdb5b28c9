"""The driver of a run that dies at each of its saves, with the steps beside it carried out all the same."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.deploy.harness import World, body, config, reloaded
from workflows.deploy.content import Content
from workflows.deploy.journal import Outcome, State
from workflows.deploy.runner import drive
from workflows.deploy.steps import Step

JOB = body("Job", "migrate", api="batch/v1", spec={"template": {"spec": {"containers": [{"name": "main"}]}}})


class Crash(Exception):
    """The worker dies."""


class FakeLedger:
    """Keeps what was saved last; dies at save number `dies_at`, before anything is kept."""

    def __init__(self, dies_at: int = 0) -> None:
        self.dies_at = dies_at
        self.saves = 0
        self.kept: State | None = None

    def save(self, state: State, *, upcoming: Sequence[Step], document: Any) -> None:
        self.saves += 1
        if self.saves == self.dies_at:
            raise Crash
        self.kept = reloaded(state)

    def is_cancelled(self) -> bool:
        return False


def drive_in(world: World, state: State, content: Content, ledger: FakeLedger) -> State:
    return drive(state, world.executor(content), ledger, call=asyncio.run, pause=lambda seconds: None)


def run_that_dies(dies_at: int) -> tuple[World, int]:
    """A second run of a job that runs with every run; (the world, saves that were tried before the death)."""
    world = World()
    policies = {"migrate": {"run": "every_run"}}
    world.run(world.content(config("settings"), JOB, policies=policies))
    # A namespace more makes a first stage, after which the second is checked again.
    more = body("Namespace", "extra", namespace="")
    content = world.content(more, config("settings"), JOB, policies=policies)
    world.cluster.writes.clear()
    ledger = FakeLedger(dies_at)
    state = world.start(content)
    try:
        ended = drive_in(world, state, content, ledger)
    except Crash:
        ended = drive_in(world, ledger.kept or state, content, FakeLedger())
    assert ended.outcome is Outcome.SUCCEEDED, ended.message
    return world, ledger.saves


_SAVES = run_that_dies(0)[1]


def test_it_saves_more_than_once() -> None:
    assert _SAVES >= 4


@pytest.mark.parametrize("dies_at", range(1, _SAVES + 1))
def test_a_job_runs_once_whenever_the_worker_dies(dies_at: int) -> None:
    world, _ = run_that_dies(dies_at)
    assert world.cluster.writes.count("delete Job migrate") == 1, world.cluster.writes


def first_run_that_dies(dies_at: int) -> tuple[World, int]:
    """A first run: the namespace is new, so what is made is decided by a second check, right before it is made."""
    world = World()
    content = world.content(JOB, policies={"migrate": {"run": "every_run"}})
    ledger = FakeLedger(dies_at)
    state = world.start(content)
    try:
        ended = drive_in(world, state, content, ledger)
    except Crash:
        ended = drive_in(world, ledger.kept or state, content, FakeLedger())
    assert ended.outcome is Outcome.SUCCEEDED, ended.message
    return world, ledger.saves


@pytest.mark.parametrize("dies_at", range(1, first_run_that_dies(0)[1] + 1))
def test_a_new_job_is_not_run_again_by_the_run_that_made_it(dies_at: int) -> None:
    world, _ = first_run_that_dies(dies_at)
    assert world.cluster.writes.count("delete Job migrate") == 0, world.cluster.writes
