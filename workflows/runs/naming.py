"""Names of workflows in what is kept of runs: each reader sees those of workflows that they may see."""

from collections.abc import Mapping
from typing import Any, TypeVar

from core.principal import Principal
from workflows.deploy.applyset import parent_of_target
from workflows.deploy.others import others_in, with_names
from workflows.models import Target
from workflows.runs.selectors import status_document, theirs

Json = dict[str, Any]
T = TypeVar("T")
_NONE: Mapping[str, str] = {}


def titles_for(actor: Principal) -> dict[str, str]:
    """What `actor` calls the owners of sets: the workflow's name by the set's id."""
    rows = Target.objects.filter(theirs(actor)).values_list("pk", "namespace", "workflow__name")
    return {parent_of_target(pk, namespace).id: name for pk, namespace, name in rows}


def told_to(document: T, actor: Principal) -> T:
    """`document`, a text or JSON, as `actor` may read it. Without others in it nothing is asked."""
    found: T = with_names(document, titles_for(actor)) if others_in(document) else document
    return found


def status_as_told(*, workflow_id: str, target_id: str = "", actor: Principal) -> Json:
    """How every node fares, as `actor` may read it."""
    return told_to(status_document(workflow_id=workflow_id, target_id=target_id, actor=actor), actor)


class Names:
    """Those that one reader of a list or a stream may know: read when somebody new is spoken of. A stream forgets them
    when it is asked again whether it may go on. There are thousands of them, and hardly one has anything to know."""

    __slots__ = ("_actor", "_asked", "_titles")

    def __init__(self, actor: Principal) -> None:
        self._actor = actor
        self.forget()

    def forget(self) -> None:
        self._titles: Mapping[str, str] = _NONE
        self._asked: frozenset[str] = frozenset()

    def learn(self, document: Any) -> None:
        new = others_in(document) - self._asked
        if new:
            self._asked |= new
            self._titles = titles_for(self._actor)

    def told(self, document: Any) -> Any:
        self.learn(document)
        return with_names(document, self._titles)

    def in_frame(self, rendered: tuple[str, Any] | None) -> tuple[str, Any] | None:
        return None if rendered is None else (rendered[0], with_names(rendered[1], self._titles))
