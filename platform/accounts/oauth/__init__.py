"""Signing in by somebody else's word: which providers there are, and the way there and back."""

from accounts.oauth.backends import Claims
from accounts.oauth.journey import (
    JOURNEY_SECONDS,
    Notes,
    Purpose,
    begin,
    check_next,
    complete,
    configured_providers,
    get_provider,
    purpose_of,
)

__all__ = [
    "JOURNEY_SECONDS",
    "Claims",
    "Notes",
    "Purpose",
    "begin",
    "check_next",
    "complete",
    "configured_providers",
    "get_provider",
    "purpose_of",
]
