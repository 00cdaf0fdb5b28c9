"""What adds kinds to a cluster: CustomResourceDefinition and APIService."""

from clusters.health.facts import Facts, is_false, is_true
from clusters.health.reading import sentence, text
from plugins.sdk.health import Health, HealthStatus


def judge_definition(facts: Facts) -> Health:
    names = facts.condition("NamesAccepted")
    if is_false(names):
        message = f"Its names are taken: {text(names.get('message'))}"
        return Health(
            HealthStatus.DEGRADED, text(names.get("reason")) or "NamesRefused", sentence(message), is_final=True
        )
    schema = facts.condition("NonStructuralSchema")
    if is_true(schema) and not is_true(facts.condition("Established")):
        message = text(schema.get("message"))
        return Health(HealthStatus.DEGRADED, "NonStructuralSchema", sentence(message), is_final=True)
    if is_true(facts.condition("Established")):
        return Health(HealthStatus.HEALTHY)
    return Health(HealthStatus.PROGRESSING, "NotEstablished", "The cluster does not serve it yet.")


def judge_api_service(facts: Facts) -> Health:
    available = facts.condition("Available")
    if is_true(available):
        return Health(HealthStatus.HEALTHY)
    message = text(available.get("message")) or "The server behind it has not answered yet"
    return Health(HealthStatus.PROGRESSING, text(available.get("reason")) or "NotAvailable", sentence(message))
