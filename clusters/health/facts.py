"""What a rule looks at: the object taken apart once, its pods, and what was said about them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from clusters.health.reading import Json, dig, entries, is_number, mapping, number, text, words
from plugins.sdk.health import Health, HealthStatus


class Facts(msgspec.Struct, frozen=True):
    obj: Json
    spec: Json
    status: Json
    pods: tuple[Json, ...] = ()
    events: tuple[Json, ...] = ()

    @classmethod
    def of(cls, obj: Json, pods: Sequence[Any] = (), events: Sequence[Any] = ()) -> "Facts":
        said = sorted(entries(events), key=time_of_event)
        return cls(obj, mapping(obj.get("spec")), mapping(obj.get("status")), tuple(entries(pods)), tuple(said))

    @property
    def uid(self) -> str:
        return text(dig(self.obj, "metadata", "uid"))

    @property
    def is_deleting(self) -> bool:
        return bool(dig(self.obj, "metadata", "deletionTimestamp"))

    @property
    def finalizers(self) -> list[str]:
        return words(dig(self.obj, "metadata", "finalizers"))

    @property
    def generation(self) -> int:
        return number(dig(self.obj, "metadata", "generation"))

    @property
    def lags(self) -> bool:
        """Its status is that of an older state of the object."""
        seen = self.status.get("observedGeneration")
        return is_number(seen) and bool(self.generation) and number(seen) < self.generation

    @property
    def is_unseen(self) -> bool:
        """For kinds whose controller always says what it has seen."""
        return bool(self.generation) and number(self.status.get("observedGeneration")) < self.generation

    def condition(self, type_: str) -> Json:
        return condition_of(self.status, type_)

    def about_itself(self) -> "list[Json]":
        """Events about the object alone, oldest first."""
        return events_about(self.obj, self.events)


def condition_of(status: Json, type_: str) -> Json:
    found = (item for item in entries(status.get("conditions")) if item.get("type") == type_)
    return next(found, {})


def is_true(condition: Json) -> bool:
    return condition.get("status") == "True"


def is_false(condition: Json) -> bool:
    return condition.get("status") == "False"


def events_about(obj: Json, events: Sequence[Json]) -> list[Json]:
    """Those of `events` whose subject is `obj`; one that does not say its subject counts as about everything."""
    uid = text(dig(obj, "metadata", "uid"))
    return [event for event in events if not uid or text(subject_of(event).get("uid")) in ("", uid)]


def subject_of(event: Json) -> Json:
    return mapping(event.get("involvedObject")) or mapping(event.get("regarding"))


def words_of_event(event: Json) -> str:
    return text(event.get("message")) or text(event.get("note"))


def count_of_event(event: Json) -> int:
    count = number(event.get("count")) or number(event.get("deprecatedCount"))
    return max(count, number(dig(event, "series", "count")), 1)


def time_of_event(event: Json) -> str:
    """When it was said last; times of one cluster compare as text."""
    return (
        text(dig(event, "series", "lastObservedTime"))
        or text(event.get("lastTimestamp"))
        or text(event.get("deprecatedLastTimestamp"))
        or text(event.get("eventTime"))
        or text(dig(event, "metadata", "creationTimestamp"))
    )


def latest(events: Sequence[Json], *reasons: str) -> Json | None:
    """The newest of `events` (which are oldest first) with one of `reasons`."""
    return next((event for event in reversed(events) if text(event.get("reason")) in reasons), None)


UNSEEN = Health(HealthStatus.PROGRESSING, "NotObserved", "Its controller has not seen the latest change yet.")
