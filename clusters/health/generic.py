"""Kinds without a rule of their own: the conventions of the API, as most controllers follow them.

What has neither conditions nor a phase is healthy once it exists: a ConfigMap, a Role.
"""

from clusters.health.facts import UNSEEN, Facts, is_false, is_true
from clusters.health.reading import Json, number, sentence, text
from plugins.sdk.health import Health, HealthStatus

_HEALTHY = Health(HealthStatus.HEALTHY)
_BAD_WHEN_TRUE = ("Stalled", "Failed", "Degraded", "Error")
_BUSY_WHEN_TRUE = ("Reconciling", "Progressing", "Issuing")
GOOD_WHEN_TRUE = ("Ready", "Available", "Established", "Synced")
_BAD_PHASES = frozenset({"failed", "error", "degraded", "invalid", "lost"})
_BUSY_PHASES = frozenset(
    {"pending", "creating", "provisioning", "progressing", "initializing", "updating", "installing", "waiting"}
)


def judge(facts: Facts) -> Health:
    if facts.spec.get("suspend") is True or facts.spec.get("paused") is True:
        return Health(HealthStatus.SUSPENDED, "Suspended", "It is suspended.")
    if facts.lags:
        return UNSEEN
    for type_ in _BAD_WHEN_TRUE:
        condition = facts.condition(type_)
        if is_true(condition):
            return told(HealthStatus.DEGRADED, condition, f"It is {type_.lower()}")
    ready = next((found for type_ in GOOD_WHEN_TRUE if (found := facts.condition(type_))), None)
    if ready is not None:
        return _by_condition(facts, ready)
    for type_ in _BUSY_WHEN_TRUE:
        condition = facts.condition(type_)
        if is_true(condition):
            return told(HealthStatus.PROGRESSING, condition, "Its controller is at work")
    return _by_phase(facts)


def _by_condition(facts: Facts, condition: Json) -> Health:
    seen = number(condition.get("observedGeneration"))
    if seen and seen < facts.generation:
        return UNSEEN
    if is_true(condition):
        reconciling = facts.condition("Reconciling")
        return (
            told(HealthStatus.PROGRESSING, reconciling, "Its controller is at work")
            if is_true(reconciling)
            else _HEALTHY
        )
    # False may be on its way or not; controllers that know say so with a condition of their own.
    is_refused = is_false(condition) and condition.get("type") == "Synced"
    status = HealthStatus.DEGRADED if is_refused else HealthStatus.PROGRESSING
    return told(status, condition, "It is not ready yet")


def _by_phase(facts: Facts) -> Health:
    phase = text(facts.status.get("phase")) or text(facts.status.get("state"))
    message = text(facts.status.get("message")) or f"Its phase is {phase}"
    if phase.lower() in _BAD_PHASES:
        return Health(HealthStatus.DEGRADED, phase, sentence(message))
    if phase.lower() in _BUSY_PHASES:
        return Health(HealthStatus.PROGRESSING, phase, sentence(message))
    return _HEALTHY


def judge_namespace(facts: Facts) -> Health:
    if facts.status.get("phase") == "Terminating":
        return Health(HealthStatus.PROGRESSING, "Terminating", "It is being deleted.")
    return _HEALTHY


def told(status: HealthStatus, condition: Json, otherwise: str) -> Health:
    reason = text(condition.get("reason")) or text(condition.get("type"))
    return Health(status, reason, sentence(text(condition.get("message")) or otherwise))
