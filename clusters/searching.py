"""What of clusters can be searched for: clusters, and the resources in them."""

from clusters.access import shown_name
from clusters.resources.selectors import see_clusters, visible_in
from clusters.selectors import visible_clusters
from core.principal import Principal
from core.search import Hit, best_of, matching, register


def find_clusters(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    rows = visible_clusters(actor).filter(matching(text, ("name", "display_name", "description", "server")))
    best, total = best_of(rows, text, "name", limit)
    named = ((row, shown_name(row)) for row in best)
    hits = [
        Hit("cluster", row.pk, row.display_name or name, row.server, f"/clusters/{name}", row.score)
        for row, name in named
    ]
    return hits, total


def find_resources(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    clusters = see_clusters(actor=actor)
    if not clusters:
        return [], 0
    rows = visible_in(clusters.values()).filter(matching(text, ("name", "kind", "namespace")))
    best, total = best_of(rows.defer("labels", "facts"), text, "name", limit)
    hits = [
        Hit(
            "resource",
            row.pk,
            row.name,
            f"{row.kind} in {row.namespace or 'the cluster'} on {clusters[row.cluster_id].name}",
            f"/resources/{row.pk}",
            row.score,
        )
        for row in best
    ]
    return hits, total


def register_sources() -> None:
    register("cluster", find_clusters)
    register("resource", find_resources)
