"""What the controllers of any kind say themselves: the last word, when no other check knows a cause."""

from collections.abc import Iterator

from clusters.health import assess
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.health import HealthStatus
from workflows.diagnose import pods
from workflows.diagnose.finding import error, warning


def run(evidence: Evidence) -> Iterator[Finding]:
    for live in evidence.all_live():
        health = assess(live, pods=evidence.pods or (), events=evidence.events)
        what = f"{live.get('kind')} {pods.name_of(live)}"
        if health.status is HealthStatus.DEGRADED:
            yield error("unhealthy", f"{what}: {health.message}", "Its controller says so; read its events.")
        elif health.status is HealthStatus.SUSPENDED and health.reason != "ScalingDisabled":
            yield warning("suspended", f"{what}: {health.message}")
        elif health.status is HealthStatus.PROGRESSING:
            yield warning("unhealthy", f"{what}: {health.message}", "This may still come right by itself; look again.")


CHECK = Check("health", "It is healthy", run, sees=frozenset({See.PODS, See.EVENTS}))
