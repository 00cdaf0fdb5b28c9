"""Whether what a run makes fits into the quotas of its namespaces taken together. Pure.

A dry run asks for each object by itself: of two claims where there is room for one, both pass it. What pods use
is not looked at; that of a workload becomes known only when its pods are made.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

Json = dict[str, Any]

# Older than `count/<resource>`, and still in use.
_LEGACY = frozenset(
    {"configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services", "pods"}
)
_UNITS = {
    "": Decimal(1), "m": Decimal("0.001"), "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9),
    "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18), "Ki": Decimal(2**10), "Mi": Decimal(2**20),
    "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip


class Creation(msgspec.Struct, frozen=True):
    """One object that is to be made; `resource` is its plural name."""

    position: int
    group: str
    resource: str
    body: Json


def exceeded(creations: Iterable[Creation], quotas: Iterable[Json]) -> dict[int, str]:
    """A sentence for each of `creations` that finds no room any more when all before it are made. All are of the
    namespace of `quotas`."""
    limits = [each for each in quotas if _is_for_all(each)]
    taken: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    refused = {}
    for creation in creations:
        wanted = _usage(creation)
        why = next((text for quota in limits if (text := _over(quota, wanted, taken))), "")
        if why:
            refused[creation.position] = why
            continue
        for quota in limits:
            for name, amount in wanted.items():
                taken[quota["metadata"]["name"], name] += amount
    return refused


def _is_for_all(quota: Json) -> bool:
    """Scopes choose pods, and pods are not counted here."""
    spec = quota.get("spec") or {}
    return not spec.get("scopes") and not spec.get("scopeSelector")


def _over(quota: Json, wanted: Mapping[str, Decimal], taken: Mapping[tuple[str, str], Decimal]) -> str:
    status = quota.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    title = quota["metadata"]["name"]
    for name, amount in wanted.items():
        limit, before = amount_of(hard.get(name)), amount_of(used.get(name))
        if limit is None or before is None:
            continue
        if before + taken.get((title, name), Decimal()) + amount > limit:
            return (
                f"There is no room for it: the quota {title} allows {name}={hard[name]}, {used[name]} is used, "
                "and what this run makes before it takes the rest."
            )
    return ""


def _usage(creation: Creation) -> dict[str, Decimal]:
    """What it takes, by the names that quotas use."""
    full = f"{creation.resource}.{creation.group}" if creation.group else creation.resource
    usage = {f"count/{full}": Decimal(1)}
    if not creation.group and creation.resource in _LEGACY:
        usage[creation.resource] = Decimal(1)
    spec = creation.body.get("spec") or {}
    if (creation.group, creation.resource) == ("", "persistentvolumeclaims"):
        usage |= _storage(spec)
    if (creation.group, creation.resource) == ("", "services"):
        usage |= _services(spec)
    return usage


def _storage(spec: Json) -> dict[str, Decimal]:
    size = amount_of(((spec.get("resources") or {}).get("requests") or {}).get("storage")) or Decimal()
    usage = {"requests.storage": size}
    if spec.get("storageClassName"):
        prefix = f"{spec['storageClassName']}.storageclass.storage.k8s.io"
        usage |= {f"{prefix}/requests.storage": size, f"{prefix}/persistentvolumeclaims": Decimal(1)}
    return usage


def _services(spec: Json) -> dict[str, Decimal]:
    kind = spec.get("type") or "ClusterIP"
    usage = {}
    if kind == "LoadBalancer":
        usage["services.loadbalancers"] = Decimal(1)
    if kind in ("NodePort", "LoadBalancer"):
        usage["services.nodeports"] = Decimal(len(spec.get("ports") or []))
    return usage


def amount_of(text: Any) -> Decimal | None:
    """A quantity as Kubernetes writes it (`10`, `1500m`, `2Gi`, `1e3`); None when it is none."""
    written = str(text if text is not None else "").strip()
    number = written.rstrip("KMGTPEikm")
    try:
        return Decimal(number) * _UNITS[written[len(number) :]]
    except (InvalidOperation, KeyError):
        return None
