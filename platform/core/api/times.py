"""Times as the API writes them: UTC, whole seconds, always `Z`."""

from datetime import UTC, datetime


def format_time(moment: datetime | None) -> str | None:
    """`2026-03-24T10:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
