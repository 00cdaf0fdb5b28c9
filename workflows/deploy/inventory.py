"""What is believed to be in the cluster, and what of it may be removed.

Before anything is deleted three things must hold: it carries our set's label, we applied it, and nobody else
owns it. Controllers copy labels (Endpoints carry those of their Service), so the label alone proves nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from plugins.sdk.objects import ObjectKey
from workflows.deploy import applyset, managed

Json = dict[str, Any]

CLAIM = ("", "PersistentVolumeClaim")
NAMESPACE = ("", "Namespace")
CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")

# Removed from the outside in: first what sends traffic or changes things by itself, last what others stand
# on.
_REMOVAL_ORDER = (
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("policy", "PodDisruptionBudget"),
    ("networking.k8s.io", "Ingress"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("", "Service"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
)
_LAST = (
    ("", "ConfigMap"),
    ("", "Secret"),
    CLAIM,
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("", "ServiceAccount"),
    CRD,
    NAMESPACE,
)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object. `digest` and `is_completed` remember a job that ran and was cleaned up by its TTL;
    `is_made` says of a namespace that this target made it."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    uid: str = ""
    node_id: str | None = None
    digest: str = ""
    is_completed: bool = False
    is_made: bool = False

    @property
    def key(self) -> ObjectKey:
        return ObjectKey(self.group, self.kind, self.namespace, self.name)


def load(raw: Iterable[Json]) -> dict[ObjectKey, Entry]:
    entries = msgspec.convert(list(raw), list[Entry])
    return {entry.key: entry for entry in entries}


def dump(entries: Iterable[Entry]) -> list[Json]:
    return list(msgspec.to_builtins(sorted(entries, key=lambda entry: entry.key)))


def key_of(live: Json) -> ObjectKey:
    metadata = live["metadata"]
    group = str(live["apiVersion"]).rpartition("/")[0]
    return ObjectKey(group, live["kind"], metadata.get("namespace") or "", metadata["name"])


def obstacle(live: Json, set_id: str) -> str:
    """Why `live` must not be removed by us; "" when it may."""
    owner = applyset.part_of(live)
    if owner != set_id:
        return "It belongs to another set." if owner else "It is not marked as ours."
    if not managed.is_applied_by_us(live):
        return "It was never applied by Sailcloth; something copied our label to it."
    if live["metadata"].get("ownerReferences"):
        return "Another object owns it and will remove it itself."
    return ""


class Stale(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object to remove, exactly as it was seen. With a `reason` it is kept instead."""

    api_version: str
    group: str
    kind: str
    namespace: str
    name: str
    uid: str = ""
    resource_version: str = ""
    node_id: str | None = None
    reason: str = ""
    is_claim_of_template: bool = False

    @property
    def key(self) -> ObjectKey:
        return ObjectKey(self.group, self.kind, self.namespace, self.name)

    @property
    def is_kept(self) -> bool:
        return bool(self.reason)

    @property
    def tier(self) -> int:
        """0 for what does something, 1 for what that stood on, 2 for kinds and namespaces."""
        pair = (self.group, self.kind)
        if pair in (CRD, NAMESPACE):
            return 2
        return 1 if pair in _LAST else 0


def find_stale(
    members: Iterable[Json],
    *,
    set_id: str,
    wanted: Iterable[ObjectKey],
    known: Mapping[ObjectKey, Entry],
    delete_claims: Iterable[str],
) -> list[Stale]:
    """Of all `members` of the set what no release wants any more, in the order of removal."""
    keep, claims = set(wanted), set(delete_claims)
    found: dict[ObjectKey, Stale] = {}
    for live in members:
        key = key_of(live)
        if key in keep or key in found or obstacle(live, set_id):
            continue
        found[key] = _stale(live, key, known.get(key), claims)
    return sorted(found.values(), key=lambda item: (_rank(item), item.key))


def template_claims(statefulset: Json, claims: Iterable[Json], delete_claims: Iterable[str]) -> list[Stale]:
    """The claims that `statefulset` made from its templates: data, so kept unless named."""
    metadata = statefulset["metadata"]
    templates = (statefulset.get("spec") or {}).get("volumeClaimTemplates") or []
    heads = tuple(f"{item['metadata']['name']}-{metadata['name']}-" for item in templates)
    named = set(delete_claims)
    return [
        msgspec.structs.replace(_stale(claim, key_of(claim), None, named), is_claim_of_template=True)
        for claim in claims
        if heads and claim["metadata"]["name"].startswith(heads) and _ordinal(claim["metadata"]["name"])
    ]


def _ordinal(name: str) -> bool:
    return name.rpartition("-")[2].isdigit()


def _stale(live: Json, key: ObjectKey, entry: Entry | None, claims: set[str]) -> Stale:
    metadata = live["metadata"]
    return Stale(
        api_version=str(live["apiVersion"]),
        group=key.group,
        kind=key.kind,
        namespace=key.namespace,
        name=key.name,
        uid=metadata.get("uid", ""),
        resource_version=metadata.get("resourceVersion", ""),
        node_id=entry.node_id if entry else None,
        reason=_keep_reason(key, entry, claims),
    )


def _keep_reason(key: ObjectKey, entry: Entry | None, claims: set[str]) -> str:
    place = f"{key.namespace}/{key.name}"
    if (key.group, key.kind) == CLAIM and place not in claims:
        return f"A claim holds data and is kept. To delete it name it in delete_claims: {place}"
    if (key.group, key.kind) == NAMESPACE and not (entry and entry.is_made):
        return "The namespace was there before and stays."
    return ""


def _rank(item: Stale) -> int:
    pair = (item.group, item.kind)
    if pair in _REMOVAL_ORDER:
        return _REMOVAL_ORDER.index(pair)
    if pair in _LAST:
        return len(_REMOVAL_ORDER) + 1 + _LAST.index(pair)
    return len(_REMOVAL_ORDER)
