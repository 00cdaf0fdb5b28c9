"""Kinds whose health a plugin describes: condition types that are good or bad, and words in one field of the status."""

from clusters.health import generic
from clusters.health.facts import UNSEEN, Facts, is_true
from clusters.health.reading import dig, number, sentence, text
from plugins.sdk.health import Health, HealthStatus
from plugins.sdk.plugin import HealthRule


def judge(facts: Facts, rule: HealthRule) -> Health:
    """A bad condition counts first, then the words, then the good conditions; where the rule has none of what the
    object says, the conventions decide."""
    if facts.lags:
        return UNSEEN
    for type_ in rule.failed:
        condition = facts.condition(type_)
        if is_true(condition):
            return generic.told(HealthStatus.DEGRADED, condition, f"It is {type_}")
    word = text(dig({"status": facts.status}, *rule.phase.split("."))) if rule.phase else ""
    status = rule.status_of(word) if word else None
    if status is HealthStatus.HEALTHY:
        return Health(status)
    if status is not None:
        message = text(facts.status.get("message")) or f"It says {word}"
        return Health(status, word, sentence(message))
    if rule.ready:
        return _by_conditions(facts, rule)
    if rule.phase:
        return Health(HealthStatus.PROGRESSING, word or "NotReported", sentence(f"It says {word or 'nothing yet'}"))
    return generic.judge(facts)


def _by_conditions(facts: Facts, rule: HealthRule) -> Health:
    found = [(type_, facts.condition(type_)) for type_ in rule.ready]
    if facts.status.get("conditions") and not any(condition for _, condition in found):
        return generic.judge(facts)
    for type_, condition in found:
        seen = number(condition.get("observedGeneration"))
        if seen and seen < facts.generation:
            return UNSEEN
        if condition and not is_true(condition):
            return generic.judge(facts) if type_ in generic.GOOD_WHEN_TRUE else _waiting(condition)
    if all(condition for _, condition in found):
        return Health(HealthStatus.HEALTHY)
    return Health(HealthStatus.PROGRESSING, "NotReported", "Its controller has not said yet how it is.")


def _waiting(condition: dict[str, object]) -> Health:
    return generic.told(HealthStatus.PROGRESSING, condition, "It is not ready yet")
