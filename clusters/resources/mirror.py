"""Keeping the rows of a cluster true while its watch goes on: what changed is read on the cluster loop, turned into
rows and written in a thread. One for all clusters that a process leads."""

import logging
import time
from collections.abc import Iterable, Sequence

import msgspec

from clusters.health.reading import Json, dig, text
from clusters.live.interests import WANTED, Changes, ClusterView, Interest, Scope
from clusters.resources import events
from clusters.resources.kinds import ALL_EVENTS, CLUSTER_SCOPED, EVENT, Pair, pair_of
from clusters.resources.known import Book, load
from clusters.resources.projection import PART_OF, Row, project
from clusters.resources.surroundings import Surroundings, key_of, subject_key
from clusters.resources.wanting import Place, Wanted
from clusters.resources.writing import State, note_state, prune, tell_events, write
from plugins.sdk.objects import ObjectKey
from realtime import wakeups
from realtime.threads import in_thread
from realtime.types import NewEvent

logger = logging.getLogger(__name__)

# So often the row of a mirror says that all is still true, in seconds.
_NOTED_EVERY = 30.0
_PRUNED_EVERY = 3600.0


class Item(msgspec.Struct, frozen=True):
    """One object with all that its row is made from."""

    pair: Pair
    obj: Json
    pods: list[Json]
    events: list[Json]
    part_of: str


class Mirror:
    """`provide` and `reconcile` are registered with the watchers (`clusters.live.interests.register_follower`)."""

    def __init__(self) -> None:
        self._wanted = Wanted()
        self._clusters: dict[str, _ClusterMirror] = {}

    def provide(self, others: Sequence[Interest]) -> list[Interest]:
        """In a thread. What nobody uses any more is forgotten."""
        interests = self._wanted(others)
        for cluster_id in self._clusters.keys() - {interest.cluster_id for interest in interests}:
            self._clusters.pop(cluster_id, None)
        return interests

    async def reconcile(self, cluster: ClusterView, changes: Changes) -> None:
        mirror = self._clusters.get(cluster.id)
        if mirror is None or mirror.fence != cluster.lease.fence:
            # Somebody else may have written since.
            book = await in_thread(load, cluster.id)
            if book is None:
                self._clusters.pop(cluster.id, None)
                return
            mirror = self._clusters[cluster.id] = _ClusterMirror(cluster, book, self._wanted)
        await mirror.reconcile(changes)


class _ClusterMirror:
    """The mirror of one cluster under one lease."""

    def __init__(self, cluster: ClusterView, book: Book, wanted: Wanted) -> None:
        self.fence = cluster.lease.fence
        self._cluster = cluster
        self._book = book
        self._wanted = wanted
        self._around = Surroundings(self._look)
        # Scopes whose objects were compared with the rows once; from then on changes suffice.
        self._compared: set[Scope] = set()
        self._readable: dict[Pair, tuple[Scope, ...]] = {}
        self._noted: State | None = None
        self._noted_at = self._pruned_at = 0.0

    async def reconcile(self, changes: Changes) -> None:
        cluster, lease = self._cluster, self._cluster.lease
        if cluster.trouble:
            await self._note(State(trouble=cluster.trouble))
            return
        place = self._wanted.place_of(cluster.id)
        state = self._survey(place)
        whole = self._not_compared()
        if changes.is_everything:
            whole = {scope for scopes in self._readable.values() for scope in scopes}
            present = {pair_of(key) for key, known in self._book.rows.items() if not known.is_deleted}
            self._wanted.note_present(cluster.id, frozenset(present))
            self._around = Surroundings(self._look)
        told = self._told_in_passing(place)
        if not changes.is_everything:
            told += self._told(changes.keys)
        keys = self._concerned(whole, changes.keys)
        items, gone = self._gather(keys, whole)
        await in_thread(self._write, items, gone)
        if told:
            await in_thread(tell_events, lease=lease, told=told)
        self._compared |= whole
        await self._note(state)
        if changes.is_everything and time.monotonic() - self._pruned_at > _PRUNED_EVERY:
            self._pruned_at = time.monotonic()
            await in_thread(prune, lease=lease)

    # --- what can be seen

    def _survey(self, place: Place) -> State:
        """Find out which scopes tell of which kind, and what stays unseen."""
        cluster = self._cluster
        readable: dict[Pair, tuple[Scope, ...]] = {}
        blind: dict[str, list[str]] = {}
        notes: list[str] = []
        refused: set[Pair] = set()
        is_whole = True
        for pair in (*place.pairs, EVENT):
            everywhere = Scope(*pair)
            if not cluster.is_known(everywhere):
                is_whole = False
                continue
            if not cluster.refusal(everywhere):
                readable[pair] = (everywhere,)
                continue
            refused.add(pair)
            scopes = () if pair in CLUSTER_SCOPED else place.scopes_of(pair)
            is_whole = is_whole and all(cluster.is_known(scope) for scope in scopes)
            seen = tuple(scope for scope in scopes if cluster.is_known(scope) and not cluster.refusal(scope))
            readable[pair] = seen
            if pair != EVENT:
                blind["/".join(pair)] = [scope.namespace for scope in seen]
                notes.append(_note(pair[1], [scope.namespace for scope in seen]))
        self._readable = readable
        self._compared &= {scope for scopes in readable.values() for scope in scopes}
        if self._wanted.note_refused(cluster.id, frozenset(refused)):
            # Other scopes are wanted now.
            wakeups.notify_here((WANTED,))
            is_whole = is_whole and not refused
        return State(is_whole, "", blind, tuple(notes))

    def _not_compared(self) -> set[Scope]:
        return {scope for scopes in self._readable.values() for scope in scopes} - self._compared

    def _look(self, key: ObjectKey) -> Json | None:
        scope = self._scope_of(key)
        return self._cluster.at(scope, key) if scope is not None else None

    def _scope_of(self, key: ObjectKey) -> Scope | None:
        """The one that tells of `key`; None when nothing does."""
        scopes = self._readable.get(pair_of(key), ())
        return next((scope for scope in scopes if scope.namespace in ("", key.namespace)), None)

    # --- what it concerns

    def _concerned(self, whole: set[Scope], changed: Iterable[ObjectKey]) -> set[ObjectKey]:
        """All objects whose rows may be others now: those that changed, what made them, and what was spoken of."""
        touched = {key for key in changed if key.name and pair_of(key) in self._readable}
        for scope in whole:
            touched |= {key_of(obj, scope.group, scope.kind) for obj in self._cluster.select(scope)}
        found = set()
        for key in touched:
            obj = self._look(key)
            self._around.note(key, obj)
            if pair_of(key) == EVENT:
                about = subject_key(obj) if obj is not None else None
                if about is None:
                    continue
                key, obj = about, self._look(about)
            found.add(key)
            if obj is not None:
                found |= {above for above, _ in self._around.makers_of(key, obj)}
            elif known := self._book.rows.get(key):
                found |= self._owners_of_gone(known.owner)
        return found

    def _owners_of_gone(self, owner: ObjectKey | None) -> set[ObjectKey]:
        obj = self._look(owner) if owner is not None else None
        if owner is None or obj is None:
            return set()
        return {owner, *(above for above, _ in self._around.makers_of(owner, obj))}

    def _gather(self, keys: Iterable[ObjectKey], whole: set[Scope]) -> tuple[list[Item], list[ObjectKey]]:
        items: list[Item] = []
        gone: list[ObjectKey] = []
        for key in keys:
            scope = self._scope_of(key)
            if scope is None or not self._cluster.is_known(scope):
                continue
            obj = self._cluster.at(scope, key)
            if obj is None:
                gone.append(key)
            else:
                items.append(self._item(key, obj))
        for key, known in self._book.rows.items():
            if not known.is_deleted and self._scope_of(key) in whole and self._look(key) is None:
                gone.append(key)
        return items, gone

    def _item(self, key: ObjectKey, obj: Json) -> Item:
        pods = self._around.pods_of(obj)
        part_of = next(filter(None, (_set_of(above) for _, above in self._around.makers_of(key, obj))), "")
        return Item(pair_of(key), obj, pods, self._around.events_of([obj, *pods]), part_of)

    def _told(self, keys: Iterable[ObjectKey]) -> list[NewEvent]:
        """What was newly said about something that has a row. What was said before is in the snapshot."""
        told = []
        for key in keys:
            scope = self._scope_of(key) if pair_of(key) == EVENT else None
            event = self._cluster.at(scope, key) if scope is not None and scope in self._compared else None
            known = self._book.rows.get(subject_key(event)) if event is not None else None
            if event is not None and known is not None:
                told.append(events.happened(known.id, self._book.workspace, event))
        return told

    def _told_in_passing(self, place: Place) -> list[NewEvent]:
        """What is said of what goes well is not kept, and told to those who have it open."""
        told = []
        for namespace in place.open_namespaces:
            for event in self._cluster.passed(Scope.at(ALL_EVENTS, namespace)):
                known = self._book.rows.get(subject_key(event))
                if known is not None:
                    told.append(events.happened(known.id, self._book.workspace, event))
        return told

    # --- writing

    def _write(self, items: list[Item], gone: list[ObjectKey]) -> None:
        """In a thread: judging thousands of objects takes its time."""
        rows = [_row(item) for item in items]
        write(lease=self._cluster.lease, book=self._book, rows=[row for row in rows if row is not None], gone=gone)

    async def _note(self, state: State) -> None:
        now = time.monotonic()
        if state == self._noted and (now - self._noted_at < _NOTED_EVERY or not state.is_whole):
            return
        await in_thread(note_state, lease=self._cluster.lease, state=state)
        self._noted, self._noted_at = state, now


def _row(item: Item) -> Row | None:
    """None for what has no name or identity; nothing that a cluster holds may end the mirror."""
    try:
        row = project(item.obj, item.pair, pods=item.pods, events=item.events, part_of=item.part_of)
    except Exception:
        logger.exception("resource_not_projected", extra={"kind": item.pair[1]})
        return None
    return row if row.name and row.uid else None


def _set_of(obj: Json) -> str:
    return text(dig(obj, "metadata", "labels", PART_OF))


def _note(kind: str, namespaces: list[str]) -> str:
    if not namespaces:
        return f"This identity may not look at {kind}."
    return f"This identity may look at {kind} in these namespaces only: {', '.join(namespaces)}."
