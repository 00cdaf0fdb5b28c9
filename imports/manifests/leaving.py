"""Objects that are not taken along, because somebody else makes them. Pure."""

from collections.abc import Iterator, Sequence

from imports.manifests.items import KEPT, Item
from imports.report import Row

_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105


def leave_out(items: Sequence[Item]) -> tuple[list[Item], list[Row]]:
    """What is taken, and what is said of the rest."""
    kept: list[Item] = []
    rows: list[Row] = []
    for item in items:
        reason = _reason(item)
        if reason is None:
            kept.append(item)
        else:
            rows += _rows(item, reason)
    return kept, rows


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
    if item.kind in ("Endpoints", "EndpointSlice", "Event", "Lease", "ControllerRevision", "PodMetrics"):
        return "Left out: the cluster writes it while it works."
    return None
