"""From an object of a cluster to the row that is shown of it. Pure; never raises, whatever a cluster holds."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from clusters.health import assess
from clusters.health.reading import Json, dig, entries, mapping, text
from clusters.resources import facts
from clusters.resources.kinds import Pair

MOST_LABELS = 64
_SUMMARY = 500
PART_OF = "applyset.kubernetes.io/part-of"


class Row(msgspec.Struct, frozen=True):
    """The columns of `Resource` that follow the cluster."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    uid: str
    status: str
    health: str
    reason: str
    summary: str
    labels: dict[str, str]
    facts: Json
    owner_uid: str
    owner_kind: str
    owner_name: str
    part_of: str
    node: str
    created_at: datetime

    @property
    def shown(self) -> tuple[str, str, str, str]:
        """What whoever watches it is told."""
        return self.status, self.health, self.reason, self.summary


def project(obj: Json, pair: Pair, *, pods: Sequence[Json] = (), events: Sequence[Json] = (), part_of: str = "") -> Row:
    """`part_of` is that of whoever made it, for what carries none itself."""
    metadata = mapping(obj.get("metadata"))
    health = assess(obj, pods=pods, events=events)
    known = _storable(facts.of(obj, pair))
    labels = labels_of(metadata)
    owner = owner_of(obj)
    return Row(
        group=pair[0],
        version=clean(text(obj.get("apiVersion")).rpartition("/")[2], 63),
        kind=pair[1],
        namespace=clean(text(metadata.get("namespace")), 63),
        name=clean(text(metadata.get("name")), 253),
        uid=clean(text(metadata.get("uid")), 64),
        status=clean(facts.status(obj, pair, health), 40),
        health=health.status.value,
        reason=clean(health.reason, 100),
        summary=clean(health.message or facts.words(known, pair), _SUMMARY),
        labels=labels,
        facts=known,
        owner_uid=clean(text(owner.get("uid")), 64),
        owner_kind=clean(text(owner.get("kind")), 100),
        owner_name=clean(text(owner.get("name")), 253),
        part_of=(labels.get(PART_OF) or part_of)[:63],
        node=clean(text(dig(obj, "spec", "nodeName")), 253) if pair[1] == "Pod" else "",
        created_at=moment(metadata.get("creationTimestamp")),
    )


def owner_of(obj: Json) -> Json:
    """The reference to its controller, else to the first of its owners."""
    owners = entries(dig(obj, "metadata", "ownerReferences"))
    return next((owner for owner in owners if owner.get("controller") is True), owners[0] if owners else {})


def labels_of(metadata: Json) -> dict[str, str]:
    found = mapping(metadata.get("labels"))
    return {
        clean(str(name), 317): clean(value, 63)
        for name, value in sorted(found.items())[:MOST_LABELS]
        if isinstance(value, str)
    }


def moment(value: Any) -> datetime:
    """A time of a cluster; the beginning of time where it says none."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        found = datetime(1970, 1, 1, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def clean(words: str, limit: int) -> str:
    """No text of a database holds a NUL, and no column more than it has room for."""
    return words.replace("\x00", "\ufffd")[:limit]


def digest_of(row: Row) -> int:
    """Tells one state of a row from another within this process."""
    return hash(_encoder.encode(row))


_encoder = msgspec.json.Encoder(order="deterministic")


def _storable(known: Json) -> Json:
    raw = msgspec.json.encode(known)
    return msgspec.json.decode(raw.replace(b"\\u0000", b"\\ufffd")) if b"\\u0000" in raw else known
