"""Ingresses and routes: who serves them, where they lead, and their certificates."""

from collections.abc import Iterator

from clusters.health import assess
from clusters.health.reading import Json, dig, entries, mapping, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.health import HealthStatus
from workflows.diagnose import pods
from workflows.diagnose.checks.services import backends_of
from workflows.diagnose.finding import error, listing, warning

_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_OLD_CLASS = "kubernetes.io/ingress.class"


def run(evidence: Evidence) -> Iterator[Finding]:
    for live in [*evidence.all_live("Ingress"), *evidence.all_live("HTTPRoute")]:
        served = list(_served(live, evidence))
        yield from served
        yield from _backends(live, evidence)
        yield from _certificates(live, evidence)
        if not any(finding.cause == "ingress_class_missing" for finding in served):
            yield from _taken_up(live, evidence)


def _served(live: Json, evidence: Evidence) -> Iterator[Finding]:
    classes = evidence.listed.get("IngressClass")
    if live.get("kind") != "Ingress" or classes is None or dig(live, "metadata", "annotations", _OLD_CLASS):
        return
    wanted = text(dig(live, "spec", "ingressClassName"))
    names = [pods.name_of(item) for item in classes]
    there = f"The cluster has {listing(names)}." if names else "The cluster has none: no ingress controller is there."
    hints = {"ingress_class": names[0]} if names else {}
    fix = "choose_ingress_class" if names else ""
    advice = "Choose a class that is there." if names else "Have an ingress controller installed in the cluster."
    if wanted and wanted not in names:
        message = f'There is no ingress class "{wanted}", so nobody serves it. {there}'
        yield error("ingress_class_missing", message, advice, fix, values=hints)
    elif not wanted and not any(dig(item, "metadata", "annotations", _DEFAULT) == "true" for item in classes):
        message = f"It names no ingress class, and none is the default, so nobody serves it. {there}"
        yield error("ingress_class_missing", message, advice, fix, values=hints)


def _backends(live: Json, evidence: Evidence) -> Iterator[Finding]:
    services = evidence.listed.get("Service")
    if services is None:
        return
    known = {pods.name_of(item): item for item in services}
    for name, port in dict.fromkeys(backends_of(live)):
        service = known.get(name)
        if service is None:
            there = f" There is {listing(sorted(known))}." if known else ""
            yield error(
                "ingress_service_missing",
                f'It leads to the service "{name}", which does not exist in the namespace.{there}',
                "Correct the service's name, or draw an edge to the service that is meant.",
                "change_backend",
                values={"service": name},
            )
        elif port is not None and not _has_port(service, port):
            ports = [f"{item.get('port')}" for item in entries(dig(service, "spec", "ports"))]
            yield error(
                "ingress_port_missing",
                f'It leads to port {port} of the service "{name}", which has {listing(ports) or "no ports"}.',
                "Lead it to a port that the service has.",
                "change_backend",
                values={"service": name, **({"port": ports[0]} if ports else {})},
            )


def _has_port(service: Json, port: int | str) -> bool:
    if dig(service, "spec", "type") == "ExternalName":
        return True
    return any(port in (item.get("port"), item.get("name")) for item in entries(dig(service, "spec", "ports")))


def _certificates(live: Json, evidence: Evidence) -> Iterator[Finding]:
    for item in entries(dig(live, "spec", "tls")):
        name = text(item.get("secretName"))
        if name and evidence.is_missing("Secret", name):
            yield error(
                "tls_secret_missing",
                f'Its certificate should be in the secret "{name}", which does not exist in the namespace.',
                "Add a secret of the type tls with tls.crt and tls.key, or correct the name.",
                "add_secret",
                values={"name": name, "type": "tls"},
            )


def _taken_up(live: Json, evidence: Evidence) -> Iterator[Finding]:
    health = assess(live, events=evidence.events)
    if health.status is HealthStatus.DEGRADED:
        yield error("route_refused", health.message, "Correct what the gateway names, or choose another gateway.")
    elif health.reason in ("NoAddress", "NotAccepted"):
        spec = mapping(live.get("spec"))
        by = "its gateway" if live.get("kind") == "HTTPRoute" else text(spec.get("ingressClassName")) or "its class"
        advice = f"If this stays so, the controller behind {by} is not running."
        yield warning("ingress_no_address", health.message, advice)


CHECK = Check(
    "ingress",
    "Requests from outside reach it",
    run,
    frozenset({"ingress", "httproute"}),
    frozenset({See.EVENTS, See.SERVICES, See.INGRESS_CLASSES, See.SOURCES}),
)
