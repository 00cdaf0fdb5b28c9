"""Every route of the product, for tests that walk them."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the product with its path."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        else:
            yield readable(path), pattern


def readable(path: str) -> str:
    plain = re.sub(r"\(\?P<([a-z_]+)>\[\^/[^\]]*\]\+\)", r":\1", path)
    return plain.replace("^", "").removesuffix("$").removesuffix("/?").replace("\\", "")


def view_of(pattern: URLPattern) -> Any:
    callback = pattern.callback
    return getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback


def methods_of(view: Any) -> list[str]:
    if isinstance(view, type):
        return [method for method in METHODS if hasattr(view, method.lower())]
    return ["GET"]


def all_routes() -> list[tuple[str, str, Any]]:
    return [(path, method, view_of(p)) for path, p in routes() for method in methods_of(view_of(p))]
