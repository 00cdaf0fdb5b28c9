"""What a run needs to know of one object that it looks at: its health, and whether it may go on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from plugins.sdk.health import Health, HealthStatus, worst
from plugins.sdk.objects import ObjectKey, WaitCondition
from workflows.deploy.applyset import part_of
from workflows.deploy.others import other
from workflows.deploy.urls import urls_of

Json = dict[str, Any]

# Only these decide when a run ends. A load balancer that never gets an address is for the person to see,
# and must not make every run of theirs fail.
_GATES = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("apps", "ReplicaSet"),
        ("", "ReplicationController"),
        ("", "Pod"),
        ("", "Namespace"),
        ("batch", "Job"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
    }
)
# These wait for an address that nothing may ever give them, as on bare metal: after so long that is a warning,
# and holds nothing up any more. It becomes well whenever the address comes.
_ADDRESSED = frozenset(
    {
        ("", "Service"),
        ("networking.k8s.io", "Ingress"),
        ("gateway.networking.k8s.io", "Gateway"),
        ("gateway.networking.k8s.io", "HTTPRoute"),
    }
)
ADDRESS_WITHIN = 60.0
# What keeps a number of pods running, and where its status says how many are ready.
_READY = {
    ("apps", "Deployment"): "readyReplicas",
    ("apps", "StatefulSet"): "readyReplicas",
    ("apps", "ReplicaSet"): "readyReplicas",
    ("", "ReplicationController"): "readyReplicas",
    ("apps", "DaemonSet"): "numberReady",
}
_WELL = (HealthStatus.HEALTHY, HealthStatus.SUSPENDED)
# A long job may outlive the run that started it; having run so long without a failure it counts as started
# well.
_JOB_RUNS_WELL_AFTER = 30.0


class Sight(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look at one object. `is_settled`: the run need not wait for it any longer; `is_overdue`: nor need what
    comes after it."""

    health: str = "unknown"
    reason: str = ""
    message: str = ""
    is_final: bool = False
    is_started: bool = False
    is_completed: bool = False
    is_settled: bool = False
    is_overdue: bool = False
    urls: tuple[Json, ...] = ()
    # Pods that are ready, of those that are wanted; None for what keeps no number of pods running.
    replicas: tuple[int, int] | None = None

    @property
    def is_well(self) -> bool:
        return self.health in _WELL

    @property
    def is_lost(self) -> bool:
        """It has failed, and waiting longer changes nothing."""
        return self.is_final and self.health == HealthStatus.DEGRADED and not self.is_settled

    def has_reached(self, condition: WaitCondition) -> bool:
        if self.is_overdue:
            return True
        if condition is WaitCondition.STARTED:
            return self.is_started or self.is_well
        return self.is_completed if condition is WaitCondition.COMPLETED else self.is_well


# What another set took over is no longer ours to judge.
TAKEN_OVER = "TakenOver"
MISSING = Sight(health=HealthStatus.MISSING, reason="NotFound", message="It is not in the cluster.")


def taken_over(live: Json, set_id: str) -> Sight | None:
    """The sight of what belongs to another set by now; None while it is ours, or nobody's."""
    owner = part_of(live)
    if owner in ("", set_id):
        return None
    return Sight(health=HealthStatus.UNKNOWN.value, reason=TAKEN_OVER, message=f"Managed by {other(owner)} now.")


def is_gate(key: ObjectKey) -> bool:
    return (key.group, key.kind) in _GATES


def look(live: Json, health: Health, *, key: ObjectKey, pods: Sequence[Json] = (), now: float) -> Sight:
    """`health` is what `clusters.health` says of `live` and its `pods`."""
    is_job = (key.group, key.kind) == ("batch", "Job")
    well = health.status in _WELL
    overdue = _is_overdue(live, health, key, now)
    if overdue:
        health = Health(HealthStatus.DEGRADED, health.reason, f"{health.message} Perhaps nothing here gives any.")
    return Sight(
        health=health.status.value,
        reason=health.reason,
        message=health.message,
        is_final=health.is_final,
        is_started=well or _has_started(live, pods),
        is_completed=_is_complete(live) if is_job else well,
        is_settled=well or not is_gate(key) or (is_job and _runs_well(live, pods, now)),
        is_overdue=overdue,
        urls=urls_of(live),
        replicas=_replicas(live, key),
    )


def _replicas(live: Json, key: ObjectKey) -> tuple[int, int] | None:
    field = _READY.get((key.group, key.kind))
    if field is None:
        return None
    spec, status = live.get("spec") or {}, live.get("status") or {}
    # A daemon set wants as many as nodes match it; of the others what is absent means one, and zero is a number.
    wanted = status.get("desiredNumberScheduled", 0) if key.kind == "DaemonSet" else spec.get("replicas", 1)
    return _count(status.get(field)), _count(wanted)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _is_overdue(live: Json, health: Health, key: ObjectKey, now: float) -> bool:
    if health.status is not HealthStatus.PROGRESSING or (key.group, key.kind) not in _ADDRESSED:
        return False
    made = _seconds((live.get("metadata") or {}).get("creationTimestamp"))
    return made is not None and now - made >= ADDRESS_WITHIN


def has_failed_job(live: Json) -> bool:
    return _condition(live, "Failed")


def _is_complete(live: Json) -> bool:
    return _condition(live, "Complete")


def _has_started(live: Json, pods: Sequence[Json]) -> bool:
    status = live.get("status") or {}
    if status.get("readyReplicas") or status.get("numberReady"):
        return True
    return any((pod.get("status") or {}).get("phase") in ("Running", "Succeeded") for pod in pods)


def _runs_well(live: Json, pods: Sequence[Json], now: float) -> bool:
    status = live.get("status") or {}
    began = _seconds(status.get("startTime"))
    running = any((pod.get("status") or {}).get("phase") == "Running" for pod in pods)
    return running and not status.get("failed") and began is not None and now - began >= _JOB_RUNS_WELL_AFTER


def _condition(live: Json, name: str) -> bool:
    conditions = (live.get("status") or {}).get("conditions") or []
    return any(item.get("type") == name and item.get("status") == "True" for item in conditions)


def _seconds(text: str | None) -> float | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class NodeView(msgspec.Struct, frozen=True):
    """A node as the canvas shows it: `state`, `health`, one sentence, and its objects."""

    state: str
    health: str
    message: str = ""
    objects: tuple[Json, ...] = ()


def view_of(objects: Iterable[tuple[ObjectKey, Sight]]) -> NodeView:
    """The view of a node whose objects are all applied."""
    seen = list(objects)
    decisive = worst(
        Health(HealthStatus(sight.health), sight.reason, sight.message, sight.is_final) for _, sight in seen
    )
    gone = bool(seen) and all(sight.health == HealthStatus.MISSING for _, sight in seen)
    well = decisive.status in _WELL
    lost = bool(seen) and all(sight.reason == TAKEN_OVER for _, sight in seen)
    return NodeView(
        state="deleted" if gone else "idle" if lost else _state(decisive),
        health=decisive.status.value,
        message=decisive.message if not well or decisive.status is HealthStatus.SUSPENDED else "",
        objects=tuple(object_json(key, sight) for key, sight in seen),
    )


def object_json(key: ObjectKey, sight: Sight | None) -> Json:
    shown = sight or Sight()
    described: Json = {
        "kind": key.kind,
        "namespace": key.namespace,
        "name": key.name,
        "health": shown.health,
        "reason": shown.reason,
        "message": shown.message,
    }
    if shown.urls:
        described["urls"] = list(shown.urls)
    if shown.replicas is not None:
        described["ready"], described["wanted"] = shown.replicas
    return described


def _state(health: Health) -> str:
    if health.status in _WELL:
        return "healthy"
    if health.status is HealthStatus.MISSING or health.reason == TAKEN_OVER:
        return "degraded"
    if health.status is HealthStatus.DEGRADED:
        return "failed" if health.is_final else "degraded"
    return "waiting"
