"""What of plugins can be searched for: all that there are, by what they are called and what they bring."""

from core.principal import Principal
from core.search import Hit, register, score_of, words_of
from plugins.selectors import list_plugins


def find_plugins(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    found = [
        Hit(
            "plugin",
            seen.id,
            seen.display_name,
            seen.found.plugin.description if seen.found.plugin else seen.error,
            f"/plugins/{seen.id}",
            score_of(text, seen.display_name),
        )
        for seen in list_plugins(search=" ".join(words_of(text)), actor=actor)
    ]
    found.sort(key=lambda hit: -hit.score)
    return found[:limit], len(found)


def register_sources() -> None:
    register("plugin", find_plugins)
