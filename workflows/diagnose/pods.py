"""Pods as checks look at them: the living ones of the newest version, and what is wrong with their containers."""

from collections.abc import Iterator
from typing import NamedTuple

from clusters.health.containers import Container, trouble_of
from clusters.health.facts import events_about
from clusters.health.pods import containers_of
from clusters.health.reading import Json, dig, entries, mapping, text
from clusters.health.workloads import newest
from plugins.sdk.diagnosis import Evidence
from plugins.sdk.health import Health

_TEMPLATES = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}


class Troubled(NamedTuple):
    """A container, the pod it is in, and what `clusters.health` says is wrong with it."""

    pod: Json
    container: Container
    health: Health


def current(evidence: Evidence) -> list[Json]:
    """Of those that have not ended the newest; of those that have, the last one."""
    pods = list(evidence.pods or ())
    living = newest(pods)
    if living or not pods:
        return living
    return [max(pods, key=lambda pod: text(dig(pod, "metadata", "creationTimestamp")))]


def troubled(evidence: Evidence) -> Iterator[Troubled]:
    """One per container and reason: ten pods that fail alike are one thing to repair."""
    seen = set()
    for pod in current(evidence):
        for container in containers_of(pod, events_about(pod, evidence.events)):
            health = trouble_of(container)
            if health is not None and (container.name, health.reason) not in seen:
                seen.add((container.name, health.reason))
                yield Troubled(pod, container, health)


def name_of(item: Json) -> str:
    return text(dig(item, "metadata", "name"))


def labels_of(item: Json) -> dict[str, str]:
    return mapping(dig(item, "metadata", "labels"))


def pod_spec(workload: Json) -> Json:
    """The spec of the pods that a workload makes."""
    path = _TEMPLATES.get(text(workload.get("kind")), ("spec", "template", "spec"))
    return mapping(dig(workload, *path))


def template_labels(workload: Json) -> dict[str, str]:
    head = ("spec", "jobTemplate", "spec") if workload.get("kind") == "CronJob" else ("spec",)
    return mapping(dig(workload, *head, "template", "metadata", "labels"))


def all_containers(spec: Json) -> list[Json]:
    return [*entries(spec.get("initContainers")), *entries(spec.get("containers"))]


def is_ready(pod: Json) -> bool:
    conditions = entries(dig(pod, "status", "conditions"))
    return any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions)


def log_of(evidence: Evidence, pod: Json, container: str) -> tuple[str, ...]:
    """The last lines that it wrote."""
    return tuple(evidence.logs.get((name_of(pod), container), ()))
