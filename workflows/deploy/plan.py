"""What would happen to each object of a release, from what the cluster says of it. Pure.

Whoever talks to the cluster hands in a `Finding` per object: what is live, and what a dry run of the apply
answered. Out comes a `Check` per object: the action, why, and which fields would change.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from plugins.sdk.names import MANAGER
from plugins.sdk.objects import ObjectKey, Reference
from workflows.deploy import applyset, managed
from workflows.deploy.content import ReleaseObject, digest
from workflows.deploy.diff import Change, changes, is_same
from workflows.deploy.inventory import CRD, NAMESPACE, Entry, Stale
from workflows.deploy.others import belongs_to, other
from workflows.deploy.sight import has_failed_job

Json = dict[str, Any]


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DELETE = "delete"
    REPLACE = "replace"
    KEEP = "keep"
    REFUSED = "refused"


# A server writes more into each template than was applied, so that the same is never the same.
_FIXED = frozenset({"spec.volumeClaimTemplates"})


class FieldConflict(msgspec.Struct, frozen=True):
    """One field that another manager owns."""

    manager: str
    field: str


class Finding(msgspec.Struct, frozen=True):
    """What the cluster says of one object. `dry` is None when no dry run could be done: `unverified` says
    why."""

    live: Json | None = None
    dry: Json | None = None
    refusal: str = ""
    is_immutable: bool = False
    conflicts: tuple[FieldConflict, ...] = ()
    unverified: str = ""


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """The verdict on one object. `uid` names the live object that a replacement deletes."""

    action: Action
    reason: str = ""
    verified: bool = True
    changes: tuple[Change, ...] = ()
    uid: str = ""


ASIDE = Check(Action.KEEP, "It is not what this run is about.")


class Rules(msgspec.Struct, frozen=True):
    """What a verdict depends on beside the object itself."""

    set_id: str
    operation: str = "deploy"
    force_conflicts: bool = False
    takes_from: frozenset[str] = frozenset()
    policies: Mapping[str, dict[str, str]] = {}
    known: Mapping[ObjectKey, Entry] = {}

    def policy(self, item: ReleaseObject, name: str, default: str) -> str:
        return self.policies.get(item.node_id or "", {}).get(name, default)


def stage_of(key: ObjectKey) -> int:
    """0 for what others cannot exist without: namespaces and kinds."""
    return 0 if (key.group, key.kind) in (NAMESPACE, CRD) else 1


# What pods need to start, then what binds those together; everything else, workloads among it, comes after.
_RANKS = (
    frozenset(
        {
            "PriorityClass",
            "RuntimeClass",
            "StorageClass",
            "ResourceQuota",
            "LimitRange",
            "ServiceAccount",
            "ClusterRole",
            "Role",
            "NetworkPolicy",
            "ConfigMap",
            "Secret",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Service",
        }
    ),
    frozenset({"ClusterRoleBinding", "RoleBinding"}),
)


def rank_of(key: ObjectKey) -> int:
    """Objects of one rank are applied at the same time, rank after rank."""
    return next((rank for rank, kinds in enumerate(_RANKS) if key.kind in kinds), len(_RANKS))


def check_object(item: ReleaseObject, finding: Finding, rules: Rules) -> Check:
    """The verdict on one object of the release."""
    live = finding.live
    owner = applyset.part_of(live) if live else ""
    if owner and owner != rules.set_id and owner not in rules.takes_from:
        return Check(Action.REFUSED, belongs_to(owner))
    if (item.key.group, item.key.kind) == ("batch", "Job"):
        decided = _check_job(item, live, rules)
        if decided is not None:
            return decided
    if finding.conflicts and not _may_force(finding, rules):
        return Check(Action.REFUSED, _conflict_sentence(finding.conflicts))
    if finding.refusal:
        return _check_refusal(item, finding)
    if live is None:
        return Check(Action.CREATE, finding.unverified, verified=not finding.unverified)
    if finding.dry is None:
        return Check(Action.UPDATE, finding.unverified, verified=False)
    moved = managed.shift(live, finding.dry)
    if is_same(live, finding.dry):
        if moved.is_none:
            return Check(Action.UNCHANGED, uid=live["metadata"].get("uid", ""))
        return Check(Action.UPDATE, _ownership(finding.dry, moved))
    reasons = [_takeover(finding.conflicts)]
    if owner and owner != rules.set_id:
        reasons.insert(0, f"Takes it over from {other(owner)}.")
    return Check(Action.UPDATE, " ".join(filter(None, reasons)), changes=tuple(changes(live, finding.dry)))


def _check_job(item: ReleaseObject, live: Json | None, rules: Rules) -> Check | None:
    """Jobs run once for each change of theirs, unless their node says otherwise."""
    if rules.operation == "rollback" and rules.policy(item, "on_rollback", "skip") != "run":
        return Check(Action.KEEP, "Jobs are not run again by a rollback.")
    when = rules.policy(item, "run", "on_change")
    if when == "manual":
        return Check(Action.KEEP, "This job runs only when it is asked to.")
    entry = rules.known.get(item.key)
    if live is None:
        done = entry is not None and entry.is_completed and entry.digest == digest(item.body)
        return (
            Check(Action.UNCHANGED, "It has run, and was cleaned up since.") if done and when == "on_change" else None
        )
    if when == "every_run":
        return _replace(live, "It runs again with every run.")
    if has_failed_job(live):
        return _replace(live, "Its last attempt failed, so it runs again.")
    return None


def _check_refusal(item: ReleaseObject, finding: Finding) -> Check:
    is_job = (item.key.group, item.key.kind) == ("batch", "Job")
    if is_job and finding.is_immutable and finding.live is not None:
        return _replace(finding.live, "A job cannot change, so it is deleted and made again.")
    if finding.is_immutable:
        return Check(Action.REFUSED, f"{finding.refusal} Delete it first, or give the new one another name.")
    return Check(Action.REFUSED, finding.refusal)


def _replace(live: Json, reason: str) -> Check:
    return Check(Action.REPLACE, reason, uid=live["metadata"].get("uid", ""))


def _may_force(finding: Finding, rules: Rules) -> bool:
    """Our own buttons (scale, restart) write as an Update of the same manager: no one else's wish is at
    stake."""
    return rules.force_conflicts or all(map(is_nobodys_wish, finding.conflicts))


def is_nobodys_wish(conflict: FieldConflict) -> bool:
    """Whether taking the field over changes nothing that anybody wants: it is our own, or one that a cluster lets
    nobody change."""
    return conflict.manager == MANAGER or conflict.field in _FIXED


def _conflict_sentence(conflicts: tuple[FieldConflict, ...]) -> str:
    by_manager: dict[str, list[str]] = {}
    for conflict in conflicts:
        by_manager.setdefault(conflict.manager, []).append(conflict.field)
    parts = [f"{manager} set {', '.join(fields[:5])}" for manager, fields in sorted(by_manager.items())]
    return f"{'; '.join(parts)}. Run with force_conflicts to take these fields over."


def _takeover(conflicts: tuple[FieldConflict, ...]) -> str:
    managers = sorted({conflict.manager for conflict in conflicts} - {MANAGER})
    return f"Takes fields over from {', '.join(managers)}." if managers else ""


def _ownership(dry: Json, moved: managed.Shift) -> str:
    """Why something is applied though no value changes by it."""
    takeover = managed.takeover(dry, moved)
    if takeover is None:
        return "No value changes, only which fields are ours."
    verb = (
        "Removes fields that they set too" if takeover.is_leaving else "Becomes the owner of fields that they set too"
    )
    return f"{verb}: {', '.join(takeover.managers)}."


def autoscaled(objects: Iterable[ReleaseObject]) -> frozenset[ObjectKey]:
    """The workloads whose replicas an autoscaler of the same release decides."""
    found = set()
    for item in objects:
        if item.key.kind != "HorizontalPodAutoscaler":
            continue
        target = (item.body.get("spec") or {}).get("scaleTargetRef") or {}
        group = str(target.get("apiVersion") or "").rpartition("/")[0]
        found.add(ObjectKey(group, target.get("kind", ""), item.key.namespace, target.get("name", "")))
    return frozenset(found)


# --- the plan as the API shows it -------------------------------------------------------------------------


def plan_json(
    objects: Iterable[tuple[ReleaseObject, Check]],
    stale: Iterable[Stale],
    missing: Iterable[tuple[Reference, str]],
) -> Json:
    """The document of the contract: a summary, and a row per object, reference that fails, and removal."""
    rows = [_row(item.key, str(item.body["apiVersion"]), item.node_id, check) for item, check in objects]
    rows += [_row(ref.key, _api_version(ref.key), ref.node_id, Check(Action.REFUSED, why)) for ref, why in missing]
    rows += [_row(item.key, item.api_version, item.node_id, removal(item)) for item in stale]
    counted = Counter(row["action"] for row in rows)
    return {"summary": {action.value: counted[action.value] for action in Action}, "objects": rows}


def removal(item: Stale) -> Check:
    return Check(Action.KEEP, item.reason) if item.is_kept else Check(Action.DELETE)


def _api_version(key: ObjectKey) -> str:
    return f"{key.group}/v1" if key.group else "v1"


def _row(key: ObjectKey, api_version: str, node_id: str | None, check: Check) -> Json:
    row: Json = {
        "node_id": node_id,
        "api_version": api_version,
        "kind": key.kind,
        "namespace": key.namespace,
        "name": key.name,
        "action": check.action.value,
        "verified": check.verified,
        "diff": [change.to_json() for change in check.changes],
    }
    if check.reason:
        row["reason"] = check.reason
    return row
