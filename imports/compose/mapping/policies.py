"""Networks as network policies, when a person chooses so: who shares no network cannot talk."""

from imports.compose.errors import joined
from imports.compose.mapping.state import MAPPED, Draft, Plan
from plugins.sdk import names
from plugins.sdk.graph import Json

_PREFIX = "network.compose/"
_OPTIONS = (
    ("no", "No: every pod reaches every other, as pods do"),
    ("yes", "Yes: only those that share a network, as in Compose"),
)
_DNS: Json = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}


def add_policies(plan: Plan) -> None:
    """One policy for each network; one more for each service that is reached from outside."""
    text = "Whether network policies keep the networks apart"
    choice = plan.answers.option("networks.policies", text, "no", _OPTIONS)
    if len(plan.project.networks) > 0:
        plan.answers.question(choice)
    if choice.value != "yes":
        return
    members = _members(plan)
    for network, drafts in members.items():
        _add_network(plan, network, drafts)
    for draft in plan.drafts.values():
        _open_to_outside(draft, plan)
        _keep_inside(draft, plan)


def _members(plan: Plan) -> dict[str, list[Draft]]:
    found: dict[str, list[Draft]] = {name: [] for name in plan.project.networks}
    for draft in plan.drafts.values():
        if draft.service.network_mode is not None:
            continue
        for network in draft.service.networks or ("default",):
            found.setdefault(network, []).append(draft)
    return {network: drafts for network, drafts in found.items() if drafts}


def _add_network(plan: Plan, network: str, drafts: list[Draft]) -> None:
    label = _PREFIX + names.label_value(network)
    for draft in drafts:
        draft.nested("pod_labels")[label] = "true"
    peers = [{"podSelector": {"matchLabels": {label: "true"}}}]
    data: Json = {
        "name": plan.unique("policy", f"network-{network}", f"network:{network}"),
        "selector": {"matchLabels": {label: "true"}},
        "policy_types": ["Ingress"],
        "ingress": [{"from": peers}],
    }
    plan.node(f"policy-network:{network}", "networkpolicy", data)
    path, target = joined("networks", network), f"networkpolicy/{data['name']}"
    if network in plan.project.networks:
        plan.rows.add(path, MAPPED, "A network policy: only its members reach each other.", target=target, key=network)
        if plan.project.networks[network].internal:
            message = "Members reach nothing outside, unless another network of theirs does."
            plan.rows.add(f"{path}.internal", MAPPED, message, target=target)
    for draft in drafts:
        if draft.service.networks:
            plan.rows.add(
                draft.at("networks", network), MAPPED, "A label that the policy selects.", target=target, key=network
            )


def _open_to_outside(draft: Draft, plan: Plan) -> None:
    exposure = plan.answers.asked.get(f"service.{draft.name}.exposure")
    if exposure is None or exposure.value == "cluster" or not draft.ports:
        return
    node_id = f"policy-public:{draft.name}"
    ports = [{"port": number, "protocol": protocol} for number, protocol in draft.ports]
    name = plan.unique("policy", f"{draft.kube}-public", node_id)
    plan.node(node_id, "networkpolicy", {"name": name, "policy_types": ["Ingress"], "ingress": [{"ports": ports}]})
    plan.edge(node_id, draft.node_id)


def _keep_inside(draft: Draft, plan: Plan) -> None:
    """What is only in internal networks reaches their members, and names, and nothing else."""
    networks = [plan.project.networks.get(name) for name in draft.service.networks or ()]
    if not networks or any(network is None or not network.internal for network in networks):
        return
    labels = [_PREFIX + names.label_value(name) for name in draft.service.networks or ()]
    peers = [{"podSelector": {"matchLabels": {label: "true"}}} for label in labels]
    node_id = f"policy-inside:{draft.name}"
    name = plan.unique("policy", f"{draft.kube}-inside", node_id)
    egress = [{"to": peers}, _DNS]
    plan.node(node_id, "networkpolicy", {"name": name, "policy_types": ["Egress"], "egress": egress})
    plan.edge(node_id, draft.node_id)
