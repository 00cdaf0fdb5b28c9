"""What keeps a number of pods running: Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController.

A workload that has what it wants is healthy. One that does not is as its newest pods are: degraded with their reason,
or else on its way.
"""

from collections.abc import Sequence

import msgspec

from clusters.health.facts import UNSEEN, Facts, is_false, is_true, latest, words_of_event
from clusters.health.pods import trouble_of_pod
from clusters.health.reading import Json, dig, is_number, number, sentence, text
from clusters.health.refusals import refusal
from plugins.sdk.health import Health, HealthStatus

_HEALTHY = Health(HealthStatus.HEALTHY)
_REVISIONS = ("pod-template-hash", "controller-revision-hash")


def judge_deployment(facts: Facts) -> Health:
    if facts.spec.get("paused") is True:
        return Health(HealthStatus.SUSPENDED, "Paused", "Its rollout is paused.")
    if facts.is_unseen:
        return UNSEEN
    progressing = facts.condition("Progressing")
    if is_false(progressing) and progressing.get("reason") == "ProgressDeadlineExceeded":
        return _too_late(facts)
    wanted, status = _wanted(facts), facts.status
    updated, available = number(status.get("updatedReplicas")), number(status.get("availableReplicas"))
    if updated < wanted:
        return _hindered(facts, wanted) or _on_the_way(f"{updated} of {_pods(wanted)} are of the new version.")
    if available < wanted:
        return _hindered(facts, wanted) or _on_the_way(f"{available} of {_pods(wanted)} are ready.")
    # What is available may be the old pods, held until the new ones are: so those are looked at first.
    leftover = number(status.get("replicas")) - updated
    if leftover > 0:
        return _hindered(facts, wanted) or _on_the_way(f"{_pods(leftover)} of the old version are still there.")
    return _HEALTHY


def judge_replicaset(facts: Facts) -> Health:
    if facts.is_unseen:
        return UNSEEN
    wanted = _wanted(facts)
    available = number(facts.status.get("availableReplicas"))
    if available < wanted:
        return _hindered(facts, wanted) or _on_the_way(f"{available} of {_pods(wanted)} are ready.")
    leftover = number(facts.status.get("replicas")) - wanted
    return _on_the_way(f"{_pods(leftover)} are ending.") if leftover > 0 else _HEALTHY


def judge_statefulset(facts: Facts) -> Health:
    if facts.is_unseen:
        # Its controller says nothing in the status before the first pod is made.
        return _uncreated(facts, 1) or UNSEEN
    wanted, status = _wanted(facts), facts.status
    ready = number(status.get("readyReplicas"))
    if is_number(status.get("availableReplicas")) and number(facts.spec.get("minReadySeconds")):
        ready = min(ready, number(status.get("availableReplicas")))
    if ready < wanted:
        return _hindered(facts, wanted) or _on_the_way(f"{ready} of {_pods(wanted)} are ready.")
    leftover = number(status.get("replicas")) - wanted
    if leftover > 0:
        return _on_the_way(f"{_pods(leftover)} are ending.")
    if dig(facts.spec, "updateStrategy", "type") == "OnDelete":
        return _HEALTHY  # New pods come when somebody deletes the old ones: nothing is under way.
    return _rolled_out(facts, wanted)


def _rolled_out(facts: Facts, wanted: int) -> Health:
    status = facts.status
    partition = number(dig(facts.spec, "updateStrategy", "rollingUpdate", "partition"))
    current, update = text(status.get("currentRevision")), text(status.get("updateRevision"))
    updated = number(status.get("updatedReplicas"))
    if not update or current == update:
        return _HEALTHY
    due = max(wanted - partition, 0)
    if updated < due:
        return _hindered(facts, wanted) or _on_the_way(f"{updated} of {_pods(due)} are of the new version.")
    # With a partition the rest stays at the old version on purpose.
    return _HEALTHY if partition else _on_the_way("The new version is being confirmed.")


def judge_daemonset(facts: Facts) -> Health:
    if facts.is_unseen:
        return UNSEEN
    status = facts.status
    wanted = number(status.get("desiredNumberScheduled"))
    updated, available = number(status.get("updatedNumberScheduled")), number(status.get("numberAvailable"))
    if dig(facts.spec, "updateStrategy", "type") != "OnDelete" and updated < wanted:
        return _hindered(facts, wanted) or _on_the_way(f"{updated} of {_pods(wanted)} are of the new version.")
    if available < wanted:
        return _hindered(facts, wanted) or _on_the_way(f"{available} of {_pods(wanted)} are ready.")
    return _HEALTHY if wanted else Health(HealthStatus.HEALTHY, "NoNodes", "No node of the cluster matches it.")


def trouble_of_pods(pods: Sequence[Json], events: Sequence[Json]) -> Health | None:
    """The worst that is known about the newest pods; None when nothing is."""
    found = [trouble for pod in newest(pods) if (trouble := trouble_of_pod(pod, events)) is not None]
    bad = [trouble for trouble in found if trouble.status is HealthStatus.DEGRADED]
    return next((trouble for trouble in bad if trouble.is_final), None) or next(iter(bad or found), None)


def newest(pods: Sequence[Json]) -> list[Json]:
    """The living pods of the revision that made a pod last: those of an older one say nothing about now."""
    living = [
        pod
        for pod in pods
        if not dig(pod, "metadata", "deletionTimestamp") and dig(pod, "status", "phase") not in ("Failed", "Succeeded")
    ]
    last = max((_made_at(pod) for pod in living), default="")
    # Of two revisions within one second, which is as exact as a cluster is, either may be the newer.
    revisions = {_revision(pod) for pod in living if _made_at(pod) == last}
    return [pod for pod in living if _revision(pod) in revisions]


def _made_at(pod: Json) -> str:
    return text(dig(pod, "metadata", "creationTimestamp"))


def _revision(pod: Json) -> str:
    return next((found for name in _REVISIONS if (found := text(dig(pod, "metadata", "labels", name)))), "")


def _hindered(facts: Facts, wanted: int) -> Health | None:
    """Why there are too few: what the pods say, or why there are none."""
    return trouble_of_pods(facts.pods, facts.events) or _uncreated(facts, wanted)


def _uncreated(facts: Facts, wanted: int) -> Health | None:
    failure = facts.condition("ReplicaFailure")
    if is_true(failure):
        return refusal(text(failure.get("message")), text(failure.get("reason")) or "FailedCreate")
    existing = max(number(facts.status.get("replicas")), number(facts.status.get("currentNumberScheduled")))
    event = latest(facts.about_itself(), "FailedCreate")
    return refusal(words_of_event(event)) if event is not None and existing < wanted else None


def _too_late(facts: Facts) -> Health:
    seconds = number(facts.spec.get("progressDeadlineSeconds"), 600)
    cause = _hindered(facts, _wanted(facts))
    late = f"It made no progress for {seconds} s."
    if cause is None or cause.status is not HealthStatus.DEGRADED:
        return Health(HealthStatus.DEGRADED, "ProgressDeadlineExceeded", late, is_final=True)
    return msgspec.structs.replace(cause, message=f"{cause.message} {late}", is_final=True)


def _wanted(facts: Facts) -> int:
    """Zero is a number too: only what is absent means one."""
    return number(facts.spec.get("replicas"), 1)


def _pods(count: int) -> str:
    return f"{count} pod" if count == 1 else f"{count} pods"


def _on_the_way(message: str) -> Health:
    return Health(HealthStatus.PROGRESSING, "RollingOut", sentence(message.replace("1 pod are", "1 pod is")))
