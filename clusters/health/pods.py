"""Pods: whether they serve, and if not, the one thing that keeps them from it."""

import re
from collections.abc import Iterable, Sequence

from clusters.health.containers import Container, config_failure, how_it_ended, trouble_of
from clusters.health.facts import (
    Facts,
    condition_of,
    events_about,
    is_false,
    is_true,
    latest,
    words_of_event,
)
from clusters.health.reading import Json, dig, entries, mapping, sentence, text
from plugins.sdk.health import Health, HealthStatus

_PREEMPTION = re.compile(r"[.,]? *(?:no new claims to deallocate, )?preemption: .*$", re.S)
_NODES = re.compile(r"^0/\d+ nodes are available: ?")
_UNBOUND = "unbound immediate PersistentVolumeClaims"
_NO_CLAIM = re.compile(r'persistentvolumeclaim "(?P<name>[^"]+)" not found')
_STARTING = ("ContainerCreating", "PodInitializing", "")
# Failing to mount or to wire up a pod is tried again and again; while it lasts its containers do not begin.
_NOT_BEGINNING = ("FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox")


def judge(facts: Facts) -> Health:
    return judge_pod(facts.obj, facts.events)


def judge_pod(pod: Json, events: Sequence[Json]) -> Health:
    status = mapping(pod.get("status"))
    phase = text(status.get("phase"))
    if dig(pod, "metadata", "deletionTimestamp"):
        return Health(HealthStatus.PROGRESSING, "Terminating", "The pod is being deleted.")
    if phase == "Failed":
        return _failed(pod, status)
    if phase == "Succeeded":
        return Health(HealthStatus.HEALTHY, "Completed")
    if phase == "Unknown":
        return Health(HealthStatus.UNKNOWN, "NodeLost", "The node of the pod does not answer.")
    if phase == "Running" and is_true(condition_of(status, "Ready")):
        return Health(HealthStatus.HEALTHY)
    return trouble_of_pod(pod, events) or _starting(pod, status)


def trouble_of_pod(pod: Json, events: Sequence[Json]) -> Health | None:
    """What keeps a pod that has not ended from being ready; None when nothing is known to be wrong."""
    status = mapping(pod.get("status"))
    scheduled = condition_of(status, "PodScheduled")
    if is_false(scheduled) and scheduled.get("reason") != "SchedulingGated":
        return _unscheduled(text(scheduled.get("message")))
    about = events_about(pod, events)
    found = [trouble for item in containers_of(pod, about) if (trouble := trouble_of(item)) is not None]
    # What is bad tells more than what may still come right, and of two bad things the first began it.
    bad = [trouble for trouble in found if trouble.status is HealthStatus.DEGRADED]
    return next(iter(bad or found), None) or _not_beginning(pod, status, about)


def containers_of(pod: Json, events: Sequence[Json]) -> Iterable[Container]:
    status, spec = mapping(pod.get("status")), mapping(pod.get("spec"))
    for statuses, specs, is_init in (
        ("initContainerStatuses", "initContainers", True),
        ("containerStatuses", "containers", False),
    ):
        known = {text(item.get("name")): item for item in entries(spec.get(specs))}
        for item in entries(status.get(statuses)):
            name = text(item.get("name"))
            yield Container(name, item, known.get(name, {}), events, is_init)


def _failed(pod: Json, status: Json) -> Health:
    """It has ended for good; nothing starts it again."""
    reason = text(status.get("reason"))
    if reason:
        said = text(status.get("message"))
        told = {"Evicted": "The pod was evicted", "DeadlineExceeded": "The pod ran longer than it may"}.get(reason)
        parts = [part for part in (told or f"The pod failed ({reason})", said) if part]
        return Health(HealthStatus.DEGRADED, reason, sentence(": ".join(parts)), is_final=True)
    for container in containers_of(pod, ()):
        ended = mapping(dig(container.status, "state", "terminated"))
        if ended.get("exitCode") not in (0, None):
            why, told = how_it_ended(container, ended)
            return Health(HealthStatus.DEGRADED, why, sentence(f"{container.title} {told}"), is_final=True)
    return Health(HealthStatus.DEGRADED, "Failed", "The pod failed.", is_final=True)


def _starting(pod: Json, status: Json) -> Health:
    if condition_of(status, "PodScheduled").get("reason") == "SchedulingGated":
        return Health(HealthStatus.PROGRESSING, "SchedulingGated", "The pod is held back by a scheduling gate.")
    for container in containers_of(pod, ()):
        if container.waiting:
            return Health(HealthStatus.PROGRESSING, container.waiting, f"{container.title} is about to start.")
        if container.is_running and container.is_init:
            return Health(HealthStatus.PROGRESSING, "PodInitializing", f"{container.title} is running.")
        if container.is_running and container.status.get("ready") is not True:
            return Health(HealthStatus.PROGRESSING, "NotReady", f"{container.title} runs and is not ready yet.")
    gates = [text(gate.get("conditionType")) for gate in entries(dig(pod, "spec", "readinessGates"))]
    closed = [gate for gate in gates if gate and not is_true(condition_of(status, gate))]
    if closed and text(status.get("phase")) == "Running":
        return Health(HealthStatus.PROGRESSING, "ReadinessGate", f"The pod waits for {', '.join(closed)}.")
    return Health(HealthStatus.PROGRESSING, text(status.get("phase")) or "Pending", "The pod is being started.")


def _unscheduled(message: str) -> Health:
    found = _NO_CLAIM.search(message)
    if found:
        told = f'The pod waits for the volume claim "{found["name"]}", which does not exist.'
        return Health(HealthStatus.DEGRADED, "ClaimMissing", told)
    if _UNBOUND in message:
        # Every pod with a new claim says so for a moment; the claim itself tells what is wrong with it.
        return Health(HealthStatus.PROGRESSING, "ClaimPending", "The pod waits for its volume claim to be bound.")
    why = _PREEMPTION.sub("", _NODES.sub("", message)).strip()
    told = f"No node can take the pod: {why}" if why else "No node can take the pod"
    return Health(HealthStatus.DEGRADED, "Unschedulable", sentence(told))


def _not_beginning(pod: Json, status: Json, events: Sequence[Json]) -> Health | None:
    """Volumes that cannot be mounted and the like, which only events tell."""
    states = [item for item in containers_of(pod, events) if not item.is_init]
    if any(item.waiting not in _STARTING or item.is_running for item in states):
        return None
    event = latest(events, *_NOT_BEGINNING)
    if event is None or text(status.get("phase")) not in ("Pending", ""):
        return None
    reason, message = text(event.get("reason")), words_of_event(event)
    told = "cannot be wired up" if reason == "FailedCreatePodSandBox" else "cannot get its volumes"
    return config_failure(message) or Health(HealthStatus.DEGRADED, reason, sentence(f"The pod {told}: {message}"))
