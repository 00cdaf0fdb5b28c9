"""What changes or guards the number of pods: HorizontalPodAutoscaler and PodDisruptionBudget."""

import msgspec

from clusters.health.facts import UNSEEN, Facts, condition_of, is_false, is_true
from clusters.health.reading import Json, dig, entries, number, sentence, text
from plugins.sdk.health import Health, HealthStatus

# autoscaling/v1 keeps its conditions in an annotation.
_V1_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"


def judge_autoscaler(facts: Facts) -> Health:
    status = _with_conditions(facts)
    able, active = condition_of(status, "AbleToScale"), condition_of(status, "ScalingActive")
    if not able and not active:
        return Health(HealthStatus.PROGRESSING, "NotObserved", "It has not looked at its target yet.")
    if is_false(active) and active.get("reason") == "ScalingDisabled":
        return Health(HealthStatus.SUSPENDED, "ScalingDisabled", "Its target is scaled to zero, so it does nothing.")
    for condition, told in ((able, "It cannot scale its target"), (active, "It cannot read the metrics it scales by")):
        if is_false(condition):
            message = f"{told}: {text(condition.get('message'))}"
            return Health(HealthStatus.DEGRADED, text(condition.get("reason")) or "Failed", sentence(message))
    return Health(HealthStatus.HEALTHY)


def _with_conditions(facts: Facts) -> Json:
    if entries(facts.status.get("conditions")):
        return facts.status
    raw = text(dig(facts.obj, "metadata", "annotations", _V1_CONDITIONS))
    try:
        return {"conditions": msgspec.json.decode(raw)} if raw else {}
    except (msgspec.DecodeError, UnicodeEncodeError):
        return {}


def judge_budget(facts: Facts) -> Health:
    """A budget that allows no disruption now (one pod, at least one) is still as it was asked for."""
    if facts.is_unseen and "observedGeneration" in facts.status:
        return UNSEEN
    allowed = facts.condition("DisruptionAllowed")
    if allowed.get("reason") == "SyncFailed" and not is_true(allowed):
        message = text(allowed.get("message")) or "Its pods cannot be counted"
        return Health(HealthStatus.DEGRADED, "SyncFailed", sentence(message))
    current, desired = number(facts.status.get("currentHealthy")), number(facts.status.get("desiredHealthy"))
    if current < desired:
        message = f"{current} of the {desired} pods that it guards are healthy."
        return Health(HealthStatus.PROGRESSING, "InsufficientPods", message)
    return Health(HealthStatus.HEALTHY)
