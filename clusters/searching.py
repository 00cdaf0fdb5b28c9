"""What of clusters can be searched for: clusters, and the resources in them."""

from clusters.access import shown_name
from clusters.resources.selectors import see_clusters, visible_in
from clusters.selectors import visible_clusters
from core.principal import Principal
from core.search import Column, Hit, Index, best_of, register, register_index

CLUSTERS = Index(
    "cluster",
    "clusters_cluster",
    title="name",
    columns=(Column("display_name"), Column("description"), Column("server")),
)
RESOURCES = Index("resource", "clusters_resource", title="name", columns=(Column("kind"), Column("namespace")))


def find_clusters(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    best, total = best_of(visible_clusters(actor), CLUSTERS, text, limit, close)
    hits = []
    for row, rank in best:
        name = shown_name(row)
        url = f"/clusters/{name}"
        hits.append(Hit("cluster", row.pk, row.display_name or name, row.server, url, rank.score, rank.match))
    return hits, total


def find_resources(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    clusters = see_clusters(actor=actor)
    if not clusters:
        return [], 0
    rows = visible_in(clusters.values()).defer("labels", "facts")
    best, total = best_of(rows, RESOURCES, text, limit, close)
    hits = []
    for row, rank in best:
        where = f"{row.kind} in {row.namespace or 'the cluster'} on {clusters[row.cluster_id].name}"
        hits.append(Hit("resource", row.pk, row.name, where, f"/resources/{row.pk}", rank.score, rank.match))
    return hits, total


def register_sources() -> None:
    register_index(CLUSTERS)
    register_index(RESOURCES)
    register("cluster", find_clusters)
    register("resource", find_resources)
