"""Who made whom, and what was said about whom, in one cluster; kept up to date as objects change. Memory only, on the
cluster loop."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from clusters.health.facts import subject_of
from clusters.health.reading import Json, dig, text
from clusters.resources.kinds import EVENT, POD, pair_of
from clusters.resources.projection import owner_of
from plugins.sdk.objects import ObjectKey

# A cron job makes a job, that a pod.
_DEPTH = 4
_MOST_EVENTS = 20
Look = Callable[[ObjectKey], Json | None]


class Surroundings:
    """`look` finds an object by its key, as it was last seen."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._made: defaultdict[str, set[ObjectKey]] = defaultdict(set)
        self._maker: dict[ObjectKey, str] = {}
        self._said: defaultdict[str, set[ObjectKey]] = defaultdict(set)
        self._subject: dict[ObjectKey, str] = {}

    def note(self, key: ObjectKey, obj: Json | None) -> None:
        """It is so now; None when it is gone."""
        if pair_of(key) == EVENT:
            uid = text(subject_of(obj).get("uid")) if obj is not None else ""
            _move(self._said, self._subject, key, uid)
        else:
            uid = text(owner_of(obj).get("uid")) if obj is not None else ""
            _move(self._made, self._maker, key, uid)

    def pods_of(self, obj: Json) -> list[Json]:
        """The pods that it made, itself or by others."""
        return list(self._pods(_uid(obj), _DEPTH))

    def _pods(self, uid: str, depth: int) -> Iterable[Json]:
        if not uid or not depth:
            return
        for key in self._made.get(uid, ()):
            found = self._look(key)
            if found is None:
                continue
            if pair_of(key) == POD:
                yield found
            else:
                yield from self._pods(_uid(found), depth - 1)

    def events_of(self, objects: Iterable[Json]) -> list[Json]:
        """What was said about any of these."""
        found: list[Json] = []
        for obj in objects:
            for key in list(self._said.get(_uid(obj), ()))[:_MOST_EVENTS]:
                event = self._look(key)
                if event is not None:
                    found.append(event)
        return found

    def makers_of(self, key: ObjectKey, obj: Json) -> Iterable[tuple[ObjectKey, Json]]:
        """Its owner, that one's owner, and so on, as far as they are seen."""
        current, place = obj, key
        for _ in range(_DEPTH):
            above = owner_key(current, place.namespace)
            found = self._look(above) if above is not None else None
            if above is None or found is None or _uid(found) != text(owner_of(current).get("uid")):
                return
            yield above, found
            current, place = found, above


def owner_key(obj: Json, namespace: str) -> ObjectKey | None:
    """Where its owner is: in its own namespace, as Kubernetes has it."""
    owner = owner_of(obj)
    if not owner:
        return None
    group = text(owner.get("apiVersion")).rpartition("/")[0]
    return ObjectKey(group, text(owner.get("kind")), namespace, text(owner.get("name")))


def subject_key(event: Json) -> ObjectKey:
    """Where that is which an event is about."""
    subject = subject_of(event)
    group = text(subject.get("apiVersion")).rpartition("/")[0]
    place = text(subject.get("namespace"))
    return ObjectKey(group, text(subject.get("kind")), place, text(subject.get("name")))


def key_of(obj: Json, group: str, kind: str) -> ObjectKey:
    return ObjectKey(group, kind, text(dig(obj, "metadata", "namespace")), text(dig(obj, "metadata", "name")))


def _uid(obj: Json) -> str:
    return text(dig(obj, "metadata", "uid"))


def _move(by_uid: defaultdict[str, set[ObjectKey]], of_key: dict[ObjectKey, str], key: ObjectKey, uid: str) -> None:
    before = of_key.pop(key, "")
    if before:
        left = by_uid[before]
        left.discard(key)
        if not left:
            del by_uid[before]
    if uid:
        of_key[key] = uid
        by_uid[uid].add(key)
