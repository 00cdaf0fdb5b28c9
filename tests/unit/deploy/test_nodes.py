"""What the canvas shows of each node while a run goes on."""

import pytest

from plugins.sdk.objects import ObjectKey, Reference, Wait
from tests.unit.deploy.harness import World, config, reloaded, workload
from workflows.deploy.inventory import load
from workflows.deploy.journal import Outcome, State, wave_numbers
from workflows.deploy.journal import load as load_state
from workflows.deploy.nodes import REMOVED, Weight, forgotten_nodes, removed_nodes, shown_nodes
from workflows.deploy.others import belongs_to
from workflows.deploy.record import abort, cancel, record
from workflows.deploy.steps import StepKind, next_steps


def until(world: World, state: State, content: object, kind: StepKind) -> State:
    """The state in which the next step is of this kind."""
    executor = world.executor(content)  # type: ignore[arg-type]
    while next_steps(state)[0].kind is not kind:
        for step in next_steps(state):
            state = record(state, step, world.carry_out(executor, step, state))
    return state


def states(state: State) -> dict[str, str]:
    return {node_id: shown.view.state for node_id, shown in shown_nodes(state, next_steps(state)).items()}


def test_from_pending_to_healthy() -> None:
    world = World()
    content = world.content(config("a"), workload("web"))
    state = world.start(content)
    assert states(state) == {"a": "pending", "web": "pending"}
    assert {each.weight for each in shown_nodes(state).values()} == {Weight.ASSUMED}
    state = until(world, state, content, StepKind.APPLY)
    # Config maps come first, the workload has not begun.
    assert states(state) == {"a": "applying", "web": "pending"}
    state = world.go_on(state, content)
    assert states(state) == {"a": "healthy", "web": "healthy"}
    assert {each.weight for each in shown_nodes(state).values()} == {Weight.SEEN}


def test_what_waits_says_for_whom() -> None:
    world = World()
    world.cluster.moods["db"] = "slow"
    content = world.content(workload("web"), workload("db"), waits=[Wait("web", "db")])
    state = until(world, world.start(content), content, StepKind.OBSERVE)
    view = shown_nodes(state)["web"].view
    assert (view.state, view.message) == ("pending", "Waits for Deployment db.")
    state = cancel(state, world.clock())
    view = shown_nodes(state)["web"].view
    assert (view.state, view.message) == ("idle", "The run ended before this was applied.")


def test_a_refusal_is_shown_where_it_belongs() -> None:
    first = World()
    first.deploy(config("a", A="b"))
    second = World(target="other", cluster=first.cluster)
    state = second.deploy(config("a", A="c"), config("mine"))
    shown = shown_nodes(state)
    assert (shown["a"].view.state, shown["a"].view.message) == ("failed", belongs_to(first.parent.id))
    assert shown["mine"].view.state == "idle"


def test_references_have_a_state_too() -> None:
    world = World("shop")
    content = world.content(references=[Reference(ObjectKey("", "Secret", "shop", "token"), "token")])
    state = world.run(content)
    assert (state.outcome, states(state)) == (Outcome.FAILED, {"token": "failed"})
    world.cluster.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token", "namespace": "shop"}})
    assert states(world.run(content)) == {"token": "healthy"}


def test_what_is_removed() -> None:
    world = World()
    world.deploy(config("a"), config("b"))
    content = world.content(config("a"))
    before = dict(world.known)
    state = until(world, world.start(content), content, StepKind.DELETE)
    assert removed_nodes(state, before) == ({"b"}, set())
    state = world.go_on(state, content)
    assert removed_nodes(state, before) == (set(), {"b"})
    is_forgotten = forgotten_nodes(state, shown_nodes(state), world.known.values())
    assert [is_forgotten(node_id) for node_id in ("a", "b", "ghost")] == [False, True, True]
    assert REMOVED.state == "deleted"


def test_a_journal_survives_storage() -> None:
    world = World()
    state = world.deploy(config("a"), workload("web"))
    again = reloaded(state)
    assert again == state
    assert load_state(state.to_json()) == state
    assert load(each for each in []) == {}


def test_what_is_over_stays_over() -> None:
    world = World()
    state = world.deploy(config("a"))
    assert next_steps(state) == []
    assert cancel(state, 0.0) == state
    assert abort(state, 0.0, "no") == state


@pytest.mark.parametrize(
    ("pairs", "waves"),
    [
        ([], {}),
        ([("a", "b")], {"a": 2}),
        ([("a", "b"), ("b", "c")], {"a": 3, "b": 2}),
        ([("a", "b"), ("a", "c"), ("c", "b")], {"a": 3, "c": 2}),
    ],
)
def test_waves(pairs: list[tuple[str, str]], waves: dict[str, int]) -> None:
    assert wave_numbers(Wait(*pair) for pair in pairs) == waves


def test_waves_of_a_circle_end() -> None:
    assert wave_numbers([Wait("a", "b"), Wait("b", "a")])


def test_the_log_is_bounded_and_numbered() -> None:
    state = State("deploy", 0.0)
    for number in range(500):
        state.say(0.0, str(number))
    assert len(state.log) == 200
    assert (state.log[0].number, state.log[-1].number) == (301, 500)
