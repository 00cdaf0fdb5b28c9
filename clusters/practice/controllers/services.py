"""Services: Endpoints and EndpointSlices from the pods that a service selects.

Must not know how pods become ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clusters.practice.objects import (
    Key,
    Obj,
    dig,
    is_deleting,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    owner_reference,
    suffix,
    time_text,
    uid_of,
)
from clusters.practice.store import Change

from .base import Controller
from .pods import is_ready

SERVICES, ENDPOINTS, SLICES = "/services", "/endpoints", "discovery.k8s.io/endpointslices"
SERVICE_NAME = "kubernetes.io/service-name"
TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"


class EndpointController(Controller):
    name = "endpoints"
    resource = SERVICES

    def keys(self, change: Change) -> Iterable[Key]:
        yield from super().keys(change)
        if change.resource == "/pods":
            seen = [o for o in (change.obj, change.old) if o]
            for service in self.store.select(SERVICES, namespace_of(change.obj)):
                wanted = service["spec"].get("selector")
                if wanted and any(_selects(wanted, o) for o in seen):
                    yield key_of(service)
        elif change.resource in (ENDPOINTS, SLICES) and change.type == "DELETED":
            yield namespace_of(change.obj), labels_of(change.obj).get(SERVICE_NAME) or name_of(change.obj)

    def reconcile(self, key: Key) -> None:
        service = self.get(SERVICES, key)
        if service is None or is_deleting(service):
            found = self.get(ENDPOINTS, key)
            if service is None and found is not None and "endpoints.kubernetes.io/managed-by" in labels_of(found):
                self.delete(ENDPOINTS, found)
            return
        selector = service["spec"].get("selector")
        if not selector or service["spec"].get("type") == "ExternalName":
            return
        pods = [p for p in self.store.select("/pods", key[0]) if _selects(selector, p)]
        pods = sorted((p for p in pods if dig(p, "status", "podIP") and _counts(p)), key=name_of)
        self._write_endpoints(service, pods)
        self._write_slice(service, pods)

    def _is_available(self, service: Obj, pod: Obj) -> bool:
        if service["spec"].get("publishNotReadyAddresses"):
            return True
        return is_ready(pod) and not is_deleting(pod)

    def _write_endpoints(self, service: Obj, pods: list[Obj]) -> None:
        groups: dict[str, Obj] = {}
        for pod in pods:
            ports = _ports(service, pod)
            if ports is None or is_deleting(pod):
                continue
            group = groups.setdefault(repr(ports), {"addresses": [], "notReadyAddresses": [], "ports": ports})
            address: Obj = {"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"]}
            if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == name_of(service):
                address["hostname"] = pod["spec"]["hostname"]
            address["targetRef"] = _target(pod)
            group["addresses" if self._is_available(service, pod) else "notReadyAddresses"].append(address)
        subsets = [{k: v for k, v in g.items() if v} for g in groups.values()]
        labels = {**labels_of(service), "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        if service["spec"].get("clusterIP") == "None":
            labels["service.kubernetes.io/headless"] = ""
        self._upsert(
            ENDPOINTS,
            {"name": name_of(service), "namespace": namespace_of(service), "labels": labels},
            {"subsets": subsets} if subsets else {},
            self.get(ENDPOINTS, key_of(service)),
        )

    def _write_slice(self, service: Obj, pods: list[Obj]) -> None:
        endpoints, ports = [], None
        for pod in pods:
            found = _ports(service, pod)
            if found is None or (ports is not None and found != ports):
                continue
            ports = found
            ready = self._is_available(service, pod)
            serving = ready or (is_deleting(pod) and is_ready(pod))
            entry: Obj = {
                "addresses": [pod["status"]["podIP"]],
                "conditions": {"ready": ready, "serving": serving, "terminating": is_deleting(pod)},
                "targetRef": _target(pod),
                "nodeName": pod["spec"]["nodeName"],
            }
            if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == name_of(service):
                entry["hostname"] = pod["spec"]["hostname"]
            endpoints.append(entry)
        labels = {
            **labels_of(service),
            MANAGED_BY: "endpointslice-controller.k8s.io",
            SERVICE_NAME: name_of(service),
        }
        if service["spec"].get("clusterIP") == "None":
            labels["service.kubernetes.io/headless"] = ""
        existing = next((s for s in self.owned(service, SLICES) if not is_deleting(s)), None)
        name = name_of(existing) if existing else f"{name_of(service)}-{suffix()}"
        data: Obj = {
            "name": name,
            "namespace": namespace_of(service),
            "labels": labels,
            "generateName": f"{name_of(service)}-",
            "ownerReferences": [owner_reference(service)],
        }
        shown = [{k: v for k, v in p.items() if v is not None} for p in ports or []]
        body: Obj = {"addressType": "IPv4", "endpoints": endpoints or None, "ports": shown or None}
        self._upsert(SLICES, data, body, existing)

    def _upsert(self, resource: str, data: Obj, body: Obj, existing: Obj | None) -> None:
        if existing is None:
            data = {**data, "annotations": {TRIGGER: time_text()}}
            self.create(resource, {"metadata": data, **body})
            return

        def write(copy: Obj) -> None:
            copy["metadata"]["labels"] = data["labels"]
            copy["metadata"].get("annotations", {}).pop(TRIGGER, None)
            for name in ("subsets", "endpoints", "ports"):
                copy.pop(name, None)
            copy.update(body)

        if not is_deleting(existing):
            self.patch(resource, existing, write)


def _selects(selector: dict[str, str], pod: Obj) -> bool:
    return all(labels_of(pod).get(k) == v for k, v in selector.items())


def _counts(pod: Obj) -> bool:
    return dig(pod, "status", "phase") not in ("Succeeded", "Failed")


def _target(pod: Obj) -> Obj:
    return {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": uid_of(pod)}


def _ports(service: Obj, pod: Obj) -> list[Any] | None:
    """The ports of a service on a pod; None when a named port is not there."""
    out = []
    for port in service["spec"].get("ports") or []:
        target = port.get("targetPort", port["port"])
        if isinstance(target, str) and not target.isdigit():
            found = [
                p["containerPort"]
                for c in pod["spec"]["containers"]
                for p in c.get("ports") or []
                if p.get("name") == target and p.get("protocol", "TCP") == port.get("protocol", "TCP")
            ]
            if not found:
                continue
            target = found[0]
        entry: Obj = {"name": port["name"]} if port.get("name") else {}
        out.append({**entry, "port": int(target), "protocol": port.get("protocol", "TCP")})
    if not out and service["spec"].get("ports"):
        return None
    return out
