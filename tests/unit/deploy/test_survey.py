"""Many objects are looked at together, and what is as it was applied is not asked about; yet nothing is missed."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from clusters.kube.gateway import Refused
from tests.unit.deploy.harness import World, config, workload
from workflows.deploy.applyset import PART_OF_LABEL
from workflows.deploy.journal import Outcome

MANY = 20


@pytest.fixture
def world() -> World:
    return World("shop")


def configs(value: str = "b") -> list[Any]:
    return [config(f"settings-{number}", A=value) for number in range(MANY)]


def count(world: World) -> Counter[str]:
    """Counts the requests of each kind from now on."""
    counted: Counter[str] = Counter()

    def counting(verb: str) -> Any:
        real = getattr(world.cluster, verb)

        def call(*args: Any, **more: Any) -> Any:
            counted["dry run" if more.get("dry_run") else verb] += 1
            return real(*args, **more)

        return call

    for verb in ("get", "list", "apply"):
        setattr(world.cluster, verb, counting(verb))
    return counted


def actions(document: Any) -> Counter[str]:
    return Counter(row["action"] for row in document["objects"])


def test_a_first_run_reads_no_object_by_itself(world: World) -> None:
    counted = count(world)
    assert world.deploy(*configs()).outcome is Outcome.SUCCEEDED
    assert counted["dry run"] == MANY
    assert counted["apply"] <= MANY + 2
    assert counted["get"] < MANY / 2


def test_what_is_as_it_was_applied_is_not_asked_about(world: World) -> None:
    world.deploy(*configs())
    counted = count(world)
    assert actions(world.plan(*configs())) == {"unchanged": MANY}
    assert counted["dry run"] == 0
    assert counted["list"] == 1
    state = world.deploy(*configs())
    assert (state.outcome, counted["dry run"]) == (Outcome.SUCCEEDED, 0)


def test_what_changed_in_the_graph_is(world: World) -> None:
    world.deploy(*configs())
    counted = count(world)
    changed = [*configs()[:-1], config(f"settings-{MANY - 1}", A="c")]
    assert actions(world.plan(*changed)) == {"unchanged": MANY - 1, "update": 1}
    assert counted["dry run"] == 1


def test_what_somebody_changed_is(world: World) -> None:
    world.deploy(*configs())
    live = world.cluster.find("ConfigMap", "settings-3")
    assert live is not None
    live["data"]["A"] = "theirs"
    document = world.plan(*configs())
    assert actions(document) == {"unchanged": MANY - 1, "update": 1}


def test_what_somebody_changed_and_changed_back_is_asked_about(world: World) -> None:
    """Who owns the field may be another one by now."""
    world.deploy(*configs())
    live = world.cluster.find("ConfigMap", "settings-3")
    assert live is not None
    entry = {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:data": {"f:A": {}}}}
    live["metadata"]["managedFields"].append(entry)
    counted = count(world)
    world.plan(*configs())
    assert counted["dry run"] == 1


def test_what_was_made_anew_by_somebody_is_asked_about(world: World) -> None:
    world.deploy(*configs())
    live = world.cluster.find("ConfigMap", "settings-3")
    assert live is not None
    live["metadata"]["uid"] = "another"
    counted = count(world)
    world.plan(*configs())
    assert counted["dry run"] == 1


def test_a_controller_that_writes_its_status_is_no_reason_to_ask(world: World) -> None:
    bodies = [workload(f"web-{number}") for number in range(3)]
    world.deploy(*bodies)
    for number in range(3):
        live = world.cluster.find("Deployment", f"web-{number}")
        assert live is not None
        live["metadata"]["managedFields"] += [
            {"manager": "kube-controller-manager", "operation": "Update", "fieldsV1": {"f:metadata": {}}},
            {"manager": "some-operator", "operation": "Update", "fieldsV1": {"f:status": {}}},
        ]
    counted = count(world)
    assert actions(world.plan(*bodies)) == {"unchanged": 3}
    assert counted["dry run"] == 0


def test_what_is_there_without_being_ours(world: World) -> None:
    """One is another set's, one nobody's: neither is in the list of our own, and both are found."""
    theirs = config("settings-1", A="theirs")
    theirs["metadata"]["labels"][PART_OF_LABEL] = "applyset-of-somebody"
    world.cluster.put(theirs)
    world.cluster.put(config("settings-2", A="b", MORE="nobody's"))
    document = world.plan(*configs())
    assert actions(document) == {"create": MANY - 2, "refused": 1, "update": 1}
    assert next(row for row in document["objects"] if row["action"] == "refused")["name"] == "settings-1"
    (changed,) = [row for row in document["objects"] if row["action"] == "update"]
    assert (changed["name"], [each["path"] for each in changed["diff"]]) == (
        "settings-2",
        [f"metadata.labels.{PART_OF_LABEL}"],
    )


def test_an_identity_that_may_not_list(world: World) -> None:
    world.deploy(*configs())

    async def refuse(*args: Any, **more: Any) -> Any:
        raise Refused("configmaps is forbidden: cannot list", reason="Forbidden", status=403)

    world.cluster.list = refuse  # type: ignore[method-assign]
    assert actions(world.plan(*configs())) == {"unchanged": MANY}


def test_what_was_checked_long_ago_is_read_again_before_it_is_applied(world: World) -> None:
    """Somebody else took the name in between: it stays theirs."""
    content = world.content(*configs())
    executor = world.executor(content)
    state = world.start(content)
    from workflows.deploy.journal import Phase
    from workflows.deploy.record import record
    from workflows.deploy.steps import next_steps

    while state.phase is not Phase.APPLYING:
        for step in next_steps(state):
            state = record(state, step, asyncio.run(executor.execute(step, state)))
    theirs = config("settings-1", A="theirs")
    theirs["metadata"]["labels"][PART_OF_LABEL] = "applyset-of-somebody"
    world.cluster.put(theirs)
    world.clock.now += 60
    state = world.go_on(state, content)
    assert state.outcome is Outcome.FAILED
    assert "settings-1: It belongs to" in state.message
    live = world.cluster.find("ConfigMap", "settings-1")
    assert live is not None and live["data"] == {"A": "theirs"}
