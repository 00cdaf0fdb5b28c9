"""Pods that no node takes, and pods that their node lost."""

import re
from collections.abc import Iterator

from clusters.health.facts import condition_of, is_false
from clusters.health.pods import judge_pod
from clusters.health.reading import dig, mapping, text
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from workflows.diagnose import pods
from workflows.diagnose.finding import error, warning

_WHY: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (
        re.compile(r"Insufficient cpu", re.I),
        "unschedulable_cpu",
        "Request less CPU (resources.requests.cpu), run fewer copies, or add a node.",
        "lower_requests",
    ),
    (
        re.compile(r"Insufficient memory", re.I),
        "unschedulable_memory",
        "Request less memory (resources.requests.memory), run fewer copies, or add a node.",
        "lower_requests",
    ),
    (
        re.compile(r"volume node affinity|volume\(s\) (?:conflict|had)|had no available volume zone", re.I),
        "unschedulable_volume",
        "The volume can be used on another node only: let the pod run there, or make a new volume.",
        "",
    ),
    (
        re.compile(r"free ports for the requested pod ports", re.I),
        "unschedulable_port",
        "Only one pod per node can have a host port: remove host_port, or run fewer copies.",
        "clear_host_ports",
    ),
    (
        re.compile(r"affinity|node selector|anti-affinity|topology spread", re.I),
        "unschedulable_affinity",
        "Correct or remove node_selector and affinity, or label a node so.",
        "clear_placement",
    ),
    (
        re.compile(r"taint", re.I),
        "unschedulable_taint",
        "The nodes accept only pods that tolerate their taint: add a toleration, or remove the taint from a node.",
        "",
    ),
    (re.compile(r"Too many pods", re.I), "too_many_pods", "Every node is full: run fewer copies, or add a node.", ""),
    (
        re.compile(r"no nodes available|were unschedulable", re.I),
        "unschedulable",
        "The cluster has no node that takes pods now; ask whoever looks after it.",
        "",
    ),
)


def run(evidence: Evidence) -> Iterator[Finding]:
    causes = set()
    for pod in pods.current(evidence):
        for found in _of_pod(pod, evidence):
            if found.cause not in causes:
                causes.add(found.cause)
                yield found


def _of_pod(pod: dict[str, object], evidence: Evidence) -> Iterator[Finding]:
    status = mapping(pod.get("status"))
    health = judge_pod(pod, evidence.events)
    if text(status.get("reason")) == "Evicted":
        yield error("evicted", health.message, "The node ran short: request what it really needs, so that it is kept.")
    elif health.reason == "NodeLost":
        yield error("node_lost", health.message, "The pod is made anew elsewhere once the node is given up.")
    elif health.reason == "ClaimMissing":
        name = text(health.message).partition('"')[2].partition('"')[0]
        advice = "Add the volume claim to the drawing, or correct its name."
        yield error("claim_missing", health.message, advice, "add_claim", values={"name": name})
    elif health.reason == "ClaimPending":
        yield warning("claim_pending", health.message, "Look at the volume claim: it says what it waits for.")
    scheduled = condition_of(status, "PodScheduled")
    if health.reason == "Unschedulable" and is_false(scheduled):
        yield from _unscheduled(health.message, evidence)


def _unscheduled(message: str, evidence: Evidence) -> Iterator[Finding]:
    found = [(cause, advice, fix) for pattern, cause, advice, fix in _WHY if pattern.search(message)]
    for cause, advice, fix in found or [("unschedulable", "Look at what the pod demands of its node.", "")]:
        hints: dict[str, str] = {}
        if fix == "lower_requests":
            hints = {"resource": "cpu" if cause == "unschedulable_cpu" else "memory", **_asked(evidence, cause)}
        yield error(cause, message, advice, fix, values=hints)


def _asked(evidence: Evidence, cause: str) -> dict[str, str]:
    """The container that asks for most of it is the one to change; the first one as a rule."""
    resource = "cpu" if cause == "unschedulable_cpu" else "memory"
    for pod in pods.current(evidence):
        for container in pods.all_containers(mapping(pod.get("spec"))):
            asked = dig(container, "resources", "requests", resource)
            if asked:
                return {"container": text(container.get("name")), "requested": str(asked)}
    return {}


CHECK = Check(
    "scheduling", "Nodes take its pods", run, frozenset({"workload", "manifest"}), frozenset({See.PODS, See.EVENTS})
)
