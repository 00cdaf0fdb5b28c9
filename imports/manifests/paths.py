"""Walking JSON by paths: tuples of keys and positions. Pure."""

from collections.abc import Iterator
from typing import Any

Path = tuple[Any, ...]
MISSING = object()


def value_at(value: Any, path: Path) -> Any:
    """What stands there, or `MISSING`."""
    for step in path:
        if (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        ):
            value = value[step]
        else:
            return MISSING
    return value


def dicts_at(value: Any, path: Path, above: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every object at a pattern, in which `*` stands for each position of a list."""
    if not path:
        if isinstance(value, dict):
            yield above, value
        return
    head, *rest = path
    if head == "*":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from dicts_at(item, tuple(rest), (*above, index))
    elif isinstance(value, dict) and head in value:
        yield from dicts_at(value[head], tuple(rest), (*above, head))


def dotted(path: Path) -> str:
    return ".".join(map(str, path))
