"""What of builds can be searched for: by image, tag or revision."""

from builds.selectors import listed_builds, visible_builds
from core.principal import Principal
from core.search import Column, Hit, Index, best_of, register, register_index

INDEX = Index("build", "builds_build", title="image", columns=(Column("tag"), Column("revision")))


def find_builds(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    best, total = best_of(listed_builds(visible_builds(actor)), INDEX, text, limit, close)
    hits = [
        Hit("build", row.pk, f"{row.image}:{row.tag}", row.status, f"/builds/{row.pk}", rank.score, rank.match)
        for row, rank in best
    ]
    return hits, total


def register_sources() -> None:
    register_index(INDEX)
    register("build", find_builds)
