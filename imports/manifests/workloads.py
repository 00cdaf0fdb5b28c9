"""Deployments, stateful and daemon sets, jobs and cron jobs in the words of their nodes. Pure."""

from typing import Any

from imports.manifests.containers import container, side_container
from imports.manifests.items import Item
from imports.manifests.words import Table, Words
from plugins.sdk import names
from plugins.sdk.fields import Json

_POD = {
    "automountServiceAccountToken": "automount_token",
    "securityContext": "pod_security_context",
    "nodeSelector": "node_selector",
    "nodeName": "node_name",
    "tolerations": "tolerations",
    "affinity": "affinity",
    "topologySpreadConstraints": "topology_spread",
    "priorityClassName": "priority_class",
    "runtimeClassName": "runtime_class",
    "schedulerName": "scheduler_name",
    "terminationGracePeriodSeconds": "termination_grace_seconds",
    "dnsPolicy": "dns_policy",
    "dnsConfig": "dns_config",
    "hostname": "hostname",
    "subdomain": "subdomain",
    "hostNetwork": "host_network",
    "hostPID": "host_pid",
    "hostIPC": "host_ipc",
    "shareProcessNamespace": "share_process_namespace",
    "enableServiceLinks": "enable_service_links",
    "serviceAccountName": "service_account",
}
_DEPLOYMENT = {
    "replicas": "replicas",
    "strategy": "strategy",
    "minReadySeconds": "min_ready_seconds",
    "revisionHistoryLimit": "revision_history_limit",
    "progressDeadlineSeconds": "progress_deadline_seconds",
    "paused": "paused",
}
_STATEFUL_SET = {
    "replicas": "replicas",
    "serviceName": "service_name",
    "podManagementPolicy": "pod_management_policy",
    "updateStrategy": "update_strategy",
    "persistentVolumeClaimRetentionPolicy": "claim_retention",
    "minReadySeconds": "min_ready_seconds",
    "revisionHistoryLimit": "revision_history_limit",
}
_DAEMON_SET = {
    "updateStrategy": "update_strategy",
    "minReadySeconds": "min_ready_seconds",
    "revisionHistoryLimit": "revision_history_limit",
}
_JOB = {
    "completions": "completions",
    "parallelism": "parallelism",
    "completionMode": "completion_mode",
    "backoffLimit": "backoff_limit",
    "activeDeadlineSeconds": "deadline_seconds",
    "ttlSecondsAfterFinished": "ttl_seconds",
}
_CRON_JOB = {
    "schedule": "schedule",
    "timeZone": "time_zone",
    "concurrencyPolicy": "concurrency_policy",
    "suspend": "suspend",
    "startingDeadlineSeconds": "starting_deadline_seconds",
    "successfulJobsHistoryLimit": "successful_jobs_history_limit",
    "failedJobsHistoryLimit": "failed_jobs_history_limit",
}
_CLAIM = {
    "storageClassName": "storage_class",
    "accessModes": "access_modes",
    "volumeMode": "volume_mode",
}


def deployment(item: Item, words: Words) -> Json | None:
    return _selected(item, words.at("spec"), _DEPLOYMENT)


def daemon_set(item: Item, words: Words) -> Json | None:
    return _selected(item, words.at("spec"), _DAEMON_SET)


def stateful_set(item: Item, words: Words) -> Json | None:
    spec = words.at("spec")
    data = _selected(item, spec, _STATEFUL_SET)
    if data is not None and "volumeClaimTemplates" in spec:
        claims = _claims(spec, data)
        if claims is None:
            return None
        data["claims"] = claims
    return data


def job(item: Item, words: Words) -> Json | None:
    spec = words.at("spec")
    data = _job_fields(item, spec)
    if data is None:
        return None
    selector = spec.at("selector")
    if spec.body.get("manualSelector") is True and selector.body.get("matchLabels"):
        spec.take("manualSelector", "selector")
        data["selector"] = selector.take("matchLabels", "selector")
    return data | spec.fields({"suspend": "suspend"})


def cron_job(item: Item, words: Words) -> Json | None:
    spec = words.at("spec")
    data = _job_fields(item, spec.at("jobTemplate").at("spec"))
    if data is None:
        return None
    labels = data.get("pod_labels") or {}
    # Nothing selects by it here, but it becomes labels of the pods: those that they have.
    own = {key: labels[key] for key in (names.NAME, names.INSTANCE) if key in labels} or dict(labels)
    if own:
        data["selector"] = own
    return data | spec.fields(_CRON_JOB)


def _job_fields(item: Item, spec: Words) -> Json | None:
    data = _pods(item, spec.at("template"))
    if data is None:
        return None
    restart = spec.at("template").at("spec").take("restartPolicy", "restart_policy")
    return data | spec.fields(_JOB) | ({} if restart is None else {"restart_policy": restart})


def _selected(item: Item, spec: Words, table: Table) -> Json | None:
    data = _pods(item, spec.at("template"))
    if data is None:
        return None
    selector = spec.at("selector").take("matchLabels", "selector")
    if isinstance(selector, dict) and selector:
        data["selector"] = selector
        labels = data.get("pod_labels")
        if isinstance(labels, dict):
            rest = {key: value for key, value in labels.items() if key not in selector}
            data["pod_labels"] = rest
            if not rest:
                del data["pod_labels"]
    return data | spec.fields(table)


def _pods(item: Item, template: Words) -> Json | None:
    """None when there is no container that a node could be made of."""
    spec = template.at("spec")
    containers = spec.each("containers", "containers")
    if not containers or not isinstance(containers[0].body.get("name"), str):
        return None
    main = containers[0]
    main.field = ""
    data: Json = {}
    name = main.take("name", "container_name")
    if name != names.dns_label(item.name):
        data["container_name"] = name
    data |= container(main)
    if len(containers) > 1:
        data["containers"] = [side_container(_renumbered(words, index)) for index, words in enumerate(containers[1:])]
    if "initContainers" in spec:
        data["init_containers"] = [side_container(words) for words in spec.each("initContainers", "init_containers")]
    if "volumes" in spec:
        data["volumes"] = [_volume(words) for words in spec.each("volumes", "volumes")]
    if "imagePullSecrets" in spec:
        secrets = spec.body["imagePullSecrets"]
        data["image_pull_secrets"] = names_of(secrets)
        spec.take("imagePullSecrets", "image_pull_secrets")
    if "hostAliases" in spec:
        table = {"ip": "ip", "hostnames": "hostnames"}
        data["host_aliases"] = [alias.fields(table) for alias in spec.each("hostAliases", "host_aliases")]
    data |= spec.fields(_POD)
    metadata = template.at("metadata")
    return data | metadata.fields({"labels": "pod_labels", "annotations": "pod_annotations"})


def _renumbered(words: Words, index: int) -> Words:
    words.field = f"containers.{index}"
    return words


def names_of(references: Any) -> Any:
    """`[{name: x}]` as `[x]`."""
    if not isinstance(references, list):
        return references
    return [item["name"] if isinstance(item, dict) and item.keys() == {"name"} else item for item in references]


def _volume(words: Words) -> Json:
    source = {key: words.take(key, "source") for key in words.body if key != "name"}
    return {"name": words.take("name", "name"), "source": source}


def _claims(spec: Words, data: Json) -> list[Json] | None:
    """The claims of a stateful set; None when one is mounted other than once in the main container, for which a
    node has no words."""
    claims: list[Json] = []
    for words in spec.each("volumeClaimTemplates", "claims"):
        metadata = words.at("metadata")
        name = metadata.take("name", "name")
        mounts = data.get("mounts") or []
        uses = [mount for mount in mounts if mount.get("volume") == name]
        claim: Json = {"name": name} | metadata.fields({"labels": "labels", "annotations": "annotations"})
        inner = words.at("spec")
        claim |= inner.fields(_CLAIM)
        size = inner.at("resources").at("requests").take("storage", "size")
        if size is not None:
            claim["size"] = size
        if claim.get("volume_mode") == "Block":
            claim["path"] = "/"
        elif len(uses) != 1 or not uses[0].keys() <= {"volume", "path", "sub_path", "read_only"}:
            return None
        else:
            mounts.remove(uses[0])
            claim |= {key: value for key, value in uses[0].items() if key != "volume"}
            if not mounts:
                del data["mounts"]
        claims.append(claim)
    return claims
