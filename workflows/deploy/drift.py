"""What differs between a release and its cluster, field by field, and what it takes to keep it. Pure.

Expected is what the cluster itself says an apply would make of the object, so that defaults and other ways of
writing a value (`1000m` and `1`) are no drift. What others added beside our fields is none either.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec

from plugins.sdk import names
from plugins.sdk.merge import strategic_patch
from plugins.sdk.objects import ObjectKey
from workflows.deploy import applyset, managed
from workflows.deploy.content import ReleaseObject, digest
from workflows.deploy.diff import changes, differences, is_secret, without_noise
from workflows.deploy.inventory import Entry
from workflows.deploy.plan import Finding

Json = dict[str, Any]

# What we put on objects ourselves: to keep another value of theirs would break what stands on them.
_OURS = frozenset({names.MANAGED_BY, names.NODE, names.CONFIG_DIGEST, applyset.PART_OF_LABEL})


_VALUES = frozenset({"data", "stringData"})


class DriftState(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    # The cluster does not say what an apply would make of it.
    UNKNOWN = "unknown"


class FieldDrift(msgspec.Struct, frozen=True):
    """One field. `expected` and `live` are None where it is absent; secret values are masked. `manager` is who
    changed it, as the cluster keeps it: None when it keeps nothing, as of fields that were removed."""

    path: str
    expected: Any
    live: Any
    manager: str | None = None
    changed_at: str | None = None


class Drift(msgspec.Struct, frozen=True):
    """One object that is not as it was released. `patch` makes of the expected object the live one."""

    item: ReleaseObject
    state: DriftState
    message: str = ""
    fields: tuple[FieldDrift, ...] = ()
    patch: Json = msgspec.field(default_factory=dict)

    @property
    def key(self) -> ObjectKey:
        return self.item.key

    def to_json(self) -> Json:
        key = self.key
        return {
            "node_id": self.item.node_id,
            "api_version": str(self.item.body["apiVersion"]),
            "kind": key.kind,
            "namespace": key.namespace,
            "name": key.name,
            "state": self.state.value,
            "message": self.message,
            "fields": [msgspec.to_builtins(field) for field in self.fields],
        }


def expected_objects(objects: Iterable[ReleaseObject], known: dict[ObjectKey, Entry]) -> list[ReleaseObject]:
    """Those that should be there: applied, and not jobs that were cleaned up after they ran."""
    return [item for item in objects if item.key in known]


def drift_of(item: ReleaseObject, finding: Finding, entry: Entry) -> Drift | None:
    """How one object has drifted; None when it has not. `finding` is that of a forced dry run."""
    live, dry = finding.live, finding.dry
    if finding.refusal or finding.unverified:
        return Drift(item, DriftState.UNKNOWN, finding.refusal or finding.unverified)
    if live is None:
        is_cleaned_up = entry.is_completed and item.key.kind == "Job"
        return None if is_cleaned_up else Drift(item, DriftState.MISSING, "It is not in the cluster any more.")
    if dry is None:
        return Drift(item, DriftState.UNKNOWN, "It belongs to somebody else now.")
    fields = _fields(live, dry)
    if not fields:
        return None
    # A run that failed may have applied something else than what is deployed.
    is_later = bool(entry.digest) and entry.digest != digest(item.body)
    if is_later:
        fields = [msgspec.structs.replace(each, manager=each.manager or names.MANAGER) for each in fields]
    told = "A later run, which did not succeed, applied something else." if is_later else ""
    return Drift(item, DriftState.CHANGED, told, tuple(fields), _live_patch(live, dry))


def without_values(drift: Drift) -> Drift | None:
    """For a Secret whose values are made anew whenever it is applied: that others are live is no drift."""
    fields = tuple(field for field in drift.fields if field.path.partition(".")[0] not in _VALUES)
    if drift.state is not DriftState.CHANGED or len(fields) == len(drift.fields):
        return drift
    patch = {key: value for key, value in drift.patch.items() if key not in _VALUES}
    return msgspec.structs.replace(drift, fields=fields, patch=patch) if fields else None


def _fields(live: Json, dry: Json) -> list[FieldDrift]:
    """Masked as a plan is, with who changed each."""
    found = []
    for shown, (path, _, _) in zip(changes(live, dry), differences(live, dry), strict=False):
        writer = managed.last_writer(live, path) or {}
        manager, moment = writer.get("manager"), writer.get("time")
        found.append(FieldDrift(shown.path, shown.after, shown.before, manager, moment))
    return found


def _live_patch(live: Json, dry: Json) -> Json:
    return _without(_OURS, strategic_patch(without_noise(dry), without_noise(live)))


def _without(keys: frozenset[str], patch: Json) -> Json:
    """`patch` without these keys at any depth, and without what is empty for want of them."""
    found: Json = {}
    for key, value in patch.items():
        if key in keys:
            continue
        cleaned = _without(keys, value) if isinstance(value, dict) else value
        if cleaned or not value or not isinstance(value, dict):
            found[key] = cleaned
    return found


def why_not_kept(drift: Drift) -> str:
    """Why live values cannot become part of the drawing; "" when they can."""
    if drift.state is DriftState.MISSING:
        return "it is gone; remove its node from the graph, or revert it"
    if drift.state is DriftState.UNKNOWN:
        return drift.message.rstrip(".")
    if is_secret(drift.item.body) and (_VALUES & drift.patch.keys()):
        return "secret values are not read back from a cluster; set the value in its node"
    return "" if drift.patch else "the fields that changed are Sailcloth's own; revert it"
