"""Objects that are not taken along, because somebody else makes them. Pure."""

from collections.abc import Iterator, Sequence

from imports.manifests.items import KEPT, Item
from imports.manifests.paths import dicts_at
from imports.report import Row

_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105

_SET = "applyset.kubernetes.io/id"


def leave_out(items: Sequence[Item]) -> tuple[list[Item], list[Row]]:
    """What is taken, and what is said of the rest."""
    kept: list[Item] = []
    rows: list[Row] = []
    claims = _claims_of_sets(items)
    for item in items:
        reason = _reason(item) or _of_set(item, claims)
        if reason is None:
            kept.append(item)
        else:
            rows += _rows(item, reason)
    return kept, rows


def _claims_of_sets(items: Sequence[Item]) -> dict[tuple[str, str], str]:
    """How the claims begin that stateful sets make, by namespace; and the name of the set."""
    found = {}
    for item in items:
        if item.kind == "StatefulSet":
            for _, metadata in dicts_at(item.body, ("spec", "volumeClaimTemplates", "*", "metadata")):
                found[item.namespace, f"{metadata.get('name')}-{item.name}"] = item.name
    return found


def _of_set(item: Item, claims: dict[tuple[str, str], str]) -> str | None:
    if item.kind != "PersistentVolumeClaim" or not item.is_live:
        return None
    head, _, ordinal = item.name.rpartition("-")
    owner = claims.get((item.namespace, head)) if ordinal.isdigit() else None
    return f"Left out: StatefulSet {owner} makes it." if owner else None


def _rows(item: Item, reason: str) -> Iterator[Row]:
    """The target hides what a secret holds where the source is shown."""
    target = f"secret/{item.name}." if item.kind == "Secret" else ""
    for key in item.written:
        yield Row(f"{item.path}.{key}", key, KEPT, target if key in ("data", "stringData", "metadata") else "", reason)


def _reason(item: Item) -> str | None:
    owners = item.written["metadata"].get("ownerReferences")
    if isinstance(owners, list) and any(isinstance(owner, dict) and owner.get("controller") for owner in owners):
        owner = next(owner for owner in owners if isinstance(owner, dict) and owner.get("controller"))
        return f"Left out: {owner.get('kind')} {owner.get('name')} makes it."
    if not item.is_live:
        return None
    return _made_by_cluster(item)


def _made_by_cluster(item: Item) -> str | None:
    """What a cluster puts into every namespace, or writes down while it works."""
    if item.kind == "Secret" and item.body.get("type") == _TOKEN:
        return "Left out: the cluster makes the tokens of service accounts."
    if item.kind == "Secret" and str(item.body.get("type", "")).startswith("helm.sh/"):
        return "Left out: it is where Helm remembers a release."
    if (item.kind, item.name) in (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")):
        return "Left out: the cluster makes one in every namespace."
    if item.kind == "Secret" and _SET in item.labels:
        return "Left out: it is where a workflow keeps what it has deployed."
    if item.kind in ("Endpoints", "EndpointSlice", "Event", "Lease", "ControllerRevision", "PodMetrics"):
        return "Left out: the cluster writes it while it works."
    return None
