"""What of plugins can be searched for: all that there are, by what they are called and what they bring."""

from core.principal import Principal
from core.search import Candidate, Hit, Rank, find_in_memory, register
from plugins.selectors import haystack, list_plugins
from plugins.types import SeenPlugin


def find_plugins(text: str, limit: int, actor: Principal, close: bool) -> tuple[list[Hit], int]:
    return find_in_memory((_candidate(seen) for seen in list_plugins(actor=actor)), text, limit, close)


def _candidate(seen: SeenPlugin) -> Candidate:
    def hit(rank: Rank) -> Hit:
        about = seen.found.plugin.description if seen.found.plugin else seen.error
        return Hit("plugin", seen.id, seen.display_name, about, f"/plugins/{seen.id}", rank.score, rank.match)

    return Candidate(seen.display_name, haystack(seen), hit)


def register_sources() -> None:
    register("plugin", find_plugins)
