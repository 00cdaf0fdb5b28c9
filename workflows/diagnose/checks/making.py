"""Whether pods are made at all: quotas, limits, accounts, security; and whether a rollout moves on."""

import re
from collections.abc import Iterator

from clusters.health import assess
from clusters.health.reading import dig, number
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.health import Health, HealthStatus
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing, warning

_LIMIT = re.compile(r"(?:maximum|minimum) (?:cpu|memory|\S+) (?:usage|limit)|usage per (?:Container|Pod) is", re.I)
_NEEDED = re.compile(r"wants every container to specify (?P<what>.+)\.$")


def run(evidence: Evidence) -> Iterator[Finding]:
    for live in evidence.all_live():
        if not pods.pod_spec(live):
            continue
        health = assess(live, pods=evidence.pods or (), events=evidence.events)
        found = _finding(evidence, health)
        if found is not None:
            yield found
        if live.get("kind") == "DaemonSet" and health.reason == "NoNodes":
            advice = "Correct its node_selector, affinity or tolerations: no node is as they demand."
            yield warning("no_node_matches", health.message, advice, "clear_placement")


def _finding(evidence: Evidence, health: Health) -> Finding | None:
    reason, message = health.reason, health.message
    if reason == "QuotaExceeded":
        needed = _NEEDED.search(message)
        if needed:
            advice = "Set requests and limits for each container."
            return error("quota_needs_requests", message, advice, "set_requests", values={"what": needed["what"]})
        advice = "Ask for less, run fewer copies, or have the quota of the namespace raised."
        fix = "lower_replicas" if "pods=" in message or not _requests(evidence) else "lower_requests"
        return error("quota_exceeded", message, advice, fix)
    if reason == "ServiceAccountMissing":
        name = message.partition('"')[2].partition('"')[0]
        advice = "Add the service account to the drawing, or correct its name."
        return error("service_account_missing", message, advice, "add_service_account", values={"name": name})
    if reason == "PodSecurity":
        return error("pod_security", message, "Set the security context as the namespace demands; it names each field.")
    if reason in ("FailedCreate", "ReplicaSetCreateError") and health.status is HealthStatus.DEGRADED:
        is_limit = _LIMIT.search(message) is not None
        advice = "Keep requests and limits within what the namespace's limit range allows." if is_limit else ""
        return error("limit_range" if is_limit else "pods_refused", message, advice)
    if reason == "Paused":
        return warning("rollout_paused", message, "Resume the rollout.", "resume")
    if reason == "ProgressDeadlineExceeded":
        waiting = [pods.name_of(pod) for pod in pods.current(evidence) if not pods.is_ready(pod)]
        about = f" Not ready: {listing(waiting, 3)}." if waiting else ""
        return error("rollout_stuck", f"{message}{about}", "Look at the other checks: they say what holds it up.")
    return None


def _requests(evidence: Evidence) -> bool:
    return any(
        dig(container, "resources", "requests")
        for live in evidence.all_live()
        for container in pods.all_containers(pods.pod_spec(live))
        if number(dig(live, "spec", "replicas"), 1)
    )


CHECK = Check(
    "making", "Its pods can be made", run, frozenset({"workload", "manifest"}), frozenset({See.PODS, See.EVENTS})
)
