"""Which objects belong to a workflow, which is above this app and says so here."""

from collections.abc import Callable, Collection

from core.principal import Principal

# For a workflow's id the marks (part-of) of all that it deployed, wherever; raises its 404 for whoever may not see it.
FindSets = Callable[[str, Principal], Collection[str]]

_finders: list[FindSets] = []


def register_sets_of_workflow(finder: FindSets) -> None:
    """An app that deploys calls this in `ready()`."""
    if finder not in _finders:
        _finders.append(finder)


def sets_of_workflow(workflow_id: str, actor: Principal) -> set[str]:
    return {mark for finder in _finders for mark in finder(workflow_id, actor)}
