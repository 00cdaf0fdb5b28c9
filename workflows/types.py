"""What crosses the border of workflows: plain values that other apps and the API hand in and get back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypedDict

from plugins.sdk.problems import Problem

if TYPE_CHECKING:
    from workflows.models import Version, Workflow

DRAFT: Final = "draft"


class Need(StrEnum):
    """What somebody wants to do with a workflow: see it; change or run it; share or delete it."""

    VIEW = "view"
    EDIT = "edit"
    OWN = "own"


OWNER: Final = "owner"
ALLOWED: Final[dict[str, frozenset[Need]]] = {
    OWNER: frozenset(Need),
    "editor": frozenset({Need.VIEW, Need.EDIT}),
    "viewer": frozenset({Need.VIEW}),
}


class WorkflowFields(TypedDict, total=False):
    """What of a workflow is set from outside; a key that is absent leaves its field as it is.

    `cluster` is a name or id, None clears it.
    """

    name: str
    description: str
    tags: list[str]
    cluster: str | None
    namespace: str


class VersionFields(TypedDict, total=False):
    """What people say about a version."""

    name: str
    description: str
    tag: str


@dataclass(frozen=True, slots=True)
class GraphInput:
    """The two lists of a graph as a client sent them; None is "not sent"."""

    nodes: Any = None
    edges: Any = None

    @property
    def is_absent(self) -> bool:
        return self.nodes is None and self.edges is None

    @property
    def is_complete(self) -> bool:
        return self.nodes is not None and self.edges is not None


@dataclass(frozen=True, slots=True)
class SavedWorkflow:
    """A workflow after a change, and what is still wrong with its graph."""

    workflow: "Workflow"
    problems: Sequence[Problem] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class RestoredVersion:
    """The workflow whose draft is now what an old version held, and the new version that says so."""

    workflow: "Workflow"
    version: "Version"


@dataclass(frozen=True, slots=True)
class ChangedStatus:
    """A workflow with its new status, and the runs that remove what it deployed."""

    workflow: "Workflow"
    run_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DeletedWorkflow:
    """What is gone, until when it can be brought back, and the runs that remove what it deployed."""

    workflow: "Workflow"
    undo_until: datetime
    run_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a client saves. `problems` says what of the graph could not become part of it."""

    filename: str
    content_type: str
    body: bytes
    problems: Sequence[Problem] = ()
