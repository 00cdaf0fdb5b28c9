"""The rules beyond types: 422 with one cause per violated rule, and what may not change.

Covers what a person or a tool commonly gets wrong, in the words of the real server; rules that need other objects
are in `admission`. Must not know HTTP or storage.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from . import names, quantity
from . import validation_custom as custom_rules
from . import validation_workloads as workloads
from .errors import (
    Cause,
    duplicate,
    forbidden_value,
    invalid_value,
    not_found_value,
    required,
    too_long,
    unsupported,
)
from .objects import Obj, dig, meta, without
from .resources import Resource
from .validation_pods import PORT_TEXT, pod_spec

MAX_DATA = 1048576


def validate(res: Resource, obj: Obj, old: Obj | None) -> list[Cause]:
    out = names.metadata(res.key, meta(obj), None if old is None else meta(old))
    handler = _HANDLERS.get(res.key)
    if handler:
        out += handler(obj, old)
    return out


# --- core ----------------------------------------------------------------------------------------------------


def _config_map(obj: Obj, old: Obj | None) -> list[Cause]:
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    out = names.config_keys("data", data) + names.config_keys("binaryData", binary)
    if sum(len(str(v).encode()) for v in data.values()) + sum(len(v) for v in binary.values()) > MAX_DATA:
        out.append(too_long("[]", MAX_DATA))
    return out + _frozen(obj, old, ("data", "binaryData"))


def _frozen(obj: Obj, old: Obj | None, fields: tuple[str, ...]) -> list[Cause]:
    if old is None or not old.get("immutable"):
        return []
    text = "field is immutable when `immutable` is set"
    out = [forbidden_value("immutable", text)] if not obj.get("immutable") else []
    return out + [forbidden_value(f, text) for f in fields if obj.get(f) != old.get(f)]


def _secret(obj: Obj, old: Obj | None) -> list[Cause]:
    data = obj.get("data") or {}
    out = names.config_keys("data", data)
    if sum(len(v) * 3 // 4 for v in data.values()) > MAX_DATA:
        out.append(too_long("data", MAX_DATA))
    if old is not None and obj.get("type") != old.get("type"):
        out.append(invalid_value("type", obj.get("type"), "field is immutable"))
    needed = {
        "kubernetes.io/tls": ["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
        "kubernetes.io/dockercfg": [".dockercfg"],
        "kubernetes.io/ssh-auth": ["ssh-privatekey"],
    }.get(obj.get("type") or "", [])
    out += [required(f"data[{k}]") for k in needed if k not in data]
    if obj.get("type") == "kubernetes.io/dockerconfigjson" and ".dockerconfigjson" in data:
        out += _docker_config(data[".dockerconfigjson"])
    return out + _frozen(obj, old, ("data",))


def _docker_config(value: str) -> list[Cause]:
    try:
        json.loads(base64.b64decode(value))
    except ValueError:
        text = 'Invalid value: "<secret contents redacted>": invalid character in the JSON of the credentials'
        return [Cause("FieldValueInvalid", text, "data[.dockerconfigjson]")]
    return []


_POD_TEXT = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def _pod(obj: Obj, old: Obj | None) -> list[Cause]:
    if old is None:
        return pod_spec(obj["spec"], "spec")

    def fixed(spec: Obj) -> Obj:
        out = without(spec, "activeDeadlineSeconds", "tolerations", "nodeName")
        for field in ("containers", "initContainers"):
            if spec.get(field):
                out[field] = [without(c, "image") for c in spec[field]]
        return out

    return [] if fixed(obj["spec"]) == fixed(old["spec"]) else [forbidden_value("spec", _POD_TEXT)]


def _service(obj: Obj, old: Obj | None) -> list[Cause]:
    spec = obj["spec"]
    kinds = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
    if spec["type"] == "ExternalName":
        return [] if spec.get("externalName") else [required("spec.externalName")]
    out: list[Cause] = []
    ports = spec.get("ports") or []
    headless = spec.get("clusterIP") == "None"
    if not ports and not headless:
        out.append(required("spec.ports"))
    out += _service_ports(ports)
    if spec["type"] not in kinds:
        out.append(unsupported("spec.type", spec["type"], kinds))
    if spec.get("sessionAffinity") not in ("None", "ClientIP"):
        out.append(unsupported("spec.sessionAffinity", spec.get("sessionAffinity"), ["ClientIP", "None"]))
    if headless and spec["type"] != "ClusterIP":
        text = f"may not be set to 'None' for {spec['type']} services"
        out.append(invalid_value("spec.clusterIPs[0]", "None", text))
    before = (old or {}).get("spec") or {}
    fixed = before.get("clusterIP") if before.get("type") != "ExternalName" else None
    if fixed and spec.get("clusterIP") != fixed:
        out.append(invalid_value("spec.clusterIPs[0]", spec.get("clusterIPs"), "may not change once set"))
    return out + names.labels("spec.selector", spec.get("selector") or {})


def _service_ports(ports: list[Obj]) -> list[Cause]:
    out: list[Cause] = []
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        here = f"spec.ports[{index}]"
        name = port.get("name") or ""
        if not name and len(ports) > 1:
            out.append(required(f"{here}.name"))
        elif name:
            out += names.label_name(f"{here}.name", name)
        number, target = port.get("port"), port.get("targetPort")
        if not isinstance(number, int) or not 1 <= number <= 65535:
            out.append(invalid_value(f"{here}.port", number or 0, PORT_TEXT))
        if isinstance(target, int) and not 1 <= target <= 65535:
            out.append(invalid_value(f"{here}.targetPort", target, PORT_TEXT))
        if port.get("protocol") not in ("TCP", "UDP", "SCTP"):
            out.append(unsupported(f"{here}.protocol", port.get("protocol"), ["SCTP", "TCP", "UDP"]))
        key = (number, port.get("protocol"))
        if key in seen:
            out.append(duplicate(here, {"port": number, "protocol": port.get("protocol")}))
        seen.add(key)
    return out + names.unique("spec.ports[{}].name", [p.get("name") or "" for p in ports])


def _claim(obj: Obj, old: Obj | None) -> list[Cause]:
    spec, out = obj["spec"], []
    if not spec.get("accessModes"):
        out.append(required("spec.accessModes", "at least 1 access mode is required"))
    allowed = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
    out += [unsupported("spec.accessModes", m, allowed) for m in spec.get("accessModes") or [] if m not in allowed]
    storage = dig(spec, "resources", "requests", "storage")
    if storage is None:
        out.append(required("spec.resources[storage]"))
    elif quantity.parse(storage) <= 0:
        out.append(invalid_value("spec.resources[storage]", storage, "must be greater than zero"))
    if old is None:
        return out

    def fixed(value: Obj) -> Obj:
        return without(value, "resources", "volumeName", "volumeAttributesClassName", "storageClassName")

    before = old["spec"]
    changed = fixed(spec) != fixed(before)
    changed = changed or (bool(before.get("volumeName")) and spec.get("volumeName") != before["volumeName"])
    changed = changed or (
        before.get("storageClassName") is not None and spec.get("storageClassName") != before["storageClassName"]
    )
    if changed:
        text = (
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        )
        out.append(forbidden_value("spec", text))
    elif storage and quantity.parse(storage) < quantity.parse(dig(before, "resources", "requests", "storage")):
        text = "field can not be less than status.capacity"
        out.append(forbidden_value("spec.resources.requests.storage", text))
    return out


def _event(obj: Obj, old: Obj | None) -> list[Cause]:
    involved = (obj.get("involvedObject") or {}).get("namespace")
    if involved and involved != meta(obj).get("namespace"):
        return [invalid_value("involvedObject.namespace", involved, "does not match event.namespace")]
    return []


# --- the rest ------------------------------------------------------------------------------------------------

_WILDCARD = re.compile(r"^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_WILDCARD_TEXT = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
    "regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def _ingress(obj: Obj, old: Obj | None) -> list[Cause]:
    spec, out = obj.get("spec") or {}, []
    if not spec.get("rules") and not spec.get("defaultBackend"):
        out.append(invalid_value("spec", [], "either `defaultBackend` or `rules` must be specified"))
    for index, rule in enumerate(spec.get("rules") or []):
        here, host = f"spec.rules[{index}]", rule.get("host") or ""
        if "*" in host and not _WILDCARD.match(host):
            out.append(invalid_value(f"{here}.host", host, _WILDCARD_TEXT))
        elif host and "*" not in host:
            out += names.subdomain(f"{here}.host", host)
        for at, path in enumerate((rule.get("http") or {}).get("paths") or []):
            out += _ingress_path(path, f"{here}.http.paths[{at}]")
    return out


def _ingress_path(path: Obj, field: str) -> list[Cause]:
    out: list[Cause] = []
    kind = path.get("pathType")
    if not kind:
        return [required(f"{field}.pathType", "pathType must be specified")]
    if kind not in ("Exact", "Prefix", "ImplementationSpecific"):
        out.append(unsupported(f"{field}.pathType", kind, ["Exact", "ImplementationSpecific", "Prefix"]))
    elif kind != "ImplementationSpecific" and not (path.get("path") or "").startswith("/"):
        out.append(invalid_value(f"{field}.path", path.get("path") or "", "must be an absolute path"))
    service = dig(path, "backend", "service")
    if service is not None and not service.get("name"):
        out.append(required(f"{field}.backend.service.name"))
    if service is not None and not (dig(service, "port", "number") or dig(service, "port", "name")):
        out.append(required(f"{field}.backend", "port name or number is required"))
    return out


def _autoscaler(obj: Obj, old: Obj | None) -> list[Cause]:
    spec, out = obj["spec"], []
    least, most, target = (
        spec.get("minReplicas", 1),
        spec.get("maxReplicas") or 0,
        spec.get("scaleTargetRef") or {},
    )
    if most < 1:
        out.append(invalid_value("spec.maxReplicas", most, "must be greater than 0"))
    if least < 1:
        out.append(invalid_value("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < least:
        out.append(invalid_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    out += [required(f"spec.scaleTargetRef.{f}") for f in ("kind", "name") if not target.get(f)]
    version = target.get("apiVersion") or ""
    if not version.partition("/")[0]:
        text = "apiVersion must specify API group"
        out.append(invalid_value("spec.scaleTargetRef.apiVersion", version, text))
    return out


def _disruption_budget(obj: Obj, old: Obj | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    out = workloads.amount(spec.get("minAvailable"), "spec.minAvailable")
    out += workloads.amount(spec.get("maxUnavailable"), "spec.maxUnavailable")
    if out:
        return out
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        text = "minAvailable and maxUnavailable cannot be both set"
        return [invalid_value("spec", without(spec, "selector"), text)]
    return []


def _binding(obj: Obj, old: Obj | None) -> list[Cause]:
    role, out = obj.get("roleRef") or {}, []
    if not role.get("kind"):
        out.append(unsupported("roleRef.kind", "", ["Role", "ClusterRole"]))
    if not role.get("name"):
        out.append(required("roleRef.name"))
    out += [required(f"subjects[{i}].name") for i, s in enumerate(obj.get("subjects") or []) if not s.get("name")]
    if old is not None and role != old.get("roleRef"):
        shown = {"APIGroup": role.get("apiGroup"), "Kind": role.get("kind"), "Name": role.get("name")}
        out.append(invalid_value("roleRef", shown, "cannot change roleRef"))
    return out


def _storage_class(obj: Obj, old: Obj | None) -> list[Cause]:
    if not obj.get("provisioner"):
        return [required("provisioner")]
    if old is not None and any(obj.get(f) != old.get(f) for f in ("provisioner", "parameters", "reclaimPolicy")):
        return [forbidden_value("parameters", "updates to parameters are forbidden.")]
    return []


def _service_account(obj: Obj, old: Obj | None) -> list[Cause]:
    return [not_found_value("secrets", s) for s in obj.get("secrets") or [] if not isinstance(s, dict)]


_HANDLERS: dict[str, Callable[[Obj, Obj | None], list[Cause]]] = {
    "/configmaps": _config_map,
    "/secrets": _secret,
    "/pods": _pod,
    "/services": _service,
    "/persistentvolumeclaims": _claim,
    "/events": _event,
    "/serviceaccounts": _service_account,
    "apps/deployments": workloads.deployment,
    "apps/replicasets": workloads.replica_set,
    "apps/daemonsets": workloads.daemon_set,
    "apps/statefulsets": workloads.stateful_set,
    "batch/jobs": workloads.job,
    "batch/cronjobs": workloads.cron_job,
    "networking.k8s.io/ingresses": _ingress,
    "autoscaling/horizontalpodautoscalers": _autoscaler,
    "policy/poddisruptionbudgets": _disruption_budget,
    "rbac.authorization.k8s.io/rolebindings": _binding,
    "rbac.authorization.k8s.io/clusterrolebindings": _binding,
    "storage.k8s.io/storageclasses": _storage_class,
    "apiextensions.k8s.io/customresourcedefinitions": custom_rules.crd,
}
