"""What changes or guards the number of pods: autoscalers, budgets, quotas."""

from collections.abc import Iterator

from clusters.health import assess
from clusters.health.facts import condition_of, is_true
from clusters.health.reading import Json, dig, entries, mapping, number, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.formats import parse_quantity
from plugins.sdk.health import HealthStatus
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing, warning


def run_autoscaler(evidence: Evidence) -> Iterator[Finding]:
    live = evidence.live_of("HorizontalPodAutoscaler")
    if live is None:
        return
    health = assess(live, events=evidence.events)
    reference = mapping(dig(live, "spec", "scaleTargetRef"))
    kind, name = text(reference.get("kind")), text(reference.get("name"))
    if evidence.is_missing(kind, name) or health.reason == "FailedGetScale":
        message = f'It should scale the {kind} "{name}", which is not there.'
        yield error("hpa_target_missing", message, "Draw an edge from it to the workload that it is for.")
        return
    lacking = _without_requests(live, evidence.named.get((kind, name)))
    if lacking or "missing request for" in health.message:
        resource, containers = lacking or (health.message.partition("missing request for ")[2].split()[0], [])
        who = f"the container {listing(containers)} requests" if containers else "its pods request"
        yield error(
            "hpa_missing_requests",
            f"It compares the use of {resource} with what is requested, and {who} no {resource}.",
            f"Set resources.requests.{resource} in the workload.",
            "set_requests",
            values={"what": f"requests.{resource}"},
        )
    elif health.status is HealthStatus.DEGRADED:
        advice = "The cluster needs something that measures: metrics-server as a rule. Ask whoever runs it."
        yield error("hpa_no_metrics", health.message, advice)
    if is_true(limited := condition_of(mapping(live.get("status")), "ScalingLimited")) and (
        limited.get("reason") == "TooManyReplicas"
    ):
        most = number(dig(live, "spec", "maxReplicas"))
        message = f"It would run more copies, but may not run more than {most}."
        yield warning("hpa_at_maximum", message, "Raise max_replicas.", "raise_maximum", values={"maximum": most * 2})


def _without_requests(live: Json, target: Json | None) -> tuple[str, list[str]] | None:
    """The first resource by whose share it scales and that containers of its target do not request."""
    if target is None:
        return None
    containers = entries(pods.pod_spec(target).get("containers"))
    for name in _compared(live):
        without = [
            text(item.get("name"))
            for item in containers
            if dig(item, "resources", "requests", name) is None and dig(item, "resources", "limits", name) is None
        ]
        if without:
            return name, without
    return None


def _compared(live: Json) -> Iterator[str]:
    if dig(live, "spec", "targetCPUUtilizationPercentage"):
        yield "cpu"
    for metric in entries(dig(live, "spec", "metrics")):
        resource = mapping(metric.get("resource"))
        is_share = (
            dig(resource, "target", "averageUtilization") is not None
            or resource.get("targetAverageUtilization") is not None
        )
        if is_share:
            yield text(resource.get("name"))


def run_budget(evidence: Evidence) -> Iterator[Finding]:
    for live in evidence.all_live("PodDisruptionBudget"):
        status = mapping(live.get("status"))
        expected, wanted = number(status.get("expectedPods")), number(status.get("desiredHealthy"))
        if "expectedPods" not in status:
            continue
        if not expected and evidence.pods is not None and not evidence.pods:
            advice = "Draw an edge from it to the workload that it is for, or correct its selector."
            yield warning("budget_matches_nothing", "It guards no pod: no pod has the labels that it names.", advice)
        elif expected and wanted >= expected:
            yield warning(
                "budget_blocks",
                f"It wants {wanted} of {expected} pods to stay at all times, so no node can ever be emptied.",
                "Let one pod be away at a time, or run more copies.",
                "loosen_budget",
            )


def run_quota(evidence: Evidence) -> Iterator[Finding]:
    for live in evidence.all_live("ResourceQuota"):
        hard, used = mapping(dig(live, "status", "hard")), mapping(dig(live, "status", "used"))
        amounts = [(name, text(used.get(name)), text(most)) for name, most in hard.items()]
        full = [
            f"{name} ({now} of {most})"
            for name, now, most in amounts
            if now and most and (parse_quantity(now) or 0) >= (parse_quantity(most) or 0)
        ]
        if full:
            message = f"It is used up: {listing(full)}. Nothing more of that can be made in the namespace."
            yield warning("quota_full", message, "Raise it, or use less in this namespace.")


AUTOSCALER = Check(
    "autoscaler", "It can scale", run_autoscaler, frozenset({"hpa"}), frozenset({See.EVENTS, See.SOURCES})
)
BUDGET = Check(
    "budget",
    "It guards pods and lets nodes be emptied",
    run_budget,
    frozenset({"poddisruptionbudget"}),
    frozenset({See.PODS}),
)
QUOTA = Check("quota", "There is room left", run_quota, frozenset({"resourcequota"}))
