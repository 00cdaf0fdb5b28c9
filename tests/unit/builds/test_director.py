"""What a build does next, and which states follow which."""

import pytest

from builds import director
from builds.director import Journal, Step, next_step
from builds.states import FINISHED, TRANSITIONS, UNFINISHED, BuildStatus, sources_of


def test_the_usual_way() -> None:
    journal = director.taken_over(Journal(), worker="one")
    seen = []
    changes = {
        Step.FETCH: director.fetched,
        Step.PREPARE: director.prepared,
        Step.BUILD: lambda journal: director.built(journal, "sha256:1"),
        Step.PUSH: lambda journal: director.pushed(journal, "sha256:2"),
    }
    while (step := next_step(journal)) is not Step.FINISH:
        seen.append(step)
        journal = changes[step](journal)
    assert seen == [Step.FETCH, Step.PREPARE, Step.BUILD, Step.PUSH]
    assert Journal.read(journal.stored()) == journal
    assert Journal.read({**journal.stored(), "of a newer version": 1}) == journal


def test_an_engine_that_pushes_too_has_nothing_left_to_push() -> None:
    journal = director.built(director.prepared(director.fetched(Journal())), "sha256:1", pushed_digest="sha256:2")
    assert next_step(journal) is Step.FINISH


@pytest.mark.parametrize(
    ("journal", "step"),
    [
        pytest.param(Journal(has_source=True), Step.FETCH, id="while fetching or preparing"),
        pytest.param(Journal(has_source=True, is_prepared=True), Step.FETCH, id="while building"),
        pytest.param(Journal(has_source=True, is_prepared=True, image_id="x"), Step.PUSH, id="while pushing"),
        pytest.param(Journal(image_id="x", digest="y"), Step.FINISH, id="just before the end"),
    ],
)
def test_who_takes_over_begins_where_nothing_is_lost(journal: Journal, step: Step) -> None:
    taken = director.taken_over(journal, worker="two")
    assert next_step(taken) is step and taken.attempt == journal.attempt + 1
    assert next_step(director.without_image(taken)) in (Step.FETCH, Step.FINISH)


def test_what_is_over_stays_over() -> None:
    assert all(not TRANSITIONS[state] for state in FINISHED)
    assert {*FINISHED, *UNFINISHED} == set(BuildStatus)
    for state in UNFINISHED:
        assert {BuildStatus.FAILED, BuildStatus.CANCELLED} <= TRANSITIONS[state]
    assert sources_of(BuildStatus.SUCCEEDED) == ("building", "pushing")
