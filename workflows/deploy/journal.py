"""The journal of one run: all that a worker needs to go on where another one stopped. Plain JSON when stored.

It holds neither bodies (the release has them, by position) nor secret values.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec

from plugins.sdk.objects import ObjectKey, Wait
from workflows.deploy.content import Content, digest
from workflows.deploy.inventory import Entry, Stale
from workflows.deploy.plan import Action, rank_of, stage_of
from workflows.deploy.sight import Sight

Json = dict[str, Any]

DEFAULT_TIMEOUT = 600
_LOG_LINES = 200


class Phase(StrEnum):
    PLANNING = "planning"
    PREPARING = "preparing"
    FIRST = "first"
    GATING = "gating"
    CHECKING = "checking"
    APPLYING = "applying"
    WAITING = "waiting"
    SWEEPING = "sweeping"
    PRUNING = "pruning"
    CLOSING = "closing"
    DONE = "done"


class Outcome(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    TODO = "todo"
    DONE = "done"
    FAILED = "failed"


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object of the release, at `position` of its content."""

    position: int
    group: str
    version: str
    kind: str
    namespace: str
    name: str
    node_id: str | None = None
    stage: int = 1
    wave: int = 1
    rank: int = 0
    digest: str = ""
    state: ItemState = ItemState.TODO
    action: Action | None = None
    reason: str = ""
    replaces: str = ""
    uid: str = ""
    is_made: bool = False
    sight: Sight | None = None
    applied_at: float = 0.0

    @property
    def key(self) -> ObjectKey:
        return ObjectKey(self.group, self.kind, self.namespace, self.name)

    @property
    def is_written(self) -> bool:
        """Whether the run writes it at all."""
        return self.action in (Action.CREATE, Action.UPDATE, Action.REPLACE)

    @property
    def is_refused(self) -> bool:
        """Whether it never came to be, so that there is nothing of it to look at."""
        return self.sight is None or self.action is Action.REFUSED

    @property
    def is_watched(self) -> bool:
        """What is skipped has no health of its own in this run."""
        return self.state is ItemState.DONE and self.action is not Action.KEEP and not self.is_cleaned_up

    @property
    def is_cleaned_up(self) -> bool:
        """A job that ran in an earlier run, and whose TTL removed it since."""
        return self.action is Action.UNCHANGED and not self.uid


class StaleItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One removal."""

    stale: Stale
    is_done: bool = False
    error: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of the run's log, numbered so that readers know what they have."""

    number: int
    at: float
    level: str
    message: str


class Stretch(msgspec.Struct, frozen=True, omit_defaults=True):
    """One phase of the run, with its times."""

    name: Phase
    started_at: float
    finished_at: float = 0.0


class Options(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person asked for."""

    on_failure: str = "keep"
    force_conflicts: bool = False
    take_over: bool = False
    timeout_seconds: int = DEFAULT_TIMEOUT
    delete_claims: tuple[str, ...] = ()
    # When given, the run is about these objects alone.
    only: tuple[ObjectKey, ...] = ()

    def concerns(self, key: ObjectKey) -> bool:
        return not self.only or key in self.only


class State(msgspec.Struct, omit_defaults=True):
    """Where a run is. Changed only by `steps.record` and `steps.cancel`, which work on a copy."""

    operation: str
    started_at: float
    options: Options = Options()
    phase: Phase = Phase.PLANNING
    items: list[Item] = []
    waits: tuple[Wait, ...] = ()
    # Nodes of what must be there already, and what of it is not, with the reason.
    references: tuple[str, ...] = ()
    missing: dict[str, str] = {}
    stale: list[StaleItem] = []
    is_first_checked: bool = False
    is_gone: bool = False
    is_narrowed: bool = False
    made_namespace: bool = False
    namespace_uid: str = ""
    namespace_note: str = ""
    outcome: Outcome | None = None
    message: str = ""
    trouble_since: float = 0.0
    trouble: str = ""
    stretches: list[Stretch] = []
    log: list[Line] = []

    @property
    def deadline(self) -> float:
        return self.started_at + self.options.timeout_seconds

    @property
    def waves(self) -> int:
        return max((item.wave for item in self.items), default=0)

    @property
    def wave(self) -> int:
        """The last wave of which something has been applied."""
        return max((item.wave for item in self.items if item.state is not ItemState.TODO), default=0)

    def copy(self) -> "State":
        """Items are frozen, so copying the lists is enough."""
        copied = msgspec.structs.replace(self)
        copied.items, copied.stale = list(self.items), list(self.stale)
        copied.stretches, copied.log = list(self.stretches), list(self.log)
        return copied

    def say(self, at: float, message: str, level: str = "info") -> None:
        number = self.log[-1].number + 1 if self.log else 1
        self.log = [*self.log[-_LOG_LINES + 1 :], Line(number, at, level, message)]

    def to_json(self) -> Json:
        return dict(msgspec.to_builtins(self))


def load(raw: Json) -> State:
    return msgspec.convert(raw, State)


def start(content: Content, *, operation: str, options: Options, now: float) -> State:
    """The journal of a run that has done nothing yet."""
    waves = wave_numbers(content.waits)
    items = [
        Item(
            position=position,
            group=item.key.group,
            version=item.version,
            kind=item.key.kind,
            namespace=item.key.namespace,
            name=item.key.name,
            node_id=item.node_id,
            stage=stage_of(item.key),
            wave=waves.get(item.node_id or "", 1),
            rank=rank_of(item.key),
            digest=digest(item.body),
        )
        for position, item in enumerate(content.objects)
    ]
    state = State(operation=operation, started_at=now, options=options, items=items, waits=content.waits)
    state.references = tuple(sorted({reference.node_id for reference in content.references}))
    state.stretches = [Stretch(Phase.PLANNING, now)]
    return state


def wave_numbers(waits: Iterable[Wait]) -> dict[str, int]:
    """How deep a node stands in the order of "after" edges; 1 for what waits for nothing. Cycles end
    somewhere."""
    pairs = [(wait.node_id, wait.for_node_id) for wait in waits]
    numbers: dict[str, int] = {}
    for _ in range(len(pairs)):
        deeper: dict[str, int] = {}
        for node_id, before in pairs:
            depth = numbers.get(before, 1) + 1
            if depth > max(numbers.get(node_id, 1), deeper.get(node_id, 1)):
                deeper[node_id] = depth
        if not deeper:
            break
        numbers |= deeper
    return numbers


def entries_after(state: State, known: Iterable[Entry]) -> list[Entry]:
    """The inventory as it is now: what was known, what this run applied, without what it sets out to remove.

    An entry goes before its object is deleted, so that nobody reports as missing what is being removed.
    """
    entries = {entry.key: entry for entry in known}
    for item in state.items:
        if item.state is ItemState.DONE and item.action is not Action.KEEP:
            entries[item.key] = _entry(item, entries.get(item.key))
    for removal in state.stale:
        if not removal.stale.is_kept and not removal.error:
            entries.pop(removal.stale.key, None)
    return list(entries.values())


def _entry(item: Item, before: Entry | None) -> Entry:
    same = before is not None and before.digest == item.digest
    completed = bool(item.sight and item.sight.is_completed) or bool(same and before and before.is_completed)
    return Entry(
        group=item.group,
        version=item.version,
        kind=item.kind,
        namespace=item.namespace,
        name=item.name,
        uid=item.uid or (before.uid if before else ""),
        node_id=item.node_id,
        digest=item.digest,
        is_completed=completed,
        is_made=item.is_made or bool(before and before.is_made),
    )
