"""What leads to pods: Service, Ingress, routes and gateways.

An address that never comes must be seen, and must never hold anything up: it is progressing, not degraded.
"""

from clusters.health.facts import Facts, condition_of, is_false, is_true, latest, words_of_event
from clusters.health.reading import dig, entries, mapping, number, sentence, text
from plugins.sdk.health import Health, HealthStatus

_HEALTHY = Health(HealthStatus.HEALTHY)


def judge_service(facts: Facts) -> Health:
    kind = text(facts.spec.get("type")) or "ClusterIP"
    if kind == "LoadBalancer" and not entries(dig(facts.status, "loadBalancer", "ingress")):
        event = latest(facts.about_itself(), "SyncLoadBalancerFailed", "CreatingLoadBalancerFailed", "AllocationFailed")
        why = f" {sentence(words_of_event(event))}" if event is not None else ""
        message = f"No load balancer has given it an address yet.{why}"
        return Health(HealthStatus.PROGRESSING, "NoAddress", message)
    if kind != "ExternalName" and "clusterIP" in facts.spec and not text(facts.spec.get("clusterIP")):
        return Health(HealthStatus.PROGRESSING, "NoAddress", "It has no address inside the cluster yet.")
    return _HEALTHY


def judge_ingress(facts: Facts) -> Health:
    if entries(dig(facts.status, "loadBalancer", "ingress")):
        return _HEALTHY
    return Health(HealthStatus.PROGRESSING, "NoAddress", "No ingress controller has given it an address yet.")


def judge_route(facts: Facts) -> Health:
    """Each parent that it attaches to says for itself whether it takes the route."""
    parents = entries(facts.status.get("parents"))
    if not parents:
        return Health(HealthStatus.PROGRESSING, "NotAccepted", "No gateway has taken it up yet.")
    for parent in parents:
        name = text(dig(parent, "parentRef", "name")) or "its gateway"
        for type_, told in (("Accepted", "does not accept it"), ("ResolvedRefs", "cannot find what it points to")):
            condition = condition_of(parent, type_)
            if _is_stale(condition, facts):
                return Health(HealthStatus.PROGRESSING, "NotObserved", f"{name} has not seen the latest change yet.")
            if is_false(condition):
                message = f'The gateway "{name}" {told}: {text(condition.get("message"))}'
                return Health(HealthStatus.DEGRADED, text(condition.get("reason")) or type_, sentence(message))
    if any(is_true(condition_of(parent, "Accepted")) for parent in parents):
        return _HEALTHY
    return Health(HealthStatus.PROGRESSING, "NotAccepted", "No gateway has taken it up yet.")


def judge_gateway(facts: Facts) -> Health:
    for type_ in ("Accepted", "Programmed"):
        condition = facts.condition(type_)
        is_unsettled = _is_stale(condition, facts) or text(condition.get("reason")) in ("Pending", "")
        if is_unsettled and not is_true(condition):
            return Health(HealthStatus.PROGRESSING, type_, "No controller has set it up yet.")
        if is_false(condition):
            reason, message = text(condition.get("reason")) or type_, text(condition.get("message"))
            status = HealthStatus.PROGRESSING if reason == "AddressNotAssigned" else HealthStatus.DEGRADED
            return Health(status, reason, sentence(message or f"It is not {type_.lower()}"))
    return _HEALTHY


def _is_stale(condition: dict[str, object], facts: Facts) -> bool:
    seen = number(mapping(condition).get("observedGeneration"))
    return bool(seen) and seen < facts.generation
