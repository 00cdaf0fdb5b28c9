"""Server-side printing: the Table that `kubectl get` shows.

Must not know HTTP or storage.
"""

from __future__ import annotations

from typing import Any

from .objects import Obj, meta
from .printers import PRINTERS, age, age_of, event, storage_name
from .resources import Resource

# name[:type][:wide][:format]
_COLUMNS: dict[str, str] = {
    "/pods": "Ready|Status|Restarts|Age|IP:wide|Node:wide|Nominated Node:wide|Readiness Gates:wide",
    "apps/deployments": "Ready|Up-to-date|Available|Age|Containers:wide|Images:wide|Selector:wide",
    "apps/replicasets": "Desired:integer|Current:integer|Ready:integer|Age|Containers:wide|Images:wide|Selector:wide",
    "apps/statefulsets": "Ready|Age|Containers:wide|Images:wide",
    "apps/daemonsets": "Desired:integer|Current:integer|Ready:integer|Up-to-date:integer|Available:integer|"
    "Node Selector|Age|Containers:wide|Images:wide|Selector:wide",
    "batch/jobs": "Status|Completions|Duration|Age|Containers:wide|Images:wide|Selector:wide",
    "batch/cronjobs": "Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule|Age|Containers:wide|"
    "Images:wide|Selector:wide",
    "/services": "Type|Cluster-IP|External-IP|Port(s)|Age|Selector:wide",
    "/endpoints": "Endpoints|Age",
    "discovery.k8s.io/endpointslices": "AddressType|Ports|Endpoints|Age",
    "/configmaps": "Data|Age",
    "/secrets": "Type|Data|Age",
    "/namespaces": "Status|Age",
    "/nodes": "Status|Roles|Age|Version|Internal-IP:wide|External-IP:wide|OS-Image:wide|Kernel-Version:wide|"
    "Container-Runtime:wide",
    "/persistentvolumeclaims": "Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|"
    "VolumeMode:wide",
    "/persistentvolumes": "Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|"
    "Reason|Age|VolumeMode:wide",
    "networking.k8s.io/ingresses": "Class|Hosts|Address|Ports|Age",
    "networking.k8s.io/networkpolicies": "Pod-Selector|Age",
    "networking.k8s.io/ingressclasses": "Controller|Parameters|Age",
    "autoscaling/horizontalpodautoscalers": "Reference|Targets|MinPods|MaxPods|Replicas|Age",
    "policy/poddisruptionbudgets": "Min Available|Max Unavailable|Allowed Disruptions:integer|Age",
    "storage.k8s.io/storageclasses": "Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion:boolean|Age",
    "/resourcequotas": "Request|Limit|Age",
    "rbac.authorization.k8s.io/rolebindings": "Role|Age|Users:wide|Groups:wide|ServiceAccounts:wide",
    "rbac.authorization.k8s.io/clusterrolebindings": "Role|Age|Users:wide|Groups:wide|ServiceAccounts:wide",
    "coordination.k8s.io/leases": "Holder|Age",
    "scheduling.k8s.io/priorityclasses": "Value:integer|Global-Default:boolean|Age|PreemptionPolicy",
    "apps/controllerrevisions": "Controller|Revision:integer|Age",
}
_CREATED = (
    "rbac.authorization.k8s.io/roles",
    "rbac.authorization.k8s.io/clusterroles",
    "apiextensions.k8s.io/customresourcedefinitions",
    "/limitranges",
)


def _column(text: str) -> Obj:
    parts = text.split(":")
    kind = next((p for p in parts[1:] if p in ("integer", "boolean", "date")), "string")
    return {
        "name": parts[0],
        "type": kind,
        "format": "",
        "description": "",
        "priority": int("wide" in parts[1:]),
    }


def _name_column() -> Obj:
    return {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0}


def columns(res: Resource, crd: Obj | None) -> list[Obj]:
    if res.storage_key == "/events":
        plain = "Last Seen|Type|Reason|Object|Subobject:wide|Source:wide|Message|First Seen:wide|Count:wide"
        return [*(_column(c) for c in plain.split("|")), {**_name_column(), "priority": 1}]
    found = [_name_column()]
    if res.key in _COLUMNS:
        return found + [_column(c) for c in _COLUMNS[res.key].split("|")]
    if res.key in _CREATED:
        return [*found, _column("Created At:date")]
    if crd is not None:
        return found + [
            {
                "name": c["name"],
                "type": c["type"],
                "format": c.get("format", ""),
                "description": c.get("description", ""),
                "priority": c.get("priority", 0),
            }
            for c in printer_columns(res, crd)
        ]
    return [*found, _column("Age")]


def printer_columns(res: Resource, crd: Obj) -> list[Obj]:
    for version in crd["spec"]["versions"]:
        if version["name"] == res.version and version.get("additionalPrinterColumns"):
            return version["additionalPrinterColumns"]
    return [{"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]


def _json_path(obj: Obj, path: str) -> Any:
    """The simple paths that printer columns use: .spec.a, .status.conditions[?(@.type=="Ready")].status"""
    value: Any = obj
    for step in path.replace("\\.", "\0").strip(".").split("."):
        name, _, index = step.replace("\0", ".").partition("[")
        value = value.get(name) if isinstance(value, dict) else None
        if index.rstrip("]").isdigit() and isinstance(value, list):
            value = value[int(index[:-1])] if int(index[:-1]) < len(value) else None
        if value is None:
            return None
    return value


def _custom_cells(res: Resource, crd: Obj, obj: Obj) -> list[Any]:
    out = []
    for column in printer_columns(res, crd):
        value = _json_path(obj, column["jsonPath"])
        out.append(age(value) if column["type"] == "date" and isinstance(value, str) else value)
    return out


def cells(res: Resource, obj: Obj, crd: Obj | None) -> list[Any]:
    if res.storage_key == "/events":
        return event(obj)
    name = storage_name(obj) if res.key == "storage.k8s.io/storageclasses" else meta(obj)["name"]
    if res.key in PRINTERS:
        return [name, *PRINTERS[res.key](obj)]
    if res.key in _CREATED:
        return [name, meta(obj).get("creationTimestamp")]
    if crd is not None:
        return [name, *_custom_cells(res, crd, obj)]
    return [name, age_of(obj)]


def partial(obj: Obj) -> Obj:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": meta(obj)}


def table(
    res: Resource,
    items: list[Obj],
    list_meta: Obj,
    include: str,
    crd: Obj | None,
    *,
    with_columns: bool = True,
) -> Obj:
    rows = []
    for obj in items:
        row: Obj = {"cells": cells(res, obj, crd)}
        if include == "Object":
            row["object"] = obj
        else:
            row["object"] = None if include == "None" else partial(obj)
        rows.append(row)
    head = columns(res, crd) if with_columns else None
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": list_meta,
        "columnDefinitions": head,
        "rows": rows,
    }
