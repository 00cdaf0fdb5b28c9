"""The values that the API server fills in where the author left something out.

Must not know storage: what needs other objects (addresses, quotas) is in `admission`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from .objects import Obj, clone


def apply_defaults(resource_key: str, obj: Obj) -> None:
    """Completes an object in place."""
    handler = _HANDLERS.get(resource_key)
    if handler:
        handler(obj)


def pod_spec(spec: Obj) -> None:
    for volume in spec.get("volumes") or []:
        _volume(volume)
    for field in ("initContainers", "containers"):
        for container in spec.get(field) or []:
            _container(container, spec)
    _set(spec, "restartPolicy", "Always")
    _set(spec, "terminationGracePeriodSeconds", 30)
    _set(spec, "dnsPolicy", "ClusterFirst")
    _set(spec, "securityContext", {})
    _set(spec, "schedulerName", "default-scheduler")
    if spec.get("serviceAccountName"):
        _set(spec, "serviceAccount", spec["serviceAccountName"])
    elif spec.get("serviceAccount"):
        spec["serviceAccountName"] = spec["serviceAccount"]


def _set(obj: Obj, name: str, value: Any) -> None:
    if obj.get(name) is None:
        obj[name] = value


_MODES = {
    "configMap": "defaultMode",
    "secret": "defaultMode",
    "projected": "defaultMode",
    "downwardAPI": "defaultMode",
}


def _volume(volume: Obj) -> None:
    sources = [k for k in volume if k != "name"]
    if not sources:
        volume["emptyDir"] = {}
    for source, mode in _MODES.items():
        if isinstance(volume.get(source), dict):
            _set(volume[source], mode, 420)
    if isinstance(volume.get("hostPath"), dict):
        _set(volume["hostPath"], "type", "")
    for item in (volume.get("downwardAPI") or {}).get("items") or []:
        if item.get("fieldRef"):
            _set(item["fieldRef"], "apiVersion", "v1")
    for part in (volume.get("projected") or {}).get("sources") or []:
        if part.get("serviceAccountToken"):
            _set(part["serviceAccountToken"], "expirationSeconds", 3600)
        for item in (part.get("downwardAPI") or {}).get("items") or []:
            if item.get("fieldRef"):
                _set(item["fieldRef"], "apiVersion", "v1")
    claim = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
    if claim and isinstance(claim.get("spec"), dict):
        _set(claim["spec"], "volumeMode", "Filesystem")


def default_pull_policy(image: str) -> str:
    last = image.rpartition("/")[2]
    if "@" in image:
        return "IfNotPresent"
    tag = last.partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _container(container: Obj, spec: Obj) -> None:
    for port in container.get("ports") or []:
        _set(port, "protocol", "TCP")
        if spec.get("hostNetwork"):
            _set(port, "hostPort", port.get("containerPort"))
    for env in container.get("env") or []:
        reference = (env.get("valueFrom") or {}).get("fieldRef")
        if reference:
            _set(reference, "apiVersion", "v1")
        if env.get("value") == "":
            del env["value"]
    _set(container, "resources", {})
    limits = container["resources"].get("limits") or {}
    if limits:
        requests = container["resources"].setdefault("requests", {})
        for name, amount in limits.items():
            requests.setdefault(name, amount)
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        if container.get(probe):
            _probe(container[probe])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict) and hook.get("httpGet"):
            _http_get(hook["httpGet"])
    _set(container, "terminationMessagePath", "/dev/termination-log")
    _set(container, "terminationMessagePolicy", "File")
    _set(container, "imagePullPolicy", default_pull_policy(container.get("image") or ""))


def _http_get(action: Obj) -> None:
    _set(action, "path", "/")
    _set(action, "scheme", "HTTP")


def _probe(probe: Obj) -> None:
    if probe.get("httpGet"):
        _http_get(probe["httpGet"])
    if probe.get("grpc"):
        _set(probe["grpc"], "service", "")
    for name, value in (
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ):
        if not probe.get(name):
            probe[name] = value
    if probe.get("initialDelaySeconds") == 0:
        del probe["initialDelaySeconds"]


def _template(spec: Obj) -> None:
    template = spec.get("template")
    if isinstance(template, dict):
        template.setdefault("metadata", {})
        if isinstance(template.get("spec"), dict):
            pod_spec(template["spec"])


def _pod(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    pod_spec(spec)
    _set(spec, "enableServiceLinks", True)


def _deployment(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "replicas", 1)
    _template(spec)
    strategy = spec.setdefault("strategy", {})
    _set(strategy, "type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        _set(rolling, "maxUnavailable", "25%")
        _set(rolling, "maxSurge", "25%")
    _set(spec, "revisionHistoryLimit", 10)
    _set(spec, "progressDeadlineSeconds", 600)


def _replica_set(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "replicas", 1)
    _template(spec)


def _stateful_set(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "replicas", 1)
    _template(spec)
    _set(spec, "podManagementPolicy", "OrderedReady")
    update = spec.setdefault("updateStrategy", {})
    _set(update, "type", "RollingUpdate")
    if update["type"] == "RollingUpdate":
        _set(update.setdefault("rollingUpdate", {}), "partition", 0)
    _set(spec, "revisionHistoryLimit", 10)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    _set(retention, "whenDeleted", "Retain")
    _set(retention, "whenScaled", "Retain")
    for claim in spec.get("volumeClaimTemplates") or []:
        claim.setdefault("kind", "PersistentVolumeClaim")
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("metadata", {})
        _claim(claim)
        claim.setdefault("status", {}).setdefault("phase", "Pending")


def _daemon_set(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _template(spec)
    update = spec.setdefault("updateStrategy", {})
    _set(update, "type", "RollingUpdate")
    if update["type"] == "RollingUpdate":
        rolling = update.setdefault("rollingUpdate", {})
        _set(rolling, "maxUnavailable", 1)
        _set(rolling, "maxSurge", 0)
    _set(spec, "revisionHistoryLimit", 10)
    annotations = obj["metadata"].setdefault("annotations", {})
    _set(annotations, "deprecated.daemonset.template.generation", "1")


def _job(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    _set(spec, "parallelism", 1)
    _set(spec, "completionMode", "NonIndexed")
    if spec.get("backoffLimitPerIndex") is not None:
        _set(spec, "backoffLimit", 2**31 - 1)
    _set(spec, "backoffLimit", 6)
    _set(spec, "suspend", False)
    _set(spec, "manualSelector", False)
    _set(spec, "podReplacementPolicy", "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")
    _template(spec)


def _cron_job(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "concurrencyPolicy", "Allow")
    _set(spec, "suspend", False)
    _set(spec, "successfulJobsHistoryLimit", 3)
    _set(spec, "failedJobsHistoryLimit", 1)
    template = spec.get("jobTemplate")
    if isinstance(template, dict):
        template.setdefault("metadata", {})
        _template(template.setdefault("spec", {}))


def _service(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "sessionAffinity", "None")
    _set(spec, "type", "ClusterIP")
    if spec["sessionAffinity"] == "ClientIP":
        config = spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {})
        _set(config, "timeoutSeconds", 10800)
    elif spec.get("sessionAffinityConfig"):
        del spec["sessionAffinityConfig"]
    for port in spec.get("ports") or []:
        _set(port, "protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if spec["type"] == "ExternalName":
        return
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _set(spec, "externalTrafficPolicy", "Cluster")
    elif not spec.get("externalIPs"):
        spec.pop("externalTrafficPolicy", None)
    if spec["type"] == "LoadBalancer":
        _set(spec, "allocateLoadBalancerNodePorts", True)
    _set(spec, "internalTrafficPolicy", "Cluster")


def _claim(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "volumeMode", "Filesystem")


def _volume_object(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "persistentVolumeReclaimPolicy", "Retain")
    _set(spec, "volumeMode", "Filesystem")
    if spec.get("hostPath"):
        _set(spec["hostPath"], "type", "")


def _storage_class(obj: Obj) -> None:
    _set(obj, "reclaimPolicy", "Delete")
    _set(obj, "volumeBindingMode", "Immediate")


def _secret(obj: Obj) -> None:
    plain = obj.pop("stringData", None)
    if plain:
        data = obj.get("data")
        obj["data"] = dict(data) if isinstance(data, dict) else {}
        for name, value in plain.items():
            obj["data"][name] = base64.b64encode(value.encode()).decode()
    _set(obj, "type", "Opaque")


def _network_policy(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    for direction in ("ingress", "egress"):
        for rule in spec.get(direction) or []:
            for port in rule.get("ports") or []:
                _set(port, "protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress"] + (["Egress"] if spec.get("egress") else [])


def _autoscaler(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    _set(spec, "minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if not behavior:
        return
    up = behavior.setdefault("scaleUp", {})
    _set(up, "stabilizationWindowSeconds", 0)
    _set(up, "selectPolicy", "Max")
    both = [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ]
    _set(up, "policies", both)
    down = behavior.setdefault("scaleDown", {})
    _set(down, "selectPolicy", "Max")
    _set(down, "policies", clone(both[1:]))


def _role_binding(obj: Obj) -> None:
    role = obj.get("roleRef")
    if isinstance(role, dict):
        _set(role, "apiGroup", "rbac.authorization.k8s.io")
    for subject in obj.get("subjects") or []:
        if subject.get("kind") in ("User", "Group"):
            _set(subject, "apiGroup", "rbac.authorization.k8s.io")


def _namespace(obj: Obj) -> None:
    labels = obj["metadata"].setdefault("labels", {})
    labels["kubernetes.io/metadata.name"] = obj["metadata"].get("name", "")


def _crd(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    if names.get("kind"):
        _set(names, "singular", names["kind"].lower())
        _set(names, "listKind", names["kind"] + "List")
    _set(spec.setdefault("conversion", {}), "strategy", "None")


def _event(obj: Obj) -> None:
    obj.setdefault("eventTime", None)
    for name in ("reportingComponent", "reportingInstance"):
        obj.setdefault(name, "")


def _limit_range(obj: Obj) -> None:
    for limit in (obj.get("spec") or {}).get("limits") or []:
        if limit.get("type") != "Container":
            continue
        default = limit.setdefault("default", {})
        for name, amount in (limit.get("max") or {}).items():
            default.setdefault(name, amount)
        request = limit.setdefault("defaultRequest", {})
        for source in (limit.get("default") or {}, limit.get("min") or {}):
            for name, amount in source.items():
                request.setdefault(name, amount)
        for field in ("default", "defaultRequest"):
            if not limit[field]:
                del limit[field]


def custom_defaults(value: Any, schema: Obj) -> None:
    """The defaults that a CRD's own schema declares."""
    if isinstance(value, dict):
        for name, inner in (schema.get("properties") or {}).items():
            if name not in value and "default" in inner:
                value[name] = clone(inner["default"])
            if name in value:
                custom_defaults(value[name], inner)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            for child in value.values():
                custom_defaults(child, extra)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for child in value:
            custom_defaults(child, schema["items"])


_HANDLERS: dict[str, Callable[[Obj], None]] = {
    "/pods": _pod,
    "/services": _service,
    "/secrets": _secret,
    "/namespaces": _namespace,
    "/persistentvolumeclaims": _claim,
    "/persistentvolumes": _volume_object,
    "/limitranges": _limit_range,
    "/events": _event,
    "apps/deployments": _deployment,
    "apps/replicasets": _replica_set,
    "apps/statefulsets": _stateful_set,
    "apps/daemonsets": _daemon_set,
    "batch/jobs": _job,
    "batch/cronjobs": _cron_job,
    "storage.k8s.io/storageclasses": _storage_class,
    "networking.k8s.io/networkpolicies": _network_policy,
    "autoscaling/horizontalpodautoscalers": _autoscaler,
    "rbac.authorization.k8s.io/rolebindings": _role_binding,
    "rbac.authorization.k8s.io/clusterrolebindings": _role_binding,
    "apiextensions.k8s.io/customresourcedefinitions": _crd,
}
