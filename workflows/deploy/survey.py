"""What is live of the objects of a release, found with as few requests as can be: a list for each kind and
namespace, where there is more than one object of it. Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from clusters.kube.gateway import Refused, Unsupported
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.objects import ObjectKey
from workflows.deploy import managed
from workflows.deploy.applyset import PART_OF_LABEL
from workflows.deploy.content import ReleaseObject, digest
from workflows.deploy.inventory import Entry, key_of
from workflows.deploy.view import View

Json = dict[str, Any]
Place = tuple[ServedKind, str]


class Survey:
    """The members of one set, as lists show them."""

    def __init__(self, members: Mapping[ObjectKey, Json], places: frozenset[Place]) -> None:
        self._members = members
        self._places = places

    def covers(self, served: ServedKind, namespace: str) -> bool:
        """Whether what is not found here is no member of the set; it may yet be there, as somebody else's."""
        return (served, namespace) in self._places

    def find(self, key: ObjectKey) -> Json | None:
        return self._members.get(key)


NO_SURVEY = Survey({}, frozenset())


async def take_survey(view: View, objects: Iterable[ReleaseObject], *, set_id: str, missing: frozenset[str]) -> Survey:
    """Nothing is asked of namespaces that are `missing`."""
    counted: Counter[Place] = Counter()
    for item in objects:
        served = await view.kind(item.key.group, item.key.kind, item.version)
        if served is not None and item.key.namespace not in missing:
            counted[served, item.key.namespace] += 1

    async def members(place: Place) -> tuple[Place, list[Json]] | None:
        served, namespace = place
        try:
            return place, await view.listing(served, namespace, labels=f"{PART_OF_LABEL}={set_id}")
        except (Refused, Unsupported):
            return None  # An identity that may read by name only.

    found = await view.all(members(place) for place, number in counted.items() if number > 1)
    answered = [each for each in found if each is not None]
    return Survey(
        {key_of(live): live for _, items in answered for live in items},
        frozenset(place for place, _ in answered),
    )


def is_as_applied(item: ReleaseObject, body: Json, live: Json, entry: Entry | None) -> bool:
    """Whether an apply of `body` could change nothing, so that the cluster need not be asked: it is what we applied
    last, all of it is still so, and nobody but us and the cluster's own controllers ever wrote to the object."""
    if entry is None or not entry.digest or entry.uid != live["metadata"].get("uid"):
        return False
    return (
        entry.digest == digest(item.body)
        and not live["metadata"].get("deletionTimestamp")
        and managed.is_applied_by_us(live)
        and not managed.has_other_writers(live)
        and _is_within(body, live)
    )


def _is_within(wanted: Any, live: Any) -> bool:
    """Whether all that is wanted is so; defaults that the cluster added do not matter. Sizes may be written in more
    than one way: then the answer is no, and the cluster is asked."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(key in live and _is_within(wanted[key], live[key]) for key in wanted)
    if isinstance(wanted, list):
        if not isinstance(live, list) or len(live) != len(wanted):
            return False
        return all(_is_within(left, right) for left, right in zip(wanted, live, strict=True))
    return type(wanted) is type(live) and bool(wanted == live)
