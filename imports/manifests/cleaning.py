"""What of an object is wanted: without what says nothing and what a server wrote, in the words of the newest version.

What goes is said, with the reason. Pure.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from imports.manifests.items import APPROXIMATED, KEPT, Item, Said
from imports.manifests.live import drop_what_the_cluster_added
from imports.manifests.paths import Path, dicts_at, value_at
from imports.manifests.shape import is_well_formed
from plugins.sdk.fields import Json
from plugins.sdk.names import MANAGED_BY, MANAGER
from plugins.sdk.normalise import with_protocols

SERVER = "The server writes it itself."
EMPTY = "Empty, so it says nothing."
DEFAULT = "As by default."
_PART_OF = "applyset.kubernetes.io/part-of"
_TEMPLATES: dict[str, Path] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_OLD_WORKLOADS = ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
_SERVER_METADATA = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
)


def template_path(kind: str) -> Path | None:
    """Where the pod template of a workload stands."""
    return _TEMPLATES.get(kind)


def clean(item: Item) -> None:
    """Leaves in `body` what is wanted."""
    metadata = item.metadata
    item.is_live = "uid" in metadata or "resourceVersion" in metadata
    for key in _SERVER_METADATA:
        item.drop(("metadata", key), SERVER)
    item.drop(("status",), SERVER)
    item.drop_if_there(("metadata", "labels", _PART_OF), "Each run says to which workflow it belongs.")
    if "ownerReferences" in metadata:
        message = "Who owns it is the cluster's to say; here the workflow owns it."
        item.drop(("metadata", "ownerReferences"), message, APPROXIMATED)
    _drop_nulls(item, item.body, ())
    item.is_rough = not is_well_formed(item.kind, item.body)
    if item.is_rough:
        item.plain = item.body
        return
    if item.is_live:
        drop_what_the_cluster_added(item, template_path(item.kind))
    _modernise(item)
    item.plain = msgspec.json.decode(msgspec.json.encode(item.body))
    _write_out(item)


def _drop_nulls(item: Item, value: Any, path: Path) -> None:
    if isinstance(value, dict):
        for key in [key for key, inner in value.items() if inner is None]:
            del value[key]
            item.said.setdefault((*path, key), Said(KEPT, EMPTY))
        for key, inner in value.items():
            _drop_nulls(item, inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _drop_nulls(item, inner, (*path, index))


def _modernise(item: Item) -> None:
    """Versions that say the same in other words."""
    api_version, kind = item.body["apiVersion"], item.kind
    message = f"{api_version} is no longer served by recent clusters."
    if api_version in _OLD_WORKLOADS and kind in ("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"):
        item.body["apiVersion"] = "apps/v1"
        _default_selector(item)
    elif kind == "Ingress" and api_version in ("extensions/v1beta1", "networking.k8s.io/v1beta1"):
        item.body["apiVersion"] = "networking.k8s.io/v1"
        _ingress_v1(item)
    elif kind == "NetworkPolicy" and api_version == "extensions/v1beta1":
        item.body["apiVersion"] = "networking.k8s.io/v1"
    elif kind == "HorizontalPodAutoscaler" and api_version == "autoscaling/v1":
        item.body["apiVersion"] = "autoscaling/v2"
        _autoscaler_v2(item)
        message = "Written in the newest version that the cluster serves."
    elif api_version in ("batch/v1beta1", "policy/v1beta1", "autoscaling/v2beta2", "rbac.authorization.k8s.io/v1beta1"):
        item.body["apiVersion"] = _NEWEST[api_version]
        message = "Written in the newest version that the cluster serves."
    if item.body["apiVersion"] != api_version:
        item.said[("apiVersion",)] = Said(APPROXIMATED if "no longer" in message else KEPT, message)


_NEWEST = {
    "batch/v1beta1": "batch/v1",
    "policy/v1beta1": "policy/v1",
    "autoscaling/v2beta2": "autoscaling/v2",
    "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
}


def _default_selector(item: Item) -> None:
    """Old versions took the labels of the template where no selector was given."""
    spec = item.spec
    labels = next((found.get("labels") for _, found in dicts_at(spec, ("template", "metadata"))), None)
    if "selector" not in spec and isinstance(labels, dict) and labels:
        spec["selector"] = {"matchLabels": dict(labels)}


def _ingress_v1(item: Item) -> None:
    spec = item.spec
    if "backend" in spec:
        spec["defaultBackend"] = _backend_v1(spec.pop("backend"))
        item.used[("spec", "backend")] = "default_backend"
    for path, entry in dicts_at(spec, ("rules", "*", "http", "paths", "*")):
        if "serviceName" in entry.get("backend", {}):
            entry["backend"] = _backend_v1(entry["backend"])
            item.said[("spec", *path, "backend")] = Said(KEPT, "In the words of the newer version.")
        entry.setdefault("pathType", "ImplementationSpecific")
        entry.setdefault("path", "/")


def _backend_v1(backend: Any) -> Any:
    if not isinstance(backend, dict) or "serviceName" not in backend:
        return backend
    port = backend.get("servicePort")
    return {"service": {"name": backend["serviceName"], "port": {"name" if isinstance(port, str) else "number": port}}}


def _autoscaler_v2(item: Item) -> None:
    percent = item.spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        item.spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
        item.used[("spec", "targetCPUUtilizationPercentage")] = "cpu_percent"


# --- what is written out, so that the same is the same ------------------------------------------------------


def _write_out(item: Item) -> None:
    """What a server would write into it as well, where a node writes it always."""
    item.body = with_protocols(item.body)
    template = template_path(item.kind)
    if template is not None:
        for kind in ("containers", "initContainers"):
            for _, container in dicts_at(item.body, (*template, "spec", kind, "*")):
                _texts_of(container, "resources")
                for _, variable in dicts_at(container, ("env", "*")):
                    if "valueFrom" not in variable:
                        variable.setdefault("value", "")
    write = _DEFAULTS.get(item.kind)
    if write is not None:
        write(item)
    if item.labels.get(MANAGED_BY, MANAGER) != MANAGER:
        message = f"Sailcloth manages it from here on; before it was {item.labels[MANAGED_BY]}."
        item.drop(("metadata", "labels", MANAGED_BY), message, APPROXIMATED)


def _texts_of(holder: Json, key: str) -> None:
    """Quantities as texts, as a server writes them."""
    for name in ("requests", "limits"):
        for _, amounts in dicts_at(holder, (key, name)):
            _write_quantities(amounts)


def _write_quantities(amounts: Json) -> None:
    for name, amount in amounts.items():
        if isinstance(amount, int | float) and not isinstance(amount, bool):
            amounts[name] = str(int(amount) if amount == int(amount) else amount)


def _service(item: Item) -> None:
    item.body.setdefault("spec", {}).setdefault("type", "ClusterIP")


def _secret(item: Item) -> None:
    item.body.setdefault("type", "Opaque")


def _default_restart(item: Item) -> None:
    path = ("spec", "template", "spec", "restartPolicy")
    if value_at(item.body, path) == "Always":
        item.drop(path, DEFAULT)


def _policy(item: Item) -> None:
    spec = item.body.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    if "policyTypes" not in spec:
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else ())]


def _autoscaler(item: Item) -> None:
    if not item.spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        item.spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _claim(item: Item) -> None:
    _texts_of(item.spec, "resources")


def _stateful_set(item: Item) -> None:
    _default_restart(item)
    for path, claim in dicts_at(item.body, ("spec", "volumeClaimTemplates", "*")):
        for key in ("apiVersion", "kind", "status"):
            if key in claim:
                del claim[key]
                item.said[(*path, key)] = Said(KEPT, SERVER if key == "status" else "It goes without saying.")
        for _, spec in dicts_at(claim, ("spec",)):
            _texts_of(spec, "resources")


def _quota(item: Item) -> None:
    for _, amounts in dicts_at(item.body, ("spec", "hard")):
        _write_quantities(amounts)


def _route(item: Item) -> None:
    for _, rule in dicts_at(item.body, ("spec", "rules", "*")):
        rule.setdefault("matches", [{"path": {"type": "PathPrefix", "value": "/"}}])


_DEFAULTS: dict[str, Callable[[Item], None]] = {
    "Service": _service,
    "Secret": _secret,
    "NetworkPolicy": _policy,
    "HorizontalPodAutoscaler": _autoscaler,
    "PersistentVolumeClaim": _claim,
    "Deployment": _default_restart,
    "DaemonSet": _default_restart,
    "StatefulSet": _stateful_set,
    "ResourceQuota": _quota,
    "HTTPRoute": _route,
}
