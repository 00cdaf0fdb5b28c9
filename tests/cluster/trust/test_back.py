"""Going back to what was, and stopping half way."""

from typing import Any

import pytest

from tests.cluster.trust.world import World, config, crd, deployment, edge, job, manifest, node
from workflows.deploy.journal import ItemState, Outcome, Phase, State

Json = dict[str, Any]


def test_back_to_a_release_as_it_was(world: World) -> None:
    """What was pruned since comes back, what came since goes, what was changed is as it was."""
    front = node("front", "service", ports=[{"port": 80}])
    first = world.content(
        [config("a", A="1"), config("gone", A="1"), deployment("web", ports=[{"port": 80}], replicas=0), front],
        [edge("front", "web")],
    )
    assert world.run(first).outcome is Outcome.SUCCEEDED
    before = world.there("Deployment", "web", "apps")["spec"]
    second = world.content(
        [config("a", A="2"), config("new"), deployment("web", replicas=0, env=[{"name": "X", "value": "y"}])]
    )
    assert world.run(second).outcome is Outcome.SUCCEEDED
    assert not world.is_there("ConfigMap", "gone")
    ended = world.run(first, "rollback")
    assert ended.outcome is Outcome.SUCCEEDED, ended.message
    assert ended.actions == {
        "ConfigMap a": "update",
        "ConfigMap gone": "create",
        "Service front": "create",
        "Deployment web": "update",
        "ConfigMap new": "delete",
    }
    assert world.there("ConfigMap", "a")["data"] == {"A": "1"}
    assert world.there("Deployment", "web", "apps")["spec"] == before
    assert not world.is_there("ConfigMap", "new")
    # To where it is already: nothing to do.
    assert set(world.run(first, "rollback").actions.values()) == {"unchanged"}


def test_back_after_a_run_that_failed_half_way(world: World) -> None:
    """The failed run had pruned nothing and applied some: all of it is taken back."""
    first = world.content([config("a", A="1"), config("kept"), deployment("web", replicas=0)])
    assert world.run(first).outcome is Outcome.SUCCEEDED
    broken = [
        config("a", A="2"),
        config("new"),
        job("migrate", "exit 1", backoff_limit=0),
        deployment("web", replicas=1),
    ]
    edges = [{"id": "e", "source": "web", "target": "migrate"}]
    ended = world.deploy(broken, edges)
    assert ended.outcome is Outcome.FAILED
    assert world.is_there("ConfigMap", "kept")
    assert world.is_there("ConfigMap", "new")
    ended = world.run(first, "rollback")
    assert ended.outcome is Outcome.SUCCEEDED, ended.message
    assert world.there("ConfigMap", "a")["data"] == {"A": "1"}
    assert world.there("Deployment", "web", "apps")["spec"]["replicas"] == 0
    assert not world.is_there("ConfigMap", "new")
    assert not world.is_there("Job", "migrate", "batch")
    assert sorted(key.name for key in world.known) == ["a", "kept", "web"]


def test_jobs_are_not_run_again_by_going_back(world: World) -> None:
    first = world.content([job("migrate", "exit 0"), config("a", A="1")])
    assert world.run(first).outcome is Outcome.SUCCEEDED
    second = world.content([job("migrate", "exit 0; true"), config("a", A="2")])
    assert world.run(second).outcome is Outcome.SUCCEEDED
    uid = world.there("Job", "migrate", "batch")["metadata"]["uid"]
    ended = world.run(first, "rollback")
    assert (ended.outcome, ended.actions["Job migrate"]) == (Outcome.SUCCEEDED, "keep")
    assert world.there("Job", "migrate", "batch")["metadata"]["uid"] == uid
    assert world.there("ConfigMap", "a")["data"] == {"A": "1"}


PHASES = [phase for phase in Phase if phase is not Phase.DONE]


@pytest.mark.parametrize("phase", PHASES)
def test_cancelled(world: World, phase: Phase) -> None:
    """In whatever phase: what is applied stays, nothing more is written, and the next run makes it whole."""
    side = f"{world.namespace}-s"
    never = {"readiness": {"exec": {"command": ["false"]}, "period_seconds": 1}}
    slow = deployment("slow", probes=never if phase is Phase.WAITING else None)
    if phase is not Phase.WAITING:
        slow = config("slow")
    world.must_deploy([config("old"), config("kept", A="1")])
    nodes = [node("space", "namespace", name=side), config("new"), config("kept", A="2"), slow]
    if phase is Phase.GATING:
        # A namespace is ready as soon as it is made, a kind is not.
        nodes.append(manifest("kind", crd(world, "things")))

    def reached(state: State) -> bool:
        return state.phase is phase

    ended = world.deploy(nodes, cancel_at=reached)
    assert phase in [stretch.name for stretch in ended.state.stretches]
    if phase is not Phase.CLOSING:  # After its one step the run is over.
        assert ended.outcome is Outcome.CANCELLED
        assert ended.message == "Cancelled. What was applied stays as it is."
    items = {item.name: item for item in ended.state.items}
    assert world.is_there("ConfigMap", "new") is (items["new"].state is ItemState.DONE)
    is_updated = items["kept"].state is ItemState.DONE
    assert world.there("ConfigMap", "kept")["data"] == {"A": "2" if is_updated else "1"}
    assert world.is_there("ConfigMap", "old") is not any(removal.is_done for removal in ended.state.stale)
    if PHASES.index(phase) < PHASES.index(Phase.CHECKING):
        assert not is_updated
    # What is there is known, so that the next run can finish or take it away.
    for key in [key for key in world.known if key.kind == "ConfigMap"]:
        assert world.is_there(key.kind, key.name)
    whole = [node("space", "namespace", name=side), config("new"), config("kept", A="2")]
    world.must_deploy(whole)
    assert not world.is_there("ConfigMap", "old")
    world.must_deploy([config("kept", A="2")])
    assert sorted(key.name for key in world.known) == ["kept"]
    assert not world.is_there("Namespace", side)


def test_cancelling_an_undeploy(world: World) -> None:
    world.must_deploy([config("a"), config("b")])
    ended = world.undeploy(cancel_at=lambda state: state.phase is Phase.SWEEPING)
    assert ended.outcome is Outcome.CANCELLED
    assert world.is_there("ConfigMap", "a")
    assert world.is_there("Secret", world.parent.name)
    assert world.undeploy().outcome is Outcome.SUCCEEDED
    assert world.live("Namespace", world.namespace) is None
