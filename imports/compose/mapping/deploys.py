"""`deploy`, apart from its resources: copies, places, updates and restarts."""

import math
import re

from imports.compose.mapping.state import APPROXIMATED, MAPPED, REFUSED, Draft, Plan
from imports.compose.model.deploy import Deploy, Placement, RestartPolicy, UpdateConfig
from plugins.sdk.formats import label_key, label_text
from plugins.sdk.graph import Json

_CONSTRAINT = re.compile(r"\s*([\w./-]{1,200})\s*(==|!=)\s*(.{1,200}?)\s*\Z")
_LABELS = {
    "node.hostname": "kubernetes.io/hostname",
    "node.platform.os": "kubernetes.io/os",
    "node.platform.arch": "kubernetes.io/arch",
}
_ARCH = {"x86_64": "amd64", "aarch64": "arm64"}


def map_replicas(draft: Draft, plan: Plan) -> None:
    service = draft.service
    for path, value in (
        (draft.at("scale"), service.scale),
        (draft.at("deploy", "replicas"), service.deploy.replicas if service.deploy else None),
    ):
        if value is None:
            continue
        if value < 0 or value > 10_000:
            plan.rows.add(path, REFUSED, "A number of copies between 0 and 10,000 is needed.")
        elif draft.kind in ("deployment", "statefulset"):
            draft.replicas = draft.data["replicas"] = value
            plan.rows.add(path, MAPPED, f"{value} copies.", target=f"{draft.target}.replicas")
        elif draft.kind == "job" and value > 0:
            draft.data["completions"] = draft.data["parallelism"] = value
            plan.rows.add(path, MAPPED, f"{value} pods must succeed.", target=f"{draft.target}.completions")
        else:
            plan.rows.add(path, REFUSED, f"A {draft.kind} has no number of copies.")


def map_deploy(draft: Draft, plan: Plan) -> None:
    deploy = draft.service.deploy
    if deploy is None:
        return
    base = draft.at("deploy")
    if deploy.mode is not None:
        plan.rows.add(f"{base}.mode", MAPPED, f"Decides that it is a {draft.kind}.", target=draft.target)
    if deploy.endpoint_mode is not None:
        how = "Names resolve to the pods." if deploy.endpoint_mode == "dnsrr" else "One address for all pods."
        plan.rows.add(f"{base}.endpoint_mode", MAPPED, how, target=f"service/{draft.kube}")
    _map_labels(draft, plan, deploy)
    if deploy.placement is not None:
        _map_placement(draft, plan, deploy.placement, f"{base}.placement")
    if deploy.update_config is not None:
        _map_update(draft, plan, deploy.update_config, f"{base}.update_config")
    if deploy.rollback_config is not None:
        for key in _keys(deploy.rollback_config):
            message = "Going back is a decision for each run here, and happens as updates do."
            plan.rows.add(f"{base}.rollback_config.{key}", REFUSED, message)
    if deploy.restart_policy is not None:
        _map_restart_policy(draft, plan, deploy.restart_policy, f"{base}.restart_policy")


def _keys(spec: UpdateConfig | RestartPolicy | Placement) -> list[str]:
    return [key for key in type(spec).__struct_fields__ if key != "extensions" and getattr(spec, key) is not None]


def _map_labels(draft: Draft, plan: Plan, deploy: Deploy) -> None:
    for key, value in (deploy.labels or {}).items():
        path = draft.at("deploy", "labels", key)
        if label_key(key) is not None:
            plan.rows.add(
                path, REFUSED, "Kubernetes takes no such name; use letters, digits, '-', '_' or '.'.", key=key
            )
        else:
            draft.nested("annotations")[key] = value
            plan.rows.add(path, MAPPED, "An annotation of the workload.", target=f"{draft.target}.annotations", key=key)


def _map_placement(draft: Draft, plan: Plan, placement: Placement, base: str) -> None:
    for index, text in enumerate(placement.constraints or ()):
        _map_constraint(draft, plan, text, f"{base}.constraints.{index}")
    for index, preference in enumerate(placement.preferences or ()):
        path, label = f"{base}.preferences.{index}", _node_label(preference.spread or "")
        if label is None:
            plan.rows.add(path, REFUSED, "Only labels of nodes can be spread over; name one as node.labels.zone.")
            continue
        draft.listed("topology_spread").append(
            {
                "maxSkew": 1,
                "topologyKey": label,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": _own_labels(draft)},
            }
        )
        plan.rows.add(path, MAPPED, f"Spread over {label}.", target=f"{draft.target}.topology_spread")
    if placement.max_replicas_per_node is not None:
        path = f"{base}.max_replicas_per_node"
        if placement.max_replicas_per_node == 1:
            term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": _own_labels(draft)}}
            rules = draft.nested("affinity").setdefault("podAntiAffinity", {})
            rules["requiredDuringSchedulingIgnoredDuringExecution"] = [term]
            plan.rows.add(path, MAPPED, "No two copies on one node.", target=f"{draft.target}.affinity")
        else:
            plan.rows.add(path, REFUSED, "Kubernetes can keep copies apart, but not count them on a node.")


def _own_labels(draft: Draft) -> dict[str, str]:
    labels: dict[str, str] = draft.nested("pod_labels")
    labels["compose.service"] = draft.kube
    return {"compose.service": draft.kube}


def _node_label(name: str) -> str | None:
    label = _LABELS.get(name) or (name.removeprefix("node.labels.") if name.startswith("node.labels.") else "")
    return label if label and label_key(label) is None else None


def _map_constraint(draft: Draft, plan: Plan, text: str, path: str) -> None:
    match = _CONSTRAINT.match(text)
    label = _node_label(match[1]) if match else None
    if match is None or label is None:
        is_role = match is not None and match[1] == "node.role"
        message = (
            "Roles of Swarm's nodes mean nothing to a cluster." if is_role else f"'{text[:60]}' has no counterpart."
        )
        plan.rows.add(path, REFUSED, f"{message} Give nodes a label, and use node.labels.name == value.")
        return
    value = _ARCH.get(match[3], match[3]) if label == "kubernetes.io/arch" else match[3]
    if label_text(value) is not None:
        plan.rows.add(path, REFUSED, f"'{value[:60]}' cannot be the value of a label; correct it.")
    elif match[2] == "==":
        draft.nested("node_selector")[label] = value
        plan.rows.add(path, MAPPED, "Only nodes with this label.", target=f"{draft.target}.node_selector")
    else:
        rule: Json = {"key": label, "operator": "NotIn", "values": [value]}
        affinity = draft.nested("affinity").setdefault("nodeAffinity", {})
        required = affinity.setdefault(
            "requiredDuringSchedulingIgnoredDuringExecution", {"nodeSelectorTerms": [{"matchExpressions": []}]}
        )
        required["nodeSelectorTerms"][0]["matchExpressions"].append(rule)
        plan.rows.add(path, MAPPED, "No node with this label.", target=f"{draft.target}.affinity")


def _map_update(draft: Draft, plan: Plan, update: UpdateConfig, base: str) -> None:
    target = f"{draft.target}.strategy"
    if draft.kind != "deployment":
        for key in _keys(update):
            plan.rows.add(f"{base}.{key}", REFUSED, f"A {draft.kind} replaces its pods in its own way.")
        return
    count = update.parallelism if update.parallelism and update.parallelism > 0 else None
    first = update.order == "start-first"
    if count is not None or update.order is not None:
        moved = count if count is not None else 1
        draft.data["strategy"] = {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": moved if first else 0, "maxUnavailable": 0 if first else moved},
        }
    said = {
        "parallelism": (MAPPED if count else APPROXIMATED, "How many pods are replaced at once."),
        "order": (MAPPED, "New pods come first." if first else "Old pods go first."),
        "delay": (APPROXIMATED, "A new pod must be ready for this long before the next one follows."),
        "monitor": (APPROXIMATED, "A rollout that makes no progress for a while counts as failed."),
        "failure_action": (REFUSED, "Whether a failed run is taken back is chosen when it is started."),
        "max_failure_ratio": (REFUSED, "A rollout succeeds with all of its pods, or not at all."),
    }
    if update.delay:
        draft.data["min_ready_seconds"] = math.ceil(update.delay)
    for key in _keys(update):
        verdict, message = said[key]
        plan.rows.add(f"{base}.{key}", verdict, message, target="" if verdict is REFUSED else target)


def map_restart(draft: Draft, plan: Plan) -> None:
    restart, path = draft.service.restart, draft.at("restart")
    if restart is None:
        return
    name, _, count = restart.partition(":")
    if draft.kind in ("job", "cronjob"):
        if name == "on-failure":
            draft.data["restart_policy"] = "OnFailure"
            if count and len(count) < 6:
                draft.data["backoff_limit"] = int(count)
            plan.rows.add(path, MAPPED, "Tried again when it fails.", target=f"{draft.target}.restart_policy")
        elif name == "no":
            draft.data["restart_policy"] = "Never"
            draft.data.setdefault("backoff_limit", 0)
            plan.rows.add(path, MAPPED, "Runs once.", target=f"{draft.target}.restart_policy")
        else:
            plan.rows.add(path, APPROXIMATED, f"A {draft.kind} ends; it is not started again.", target=draft.target)
    elif name in ("always", "unless-stopped"):
        plan.rows.add(path, MAPPED, "Kubernetes always starts it again.", target=draft.target)
    else:
        message = f"A {draft.kind} is always started again when it ends; make it a job if it should end."
        plan.rows.add(path, APPROXIMATED, message, target=draft.target)


def _map_restart_policy(draft: Draft, plan: Plan, policy: RestartPolicy, base: str) -> None:
    is_job = draft.kind in ("job", "cronjob")
    for key in _keys(policy):
        path = f"{base}.{key}"
        if key == "condition":
            if is_job:
                draft.data["restart_policy"] = "Never" if policy.condition == "none" else "OnFailure"
            is_same = is_job or policy.condition in ("any", "always", "unless-stopped")
            message = "The same." if is_same else f"A {draft.kind} is always started again when it ends."
            plan.rows.add(path, MAPPED if is_same else APPROXIMATED, message, target=draft.target)
        elif key == "max_attempts" and is_job and policy.max_attempts is not None and 0 <= policy.max_attempts < 10_000:
            draft.data["backoff_limit"] = policy.max_attempts
            plan.rows.add(path, MAPPED, "So many times it is tried again.", target=f"{draft.target}.backoff_limit")
        else:
            plan.rows.add(
                path, REFUSED, "Kubernetes waits longer after every failure, by its own clock, and never gives up."
            )
