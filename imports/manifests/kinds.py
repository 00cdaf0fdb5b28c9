"""Every other kind that has a node type, in the words of its node. Pure."""

from collections.abc import Callable
from typing import Any

from imports.manifests import workloads
from imports.manifests.items import Item
from imports.manifests.words import Words
from plugins.sdk.fields import Json

_SERVICE = {
    "type": "type",
    "externalName": "external_name",
    "publishNotReadyAddresses": "publish_not_ready",
    "sessionAffinity": "session_affinity",
    "externalIPs": "external_ips",
    "externalTrafficPolicy": "external_traffic_policy",
    "internalTrafficPolicy": "internal_traffic_policy",
    "healthCheckNodePort": "health_check_node_port",
    "loadBalancerIP": "load_balancer_ip",
    "loadBalancerClass": "load_balancer_class",
    "loadBalancerSourceRanges": "load_balancer_source_ranges",
    "ipFamilies": "ip_families",
    "ipFamilyPolicy": "ip_family_policy",
    "selector": "selector",
}
_SERVICE_PORT = {
    "port": "port",
    "targetPort": "target_port",
    "name": "name",
    "protocol": "protocol",
    "nodePort": "node_port",
    "appProtocol": "app_protocol",
}
_RULE = {
    "verbs": "verbs",
    "apiGroups": "api_groups",
    "resources": "resources",
    "resourceNames": "resource_names",
    "nonResourceURLs": "non_resource_urls",
}


def _service(item: Item, words: Words) -> Json:
    spec = words.at("spec")
    data = spec.fields(_SERVICE)
    if spec.body.get("clusterIP") == "None":
        spec.take("clusterIP", "headless")
        data["headless"] = True
    elif "clusterIP" in spec:
        data["cluster_ip"] = spec.take("clusterIP", "cluster_ip")
    if "ports" in spec:
        data["ports"] = [port.fields(_SERVICE_PORT) for port in spec.each("ports", "ports")]
    timeout = spec.at("sessionAffinityConfig").at("clientIP").fields({"timeoutSeconds": "session_timeout_seconds"})
    return data | timeout


def _config_map(item: Item, words: Words) -> Json:
    return words.fields({"data": "data", "binaryData": "binary_data", "immutable": "immutable"})


def _claim(item: Item, words: Words) -> Json:
    spec = words.at("spec")
    table = {
        "accessModes": "access_modes",
        "storageClassName": "storage_class",
        "volumeMode": "volume_mode",
        "volumeName": "volume_name",
        "selector": "selector",
        "dataSource": "data_source",
    }
    return spec.fields(table) | spec.at("resources").at("requests").fields({"storage": "size"})


def _ingress(item: Item, words: Words) -> Json:
    spec = words.at("spec")
    data = spec.fields({"ingressClassName": "ingress_class"})
    backend = spec.at("defaultBackend", "default_backend")
    if backend.body.get("service"):
        data["default_backend"] = _backend(backend)
    rules: list[Json] = []
    for rule in spec.each("rules", "rules"):
        host = rule.take("host", "host")
        for path in rule.at("http").each("paths", "paths"):
            path.field = f"rules.{len(rules)}"
            entry: Json = {} if host is None else {"host": host}
            entry |= path.fields({"path": "path", "pathType": "path_type"})
            rules.append(entry | _backend(path.at("backend")))
    if rules:
        data["rules"] = rules
    tls = [
        {"hosts": [], **entry.fields({"hosts": "hosts", "secretName": "secret"})} for entry in spec.each("tls", "tls")
    ]
    return data | ({"tls": tls} if tls else {})


def _backend(words: Words) -> Json:
    service = words.at("service")
    data = service.fields({"name": "service"})
    port = service.at("port")
    for key in ("number", "name"):
        if key in port:
            data["port"] = port.take(key, "port")
    return data


def _route(item: Item, words: Words) -> Json:
    spec = words.at("spec")
    parents = spec.take("parentRefs", "parents")
    data: Json = spec.fields({"hostnames": "hostnames"})
    if isinstance(parents, list):
        data["parents"] = [
            parent["name"] if isinstance(parent, dict) and parent.keys() == {"name"} else parent for parent in parents
        ]
    rules = [_route_rule(rule, item.namespace) for rule in spec.each("rules", "rules")]
    return data | ({"rules": rules} if rules else {})


def _route_rule(words: Words, namespace: str) -> Json:
    data = words.fields({"name": "name", "matches": "matches", "filters": "filters", "timeouts": "timeouts"})
    backends = words.body.get("backendRefs")
    if isinstance(backends, list) and len(backends) == 1 and isinstance(backends[0], dict):
        backend = backends[0]
        if backend.keys() <= {"name", "port"} and isinstance(backend.get("name"), str):
            words.take("backendRefs", "service")
            return data | {"service": backend["name"]} | ({"port": backend["port"]} if "port" in backend else {})
    return data | words.fields({"backendRefs": "backendRefs"})


def _policy(item: Item, words: Words) -> Json:
    table = {"policyTypes": "policy_types", "ingress": "ingress", "egress": "egress", "podSelector": "selector"}
    data = words.at("spec").fields(table)
    if not data.get("selector"):
        data.pop("selector", None)
    return data


def _budget(item: Item, words: Words) -> Json:
    table = {
        "minAvailable": "min_available",
        "maxUnavailable": "max_unavailable",
        "unhealthyPodEvictionPolicy": "unhealthy_pod_eviction",
        "selector": "selector",
    }
    return words.at("spec").fields(table)


def _autoscaler(item: Item, words: Words) -> Json:
    spec = words.at("spec")
    data = spec.fields({"minReplicas": "min_replicas", "maxReplicas": "max_replicas", "behavior": "behavior"})
    metrics = spec.take("metrics", "metrics")
    rest = list(metrics) if isinstance(metrics, list) else metrics
    for name in ("cpu", "memory"):
        percent = _percent(rest[0], name) if isinstance(rest, list) and rest else None
        if percent is not None:
            data[f"{name}_percent"] = percent
            rest = rest[1:]
    if rest:
        data["metrics"] = rest
    table = {"kind": "kind", "name": "name", "apiVersion": "api_version"}
    data["target"] = spec.at("scaleTargetRef", "target").fields(table)
    return data


def _percent(metric: Any, name: str) -> int | None:
    """Of a metric that says nothing but the average use of what is requested."""
    found = metric.get("resource") if isinstance(metric, dict) else None
    target = found.get("target") if isinstance(found, dict) else None
    percent = target.get("averageUtilization") if isinstance(target, dict) else None
    wanted = {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}}
    is_plain = isinstance(percent, int) and metric == {"type": "Resource", "resource": wanted}
    return percent if is_plain else None


def _account(item: Item, words: Words) -> Json:
    data = words.fields({"automountServiceAccountToken": "automount_token"})
    secrets = words.take("imagePullSecrets", "image_pull_secrets")
    if secrets is not None:
        data["image_pull_secrets"] = workloads.names_of(secrets)
    return data


def rights(item: Item) -> list[Json]:
    """The rules of a role in the words of a service account."""
    return [rule.fields(_RULE) for rule in Words(item.body, item.used).each("rules", "rules")]


def _namespace(item: Item, words: Words) -> Json:
    return {}


def _quota(item: Item, words: Words) -> Json:
    return words.at("spec").fields({"hard": "hard", "scopes": "scopes", "scopeSelector": "scope_selector"})


def _limits(item: Item, words: Words) -> Json:
    return words.at("spec").fields({"limits": "limits"})


Reader = Callable[[Item, Words], Json | None]

# (group, kind) → the node's type and how its data is read; secrets are read by `secrets`.
KINDS: dict[tuple[str, str], tuple[str, Reader]] = {
    ("apps", "Deployment"): ("deployment", workloads.deployment),
    ("apps", "StatefulSet"): ("statefulset", workloads.stateful_set),
    ("apps", "DaemonSet"): ("daemonset", workloads.daemon_set),
    ("batch", "Job"): ("job", workloads.job),
    ("batch", "CronJob"): ("cronjob", workloads.cron_job),
    ("", "Service"): ("service", _service),
    ("", "ConfigMap"): ("configmap", _config_map),
    ("", "PersistentVolumeClaim"): ("persistentvolumeclaim", _claim),
    ("", "ServiceAccount"): ("serviceaccount", _account),
    ("", "Namespace"): ("namespace", _namespace),
    ("", "ResourceQuota"): ("resourcequota", _quota),
    ("", "LimitRange"): ("limitrange", _limits),
    ("networking.k8s.io", "Ingress"): ("ingress", _ingress),
    ("networking.k8s.io", "NetworkPolicy"): ("networkpolicy", _policy),
    ("gateway.networking.k8s.io", "HTTPRoute"): ("httproute", _route),
    ("policy", "PodDisruptionBudget"): ("poddisruptionbudget", _budget),
    ("autoscaling", "HorizontalPodAutoscaler"): ("hpa", _autoscaler),
}
