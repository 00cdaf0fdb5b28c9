"""Routes with an optional trailing slash: `route("workflows/:id", …)` in the words of the contract."""

import re
from typing import Any

from django.urls import URLPattern, re_path

_PARAMETER = re.compile(r":([a-z_]+)")


def route(pattern: str, view: Any, name: str | None = None) -> URLPattern:
    """`:name` matches one path segment and reaches the view as a keyword argument.

    Ids stay opaque: what they may look like is not the router's business, a malformed one is a 404 of the selector.
    Only NUL is nobody's id, and PostgreSQL refuses to be asked for it.
    """
    regex = _PARAMETER.sub(lambda match: rf"(?P<{match[1]}>[^/\x00]+)", pattern)
    return re_path(rf"^{regex}/?$", view, name=name)
