"""Network policies: drawn ways that they cut, and policies that hold for nobody.

What cannot be judged from labels (addresses, namespaces by label) counts as allowed: nobody is sent after a ghost.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clusters.health.reading import Json, dig, entries, mapping, text, words
from plugins.sdk.diagnosis import Check, Evidence, Finding, See
from plugins.sdk.nodetype import AnyNode
from workflows.diagnose import pods
from workflows.diagnose.finding import error, listing, warning
from workflows.diagnose.meanings import SELECTS, USES, drawn_pods, drawn_ports
from workflows.diagnose.selecting import matches, named_ports


class Way(NamedTuple):
    """A drawn "uses" edge down to the pods: who calls whom, at which ports of the pods."""

    user: AnyNode
    service: AnyNode
    server: AnyNode


def run(evidence: Evidence) -> Iterator[Finding]:
    policies = evidence.listed.get("NetworkPolicy")
    if policies is None:
        return
    own = {pods.name_of(live) for live in evidence.all_live("NetworkPolicy")}
    for way in _ways(evidence):
        cutting = sorted({*_cut_going_out(way, policies, evidence), *_cut_coming_in(way, policies, evidence)})
        is_about = not own or own & {*cutting}
        if cutting and is_about:
            which = "policy" if len(cutting) == 1 else "policies"
            yield error(
                "policy_cuts_edge",
                f"{way.user.label} is drawn to use {way.service.label}, but the network {which} {listing(cutting)} "
                f"does not let it reach the pods of {way.server.label}.",
                "Add a rule that allows it. A policy that is drawn here and points to the workload does so by itself.",
            )
    for live in evidence.all_live("NetworkPolicy"):
        if evidence.pods is not None and not evidence.pods and not pods.name_of(live).endswith("-allow"):
            yield warning(
                "policy_matches_nothing",
                f'The policy "{pods.name_of(live)}" holds for no pod: no pod has the labels that it names.',
                "Draw an edge from the policy to the workload that it is for, or correct its selector.",
            )
            break


def _ways(evidence: Evidence) -> Iterator[Way]:
    node, wiring = evidence.node, evidence.wiring
    for link in wiring.links:
        if link.meaning != USES or link.target.type.name != "service":
            continue
        for server in wiring.targets(link.target, SELECTS):
            way = Way(link.source, link.target, server)
            if node.type.name == "networkpolicy" or node.id in (way.user.id, way.service.id, way.server.id):
                yield way


def _labels(node: AnyNode, evidence: Evidence) -> dict[str, str] | None:
    return next((labels for labels, _ in drawn_pods(node, evidence)), None)


def _target_ports(way: Way, evidence: Evidence) -> tuple[set[int | str | None], dict[str, int]]:
    """A policy sees the ports of pods, not those of the service; and the names that these have."""
    spec = next((spec for _, spec in drawn_pods(way.server, evidence)), {})
    names = named_ports(spec)
    ports = (port.get("targetPort", port.get("port")) for port in drawn_ports(way.service, evidence))
    return {names.get(port, port) if isinstance(port, str) else port for port in ports}, names


def _cut_coming_in(way: Way, policies: tuple[Json, ...], evidence: Evidence) -> list[str]:
    return _cut(way.server, way.user, "ingress", "from", way, policies, evidence)


def _cut_going_out(way: Way, policies: tuple[Json, ...], evidence: Evidence) -> list[str]:
    return _cut(way.user, way.server, "egress", "to", way, policies, evidence)


def _cut(
    held: AnyNode, other: AnyNode, field: str, peers: str, way: Way, policies: tuple[Json, ...], evidence: Evidence
) -> list[str]:
    """The policies that hold for `held` in this direction, when none of them lets `other` through."""
    labels, others = _labels(held, evidence), _labels(other, evidence)
    if labels is None or others is None or held.namespace != other.namespace:
        return []
    ports, names = _target_ports(way, evidence)
    holding = [
        policy
        for policy in policies
        if _restricts(policy, field) and matches(mapping(dig(policy, "spec", "podSelector")), labels)
    ]
    rules = [rule for policy in holding for rule in entries(dig(policy, "spec", field))]
    is_open = any(_lets(rule, peers, others) and _at(rule, ports, names) for rule in rules)
    return [] if is_open or not holding else [pods.name_of(policy) for policy in holding]


def _restricts(policy: Json, field: str) -> bool:
    types = words(dig(policy, "spec", "policyTypes"))
    if not types:
        return field == "ingress" or dig(policy, "spec", "egress") is not None
    return field in {word.lower() for word in types}


def _lets(rule: Json, peers: str, labels: dict[str, str]) -> bool:
    listed = entries(rule.get(peers))
    return not listed or any(_is_peer(peer, labels) for peer in listed)


def _is_peer(peer: Json, labels: dict[str, str]) -> bool:
    if "ipBlock" in peer:
        return True
    chosen = peer.get("podSelector")
    return chosen is None or matches(mapping(chosen), labels)


def _at(rule: Json, wanted: set[int | str | None], names: dict[str, int]) -> bool:
    listed = entries(rule.get("ports"))
    if not listed or not wanted:
        return True
    return any(_covers(port, number, names) for port in listed for number in wanted)


def _covers(port: Json, number: int | str | None, names: dict[str, int]) -> bool:
    first = port.get("port")
    if first is None or first == number:
        return True
    if isinstance(first, str):
        return names.get(text(first)) == number
    last = port.get("endPort")
    return isinstance(last, int) and isinstance(number, int) and first <= number <= last


CHECK = Check(
    "policies",
    "Network policies let it through",
    run,
    frozenset({"networkpolicy", "workload", "service"}),
    frozenset({See.POLICIES, See.PODS}),
)
