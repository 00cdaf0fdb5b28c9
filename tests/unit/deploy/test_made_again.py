"""What is gone before a run has ended is made again, on its ground; but not for ever."""

from tests.unit.deploy.harness import World, body, config, workload
from workflows.deploy.content import Content
from workflows.deploy.journal import Outcome, Phase, State
from workflows.deploy.record import record
from workflows.deploy.steps import next_steps


def begun(world: World, content: Content) -> State:
    """A run that has applied everything and waits."""
    state = world.start(content)
    executor = world.executor(content)
    while state.phase is not Phase.WAITING:
        for step in next_steps(state):
            state = record(state, step, world.carry_out(executor, step, state))
    return state


def test_a_cluster_that_forgot_everything() -> None:
    world = World()
    world.cluster.moods["web"] = "slow"
    content = world.content(config("settings", A="b"), workload("web"))
    state = begun(world, content)
    world.cluster.objects.clear()
    world.cluster.moods.clear()
    state = world.go_on(state, content)
    assert (state.outcome, state.message) == (Outcome.SUCCEEDED, "Everything is running.")
    assert world.cluster.names() == {"ConfigMap settings", "Deployment web"}
    assert world.cluster.find("Secret", world.parent.name) is not None
    assert state.made_namespace
    assert "is gone, and is made again." in " ".join(line.message for line in state.log)


def test_what_was_found_as_it_should_be_and_then_deleted() -> None:
    world = World("shop")
    world.deploy(config("settings", A="b"))
    world.cluster.moods["web"] = "slow"
    content = world.content(config("settings", A="b"), workload("web"))
    state = begun(world, content)
    del world.cluster.objects["", "ConfigMap", "shop", "settings"]
    world.cluster.moods.clear()
    assert world.go_on(state, content).outcome is Outcome.SUCCEEDED
    assert world.cluster.names() == {"ConfigMap settings", "Deployment web"}


def test_somebody_who_deletes_it_each_time() -> None:
    world = World("shop")
    world.cluster.moods["web"] = "slow"
    content = world.content(config("settings", A="b"), workload("web"))
    state = world.start(content, timeout_seconds=60)
    executor = world.executor(content)
    while steps := next_steps(state):
        for step in steps:
            state = record(state, step, world.carry_out(executor, step, state))
        world.cluster.objects.pop(("", "ConfigMap", "shop", "settings"), None)
    assert state.outcome is Outcome.FAILED
    assert "It is not in the cluster" in state.message
    assert 1 < world.cluster.writes.count("apply ConfigMap settings") < 6


def test_a_job_that_was_cleaned_up_does_not_run_twice() -> None:
    world = World("shop")
    world.cluster.moods["web"] = "slow"
    content = world.content(body("Job", "job", api="batch/v1", spec={"template": {}}), workload("web"))
    state = begun(world, content)
    before = world.cluster.writes.count("apply Job job")
    del world.cluster.objects["batch", "Job", "shop", "job"]
    executor = world.executor(content)
    for _ in range(5):
        for step in next_steps(state):
            state = record(state, step, world.carry_out(executor, step, state))
    assert world.cluster.writes.count("apply Job job") == before == 1
