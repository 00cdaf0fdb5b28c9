"""What of builds can be searched for: by image, tag, revision or address."""

from builds.selectors import listed_builds, visible_builds
from core.principal import Principal
from core.search import Hit, best_of, matching, register


def find_builds(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    rows = visible_builds(actor).filter(matching(text, ("image", "tag", "revision")))
    best, total = best_of(listed_builds(rows), text, "image", limit)
    hits = [Hit("build", row.pk, f"{row.image}:{row.tag}", row.status, f"/builds/{row.pk}", row.score) for row in best]
    return hits, total


def register_sources() -> None:
    register("build", find_builds)
