"""Edges between objects that find each other by selectors and names. Pure.

What a workload reads is the business of `wiring`.
"""

from imports.manifests.cleaning import template_path
from imports.manifests.drawing import WORKLOADS, Drawing
from imports.manifests.items import APPROXIMATED, KEPT, Item, Said
from imports.manifests.paths import dicts_at, value_at
from plugins.sdk.fields import Json

_PULL_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_FOR_ONE = {"ReadWriteOnce", "ReadWriteOncePod"}


def link(drawing: Drawing) -> None:
    for item in list(drawing.items):
        draw = _LINKS.get(item.type)
        if draw is not None:
            draw(item, drawing)
    _owners(drawing)


def _owners(drawing: Drawing) -> None:
    """What another object owns and does not control is there after that: an edge says so where both can have one."""
    able = [item for item in drawing.items if item.type == "manifest" or item.type in WORKLOADS]
    known = {(item.kind, item.namespace, item.name): item for item in reversed(able) if item.type != "cronjob"}
    after: dict[str, set[str]] = {}
    for item in able:
        references = item.written["metadata"].get("ownerReferences")
        for reference in references if isinstance(references, list) else ():
            if not isinstance(reference, dict):
                continue
            owner = known.get((str(reference.get("kind")), item.namespace, str(reference.get("name"))))
            if owner is None or _leads(owner.node_id, item.node_id, after):
                continue
            after.setdefault(item.node_id, set()).add(owner.node_id)
            drawing.add(item, owner, {"condition": "started"})
            message = f"The workflow owns it here, and it starts after {owner.kind} {owner.name}."
            item.said["metadata", "ownerReferences"] = Said(APPROXIMATED, message)


def _leads(start: str, end: str, after: dict[str, set[str]]) -> bool:
    """Whether one comes after the other already, by whatever way; or is it."""
    waiting: list[str] = [start]
    seen: set[str] = set()
    while waiting:
        id = waiting.pop()
        if id == end:
            return True
        if id not in seen:
            seen.add(id)
            waiting += after.get(id, ())
    return False


def pod_labels(item: Item) -> Json:
    path = template_path(item.kind)
    labels = value_at(item.body, (*path, "metadata", "labels")) if path else None
    return labels if isinstance(labels, dict) else {}


def _selected(item: Item, wanted: object, drawing: Drawing) -> list[Item]:
    """The workloads whose pods these labels select."""
    if not isinstance(wanted, dict) or not wanted:
        return []
    first = next(iter(wanted.items()))
    if not isinstance(first[1], str):
        return []
    if not drawing.labelled:
        for workload in drawing.workloads():
            for key, value in pod_labels(workload).items():
                drawing.labelled.setdefault((workload.namespace, key, value), []).append(workload)
    candidates = drawing.labelled.get((item.namespace, *first), [])
    return [workload for workload in candidates if wanted.items() <= pod_labels(workload).items()]


def _service(item: Item, drawing: Drawing) -> None:
    if item.data.get("type") == "ExternalName":
        return
    selector = item.data.get("selector")
    workloads = _selected(item, selector, drawing)
    for workload in workloads:
        drawing.add(item, workload)
    if len(workloads) == 1 and workloads[0].data.get("selector") == selector:
        del item.data["selector"]


def _by_labels(item: Item, drawing: Drawing) -> None:
    """What holds for pods: the edge says it where it says the same, else the selector stays."""
    selector = item.data.get("selector")
    if not isinstance(selector, dict) or selector.keys() - {"matchLabels"}:
        return
    workloads = _selected(item, selector.get("matchLabels"), drawing)
    for workload in workloads:
        drawing.add(item, workload)
    if len(workloads) == 1 and workloads[0].data.get("selector") == selector["matchLabels"]:
        del item.data["selector"]


def _ingress(item: Item, drawing: Drawing) -> None:
    for name in dict.fromkeys(rule.get("service") for rule in item.data.get("rules") or ()):
        service = drawing.find("service", item.namespace, name)
        if service is not None:
            drawing.add(item, service)
    _tls(item, drawing)


def _tls(item: Item, drawing: Drawing) -> None:
    entries = item.data.get("tls") or []
    secrets = [drawing.find("secret", item.namespace, entry.get("secret")) for entry in entries]
    found = [secret for secret in secrets if secret is not None]
    if not entries or len({secret.node_id for secret in found}) != len(entries):
        return
    for index, (secret, entry) in enumerate(zip(found, entries, strict=True)):
        drawing.add(secret, item, {"hosts": entry["hosts"]}, order=index if len(entries) > 1 else None)
    del item.data["tls"]


def _route(item: Item, drawing: Drawing) -> None:
    for name in dict.fromkeys(rule.get("service") for rule in item.data.get("rules") or ()):
        service = drawing.find("service", item.namespace, name)
        if service is not None:
            drawing.add(item, service)


def _autoscaler(item: Item, drawing: Drawing) -> None:
    target = item.data.get("target") or {}
    for type, kind in (("deployment", "Deployment"), ("statefulset", "StatefulSet")):
        workload = drawing.find(type, item.namespace, target.get("name"))
        if target.get("kind") == kind and workload is not None:
            drawing.add(item, workload)
            del item.data["target"]
            if "replicas" in workload.spec:
                workload.drop(("spec", "replicas"), "")
                message = "The autoscaler decides; the node remembers it."
                workload.said[("spec", "replicas")] = Said(KEPT, message, f"{workload.target}.replicas")


def _deployment(item: Item, drawing: Drawing) -> None:
    """A node with a volume for one cluster node alone says Recreate, where nothing else is said."""
    volumes = [volume for _, volume in dicts_at(item.spec, ("template", "spec", "volumes", "*"))]
    claims = [volume.get("persistentVolumeClaim") for volume in volumes]
    names = [claim.get("claimName") for claim in claims if isinstance(claim, dict)]
    found = [drawing.find("persistentvolumeclaim", item.namespace, name) for name in names]
    modes = {mode for claim in found if claim is not None for mode in claim.data.get("access_modes") or _FOR_ONE}
    if "strategy" not in item.spec and modes & _FOR_ONE:
        item.spec["strategy"] = item.data["strategy"] = {"type": "RollingUpdate"}


def _account(item: Item, drawing: Drawing) -> None:
    wanted = item.data.get("image_pull_secrets")
    secrets = pull_secrets(wanted, item.namespace, drawing)
    if secrets:
        for index, secret in enumerate(secrets):
            drawing.add(secret, item, order=index if len(secrets) > 1 else None)
        del item.data["image_pull_secrets"]


def pull_secrets(wanted: object, namespace: str, drawing: Drawing) -> list[Item]:
    """The secrets of these names when all of them are drawn, else none."""
    if not isinstance(wanted, list):
        return []
    found = [drawing.find("secret", namespace, name) for name in wanted]
    secrets = [secret for secret in found if secret is not None and secret.data.get("type") in _PULL_TYPES]
    return secrets if len(secrets) == len(wanted) else []


_LINKS = {
    "deployment": _deployment,
    "service": _service,
    "ingress": _ingress,
    "httproute": _route,
    "hpa": _autoscaler,
    "poddisruptionbudget": _by_labels,
    "networkpolicy": _by_labels,
    "serviceaccount": _account,
}
