"""What of plugins can be searched for: the node types that one can draw."""

from core.principal import Principal
from core.search import Hit, register, score_of, words_of
from plugins.selectors import node_types


def find_node_types(text: str, limit: int, actor: Principal) -> tuple[list[Hit], int]:
    words = [word.casefold() for word in words_of(text)]
    found = [
        Hit(
            "plugin",
            row["type"],
            row["display_name"],
            row["description"],
            "",
            score_of(text, row["display_name"]),
        )
        for row in node_types(actor=actor)
        if all(word in f"{row['display_name']} {row['type']} {row['description']}".casefold() for word in words)
    ]
    found.sort(key=lambda hit: -hit.score)
    return found[:limit], len(found)


def register_sources() -> None:
    register("plugin", find_node_types)
