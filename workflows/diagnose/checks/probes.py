"""Probes that fail, and probes that look where nobody listens."""

from collections.abc import Iterator

from clusters.health.reading import Json, dig, entries, mapping, number, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.health import HealthStatus
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing, warning

_KINDS = {"readiness": "readinessProbe", "liveness": "livenessProbe", "startup": "startupProbe"}


def run(evidence: Evidence) -> Iterator[Finding]:
    told = set()
    for pod, container, health in pods.troubled(evidence):
        is_killed = "after its liveness probe failed" in health.message
        if health.reason != "ProbeFailing" and not is_killed:
            continue
        kind = "liveness" if is_killed else next((kind for kind in _KINDS if f"its {kind} probe" in health.message), "")
        told.add(container.name)
        probe = mapping(container.spec.get(_KINDS.get(kind, "readinessProbe")))
        say = error if health.status is HealthStatus.DEGRADED else warning
        yield say(
            "probe_failing",
            f"{health.message} {_looks_at(probe)}".rstrip(),
            _advice(health.message, probe, container.spec),
            "change_probe",
            values={"container": container.name, "probe": kind or "readiness", **_where(probe)},
            log=pods.log_of(evidence, pod, container.name),
        )
    yield from _unknown_ports(evidence, told)


def _unknown_ports(evidence: Evidence, told: set[str]) -> Iterator[Finding]:
    """A port by a name that the container does not have; nothing that a cluster would ever report as such."""
    live = evidence.live
    for container in all_main(live) if live else ():
        names = {text(port.get("name")) for port in entries(container.get("ports"))}
        for kind, field in _KINDS.items():
            port = _where(mapping(container.get(field))).get("port")
            if isinstance(port, str) and not port.isdigit() and port not in names and container["name"] not in told:
                known = f" It has {listing(sorted(filter(None, names)))}." if any(names) else ""
                yield error(
                    "probe_unknown_port",
                    f'The {kind} probe of the container "{container["name"]}" looks at the port "{port}", '
                    f"and no port of the container is called so.{known}",
                    "Give the number of the port, or name the port so.",
                    "change_probe",
                    values={"container": container["name"], "probe": kind, **_where(mapping(container.get(field)))},
                )


def all_main(workload: Json) -> list[Json]:
    return [item for item in entries(pods.pod_spec(workload).get("containers")) if text(item.get("name"))]


def _where(probe: Json) -> Json:
    for action in ("httpGet", "tcpSocket", "grpc"):
        found = mapping(probe.get(action))
        if found:
            path = {"path": text(found.get("path")) or "/"} if action == "httpGet" else {}
            return {"port": found.get("port"), **path}
    return {}


def _looks_at(probe: Json) -> str:
    where = _where(probe)
    if "path" in where:
        return f"It asks for {where['path']} on port {where['port']}."
    return f"It looks at port {where['port']}." if where else ""


def _advice(message: str, probe: Json, container: Json) -> str:
    ports = [port["containerPort"] for port in entries(container.get("ports")) if "containerPort" in port]
    port = _where(probe).get("port")
    if "connection refused" in message and ports and port not in ports:
        return f"Nobody listens on port {port}; the container says it listens on {listing(ports)}. Look there instead."
    if "statuscode: 404" in message:
        return "The program answers, but has no such path. Correct the path of the probe."
    if "connection refused" in message:
        return "Nobody listens there (yet): correct the port, or let it begin later."
    if "deadline exceeded" in message or "timed out" in message or "timeout" in message.lower():
        seconds = number(dig(probe, "timeoutSeconds"), 1)
        return f"The answer took longer than {seconds} s. Raise the timeout, or find out what is slow."
    return "Correct the port and path of the probe, or find out in the log why the program is not ready."


CHECK = Check(
    "probes",
    "Its probes succeed",
    run,
    frozenset({"workload", "manifest"}),
    frozenset({See.PODS, See.EVENTS, See.LOGS}),
)
