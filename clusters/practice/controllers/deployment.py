"""Deployments: replica sets, rolling updates, revisions, conditions.

Must not know pods; replica sets look after those.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from clusters.practice.objects import (
    Key,
    Obj,
    clone,
    condition,
    controller_of,
    dig,
    digest,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
    parse_time,
    time_text,
    utcnow,
)
from clusters.practice.selectors import matches_selector
from clusters.practice.store import Change

from .base import Controller

DEPLOYMENTS, SETS = "apps/deployments", "apps/replicasets"
HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
DESIRED, MAXIMUM = "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas"
COPY_SKIP = frozenset({"kubectl.kubernetes.io/last-applied-configuration", REVISION, DESIRED, MAXIMUM})


def resolve(value: Any, total: int, *, up: bool) -> int:
    """A number or a percentage of the total."""
    if isinstance(value, str) and value.endswith("%"):
        exact = int(value[:-1]) * total / 100
        return math.ceil(exact) if up else math.floor(exact)
    return int(value or 0)


def bare_template(template: Obj) -> Obj:
    out: Obj = clone(template)
    labels = (out.get("metadata") or {}).get("labels")
    if labels:
        labels.pop(HASH, None)
    return out


def replicas_of(obj: Obj) -> int:
    return int(dig(obj, "spec", "replicas", default=0))


def available_of(obj: Obj) -> int:
    return int(dig(obj, "status", "availableReplicas", default=0))


class DeploymentController(Controller):
    name = "deployment"
    resource = DEPLOYMENTS

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource in (SETS,):
            yield from self.owners_of(change, "Deployment")
        elif change.resource == "/pods":
            # Recreate waits for pods to be gone; terminatingReplicas counts them.
            for obj in (change.obj, change.old):
                ref = controller_of(obj) if obj else None
                if obj and ref and ref["kind"] == "ReplicaSet":
                    owner = self.store.get(SETS, namespace_of(obj), ref["name"])
                    parent = controller_of(owner) if owner else None
                    if parent:
                        yield namespace_of(obj), parent["name"]

    def reconcile(self, key: Key) -> None:
        found = self.get(DEPLOYMENTS, key)
        if found is None or is_deleting(found):
            return
        sets = self._sets(found)
        template = bare_template(found["spec"]["template"])
        new = next((s for s in sets if bare_template(s["spec"]["template"]) == template), None)
        old = [s for s in sets if s is not new]
        if found["spec"].get("paused"):
            self._scale_paused(found, sets)
        elif any(dig(s, "status", "observedGeneration") != meta(s).get("generation") for s in sets):
            return  # the replica set controller comes first, and its write wakes us again
        else:
            new = self._roll(found, new, old)
            self._clean_up(found, old)
        current = self.get(DEPLOYMENTS, key)
        if current is not None:
            sets = self._sets(current)
            new = next((s for s in sets if new is not None and name_of(s) == name_of(new)), None)
            self._write_status(current, new, sets)

    def _sets(self, found: Obj) -> list[Obj]:
        selector = found["spec"].get("selector")
        for orphan in self.store.select(SETS, namespace_of(found)):
            if controller_of(orphan) is None and matches_selector(selector, labels_of(orphan)):
                reference = owner_reference(found)

                def adopt(copy: Obj, reference: Obj = reference) -> None:
                    copy["metadata"].setdefault("ownerReferences", []).append(reference)

                if not is_deleting(orphan):
                    self.patch(SETS, orphan, adopt)
        sets = [s for s in self.owned(found, SETS) if not is_deleting(s)]
        return sorted(sets, key=lambda s: (meta(s)["creationTimestamp"], self._revision(s)))

    # --- rolling

    def _roll(self, found: Obj, new: Obj | None, old: list[Obj]) -> Obj | None:
        if dig(found, "spec", "strategy", "type") == "Recreate":
            if any(replicas_of(s) for s in old):
                for item in old:
                    self._scale(found, item, 0)
                return new
            if any(self._pods(s) for s in old):
                return new
            new = new or self._make_set(found, old, replicas_of(found))
            new = self._set_revision(found, new, old)
            self._scale(found, new, replicas_of(found))
            return new
        surge, unavailable = self._bounds(found)
        if new is None:
            total = sum(replicas_of(s) for s in old)
            room = replicas_of(found) + surge - total
            new = self._make_set(found, old, max(0, min(replicas_of(found), room)))
            self._set_revision(found, new, old)
            return new
        new = self._set_revision(found, new, old)
        if not self._grow_new(found, new, old, surge):
            self._shrink_old(found, new, old, unavailable)
        return new

    def _pods(self, replica_set: Obj) -> list[Obj]:
        return self.owned(replica_set, "/pods")

    def _bounds(self, found: Obj) -> tuple[int, int]:
        rolling = dig(found, "spec", "strategy", "rollingUpdate", default={})
        total = replicas_of(found)
        surge = resolve(rolling.get("maxSurge"), total, up=True)
        unavailable = resolve(rolling.get("maxUnavailable"), total, up=False)
        if dig(found, "spec", "strategy", "type") == "Recreate":
            return 0, 0
        return (surge, unavailable) if surge or unavailable else (0, 1)

    def _make_set(self, found: Obj, old: list[Obj], count: int) -> Obj:
        template: Obj = clone(found["spec"]["template"])
        collisions = dig(found, "status", "collisionCount", default=0)
        label = digest([bare_template(template), collisions])
        template.setdefault("metadata", {}).setdefault("labels", {})[HASH] = label
        selector: Obj = clone(found["spec"]["selector"])
        selector.setdefault("matchLabels", {})[HASH] = label
        annotations = {k: v for k, v in (meta(found).get("annotations") or {}).items() if k not in COPY_SKIP}
        revision = str(max([self._revision(s) for s in old], default=0) + 1)
        annotations |= {REVISION: revision, **self._bookkeeping(found)}
        obj = {
            "metadata": {
                "name": f"{name_of(found)}-{label}",
                "namespace": namespace_of(found),
                "labels": template["metadata"]["labels"],
                "annotations": annotations,
                "ownerReferences": [owner_reference(found)],
            },
            "spec": {"replicas": count, "selector": selector, "template": template},
        }
        if found["spec"].get("minReadySeconds"):
            obj["spec"]["minReadySeconds"] = found["spec"]["minReadySeconds"]
        made = self.create(SETS, obj)
        if count:
            text = f"Scaled up replica set {name_of(made)} from 0 to {count}"
            self.events.record(found, "Normal", "ScalingReplicaSet", text, "deployment-controller")
        text = f'Created new replica set "{name_of(made)}"'
        self._progress(found, "True", "NewReplicaSetCreated", text)
        return made

    def _bookkeeping(self, found: Obj) -> Obj:
        surge, _ = self._bounds(found)
        total = replicas_of(found)
        return {DESIRED: str(total), MAXIMUM: str(total + surge)}

    def _revision(self, obj: Obj) -> int:
        text = (meta(obj).get("annotations") or {}).get(REVISION) or "0"
        return int(text) if text.isdigit() else 0

    def _set_revision(self, found: Obj, new: Obj, old: list[Obj]) -> Obj:
        highest = max([self._revision(s) for s in old], default=0)
        revision = self._revision(new) if self._revision(new) > highest else highest + 1

        def write(copy: Obj) -> None:
            copy["metadata"].setdefault("annotations", {})[REVISION] = str(revision)

        if self._revision(new) != revision:
            new = self.patch(SETS, new, write)
        if self._revision(found) != revision:
            self.patch(DEPLOYMENTS, found, write, sub="status")
        return new

    def _grow_new(self, found: Obj, new: Obj, old: list[Obj], surge: int) -> bool:
        want, have = replicas_of(found), replicas_of(new)
        if have == want:
            return self._scale(found, new, want)
        if have > want:
            return self._scale(found, new, want)
        room = want + surge - have - sum(replicas_of(s) for s in old)
        return room > 0 and self._scale(found, new, have + min(room, want - have))

    def _shrink_old(self, found: Obj, new: Obj, old: list[Obj], unavailable: int) -> None:
        total = replicas_of(new) + sum(replicas_of(s) for s in old)
        minimum = replicas_of(found) - unavailable
        room = total - minimum - (replicas_of(new) - available_of(new))
        active = [s for s in old if replicas_of(s)]
        if room <= 0 or not active:
            return
        left: dict[str, int] = {name_of(s): replicas_of(s) for s in active}
        for item in active:  # what does not work goes first
            drop = min(room, replicas_of(item) - available_of(item))
            if drop > 0:
                left[name_of(item)] -= drop
                room -= drop
        spare = available_of(new) + sum(available_of(s) for s in active) - minimum
        for item in active:
            drop = min(spare, left[name_of(item)], max(room, 0))
            if drop > 0:
                left[name_of(item)] -= drop
                spare, room = spare - drop, room - drop
        for item in active:
            self._scale(found, item, left[name_of(item)])

    def _scale(self, found: Obj, item: Obj, count: int) -> bool:
        have = replicas_of(item)
        notes = self._bookkeeping(found)
        known = meta(item).get("annotations") or {}
        if have == count and all(known.get(k) == v for k, v in notes.items()):
            return False

        def write(copy: Obj) -> None:
            copy["spec"]["replicas"] = count
            copy["metadata"].setdefault("annotations", {}).update(notes)

        self.patch(SETS, item, write)
        if have != count:
            word = "up" if count > have else "down"
            text = f"Scaled {word} replica set {name_of(item)} from {have} to {count}"
            self.events.record(found, "Normal", "ScalingReplicaSet", text, "deployment-controller")
        return have != count

    def _scale_paused(self, found: Obj, sets: list[Obj]) -> None:
        active = [s for s in sets if replicas_of(s)] or sets[-1:]
        if len(active) == 1:
            self._scale(found, active[0], replicas_of(found))

    def _clean_up(self, found: Obj, old: list[Obj]) -> None:
        limit = int(found["spec"].get("revisionHistoryLimit", 10))
        idle = [s for s in old if not replicas_of(s) and not dig(s, "status", "replicas", default=0)]
        for item in sorted(idle, key=self._revision)[: max(0, len(idle) - limit)]:
            self.delete(SETS, item)

    # --- status

    def _write_status(self, found: Obj, new: Obj | None, sets: list[Obj]) -> None:
        total = sum(int(dig(s, "status", "replicas", default=0)) for s in sets)
        available = sum(available_of(s) for s in sets)
        status: Obj = {"observedGeneration": meta(found)["generation"]}
        amounts = {
            "replicas": total,
            "updatedReplicas": int(dig(new, "status", "replicas", default=0)) if new else 0,
            "readyReplicas": sum(int(dig(s, "status", "readyReplicas", default=0)) for s in sets),
            "availableReplicas": available,
            "unavailableReplicas": max(0, max(sum(replicas_of(s) for s in sets), replicas_of(found)) - available),
        }
        status |= {k: v for k, v in amounts.items() if v}
        status["terminatingReplicas"] = sum(int(dig(s, "status", "terminatingReplicas", default=0)) for s in sets)
        if dig(found, "status", "collisionCount"):
            status["collisionCount"] = found["status"]["collisionCount"]
        status["conditions"] = self._conditions(found, new, sets, amounts)
        self.set_status(DEPLOYMENTS, found, status)

    def _conditions(self, found: Obj, new: Obj | None, sets: list[Obj], amounts: dict[str, int]) -> list[Obj]:
        before = [clone(c) for c in dig(found, "status", "conditions", default=[])]
        _, unavailable = self._bounds(found)
        enough = amounts["availableReplicas"] >= replicas_of(found) - unavailable
        if enough:
            _put(
                before,
                "Available",
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            )
        else:
            text = "Deployment does not have minimum availability."
            _put(before, "Available", "False", "MinimumReplicasUnavailable", text)
        failure = next((c for s in sets if (c := condition(s, "ReplicaFailure"))), None)
        before = [c for c in before if c["type"] != "ReplicaFailure"]
        if failure:
            _put(
                before,
                "ReplicaFailure",
                failure["status"],
                failure.get("reason", ""),
                failure.get("message", ""),
            )
        self._progress_condition(found, new, amounts, before)
        return before

    def _progress_condition(self, found: Obj, new: Obj | None, amounts: dict[str, int], out: list[Obj]) -> None:
        deadline = found["spec"].get("progressDeadlineSeconds")
        current = next((c for c in out if c["type"] == "Progressing"), None)
        if deadline in (None, 2**31 - 1):
            return
        if found["spec"].get("paused"):
            _put(out, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
            return
        if current and current["reason"] == "DeploymentPaused":
            _put(out, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")
            current = next(c for c in out if c["type"] == "Progressing")
        if new is None:
            return
        want, shown = replicas_of(found), f'ReplicaSet "{name_of(new)}"'
        before = found.get("status") or {}
        done = amounts["updatedReplicas"] == amounts["replicas"] == amounts["availableReplicas"] == want
        old_now = amounts["replicas"] - amounts["updatedReplicas"]
        old_then = before.get("replicas", 0) - before.get("updatedReplicas", 0)
        moved = (
            amounts["updatedReplicas"] > before.get("updatedReplicas", 0)
            or old_now < old_then
            or amounts["readyReplicas"] > before.get("readyReplicas", 0)
            or amounts["availableReplicas"] > before.get("availableReplicas", 0)
        )
        if done:
            _put(out, "Progressing", "True", "NewReplicaSetAvailable", f"{shown} has successfully progressed.")
        elif (
            moved
            or current is None
            or (
                current["reason"] == "NewReplicaSetAvailable"
                and new is not None
                and meta(found)["generation"] != before.get("observedGeneration")
            )
        ):
            _put(out, "Progressing", "True", "ReplicaSetUpdated", f"{shown} is progressing.", touch=True)
            self.after((namespace_of(found), name_of(found)), deadline + 0.1)
        else:
            self._check_deadline(found, current, float(deadline), shown, out)

    def _check_deadline(self, found: Obj, current: Obj, deadline: float, shown: str, out: list[Obj]) -> None:
        if current["reason"] in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded"):
            return
        since = parse_time(current.get("lastUpdateTime")) or utcnow()
        left = deadline - (utcnow() - since).total_seconds()
        if left > 0:
            self.after((namespace_of(found), name_of(found)), left + 0.1)
            return
        _put(out, "Progressing", "False", "ProgressDeadlineExceeded", f"{shown} has timed out progressing.")

    def _progress(self, found: Obj, value: str, reason: str, text: str) -> None:
        current = self.get(DEPLOYMENTS, (namespace_of(found), name_of(found)))
        if current is None:
            return
        status: Obj = clone(current.get("status") or {})
        _put(status.setdefault("conditions", []), "Progressing", value, reason, text, touch=True)
        self.set_status(DEPLOYMENTS, current, status)


def _put(conditions: list[Obj], kind: str, value: str, reason: str, text: str, *, touch: bool = False) -> None:
    """Sets a condition; its times change when it changes, or when asked. What changed goes to the end."""
    now = time_text()
    known = next((c for c in conditions if c["type"] == kind), None)
    if known is None:
        conditions.append(_condition(kind, value, reason, text, now, now))
        return
    same = known["status"] == value and known.get("reason") == reason and known.get("message") == text
    if same and not touch:
        return
    moved = known.get("lastTransitionTime") if known["status"] == value else now
    conditions.remove(known)
    conditions.append(_condition(kind, value, reason, text, now, moved or now))


def _condition(kind: str, value: str, reason: str, text: str, updated: str, moved: str) -> Obj:
    return {
        "type": kind,
        "status": value,
        "lastUpdateTime": updated,
        "lastTransitionTime": moved,
        "reason": reason,
        "message": text,
    }
