"""Reading raw JSON without trusting its shape: what is not of the expected type counts as absent."""

from typing import Any

Json = dict[str, Any]

_SENTENCE_LENGTH = 400


def mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Json]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list | tuple) else []


def words(value: Any) -> list[str]:
    """The strings of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def number(value: Any, default: int = 0) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def dig(value: Any, *path: str) -> Any:
    """What stands at `path`; None when the way there is not made of objects."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def sentence(raw: str) -> str:
    """A server's own words, on one line and ended like a sentence."""
    flat = " ".join(raw.split())
    if len(flat) > _SENTENCE_LENGTH:
        flat = f"{flat[: _SENTENCE_LENGTH - 1]}…"
    return flat if not flat or flat.endswith((".", "!", "?", "…")) else f"{flat}."
