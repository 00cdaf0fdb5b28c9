"""What edges mean here (`Connection.meaning`), and what is asked of the drawing in these words."""

from collections.abc import Iterator
from typing import Final

from clusters.health.reading import Json, dig, entries
from plugins.sdk.diagnosis import Evidence
from plugins.sdk.nodetype import AnyNode
from workflows.diagnose.pods import pod_spec, template_labels

WORKLOAD: Final = "workload"
SELECTS: Final = "selects"
USES: Final = "uses"
SCALES: Final = "scales"


def workloads(evidence: Evidence) -> list[AnyNode]:
    return [node for node in evidence.wiring.nodes.values() if WORKLOAD in node.type.roles]


def drawn_ports(service: AnyNode, evidence: Evidence) -> list[Json]:
    """The ports that a service would be deployed with."""
    bodies = evidence.bodies.get(service.id, ())
    return [port for body in bodies for port in entries(dig(body, "spec", "ports"))]


def drawn_pods(workload: AnyNode, evidence: Evidence) -> Iterator[tuple[dict[str, str], Json]]:
    """(labels, spec) of the pods that a workload would be deployed with."""
    for body in evidence.bodies.get(workload.id, ()):
        labels, spec = template_labels(body), pod_spec(body)
        if labels and spec:
            yield labels, spec
