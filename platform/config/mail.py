"""Mail settings from one URL."""

from typing import Any
from urllib.parse import unquote, urlsplit

_TIMEOUT_SECONDS = 15


def from_url(url: str) -> dict[str, Any]:
    """Django's settings for `smtp://user:password@host:587` (STARTTLS where a user is given) or `smtps://…:465`.

    An empty URL is no mail server: nothing is sent.
    """
    parts = urlsplit(url)
    if url and parts.scheme not in ("smtp", "smtps"):
        raise ValueError(f"SAILCLOTH_SMTP_URL must begin with smtp:// or smtps://, not {parts.scheme}://.")
    is_implicit = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if is_implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_implicit,
        "EMAIL_USE_TLS": bool(parts.username) and not is_implicit,
        "EMAIL_TIMEOUT": _TIMEOUT_SECONDS,
    }
