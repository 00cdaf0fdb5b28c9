"""How often something may be tried, counted in the cache that all processes share. Knows nothing of what is
tried.

Windows are fixed and named by their number, so nothing has to be reset, and a count that the cache loses
costs an attacker's patience only. Counting comes before trying: parallel attempts cannot all slip in under
the limit.
"""

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache

from core.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` per `seconds` and subject."""

    name: str
    count: int
    seconds: int


LOGIN_BY_ACCOUNT = Limit("login-account", 10, 300)
LOGIN_BY_ADDRESS = Limit("login-address", 50, 300)
REGISTER_BY_ADDRESS = Limit("register-address", 300, 300)
# Each may ask a provider something on our behalf.
OAUTH_BY_ADDRESS = Limit("oauth-address", 100, 300)
FORGOT_BY_ACCOUNT = Limit("forgot-account", 5, 3600)
FORGOT_BY_ADDRESS = Limit("forgot-address", 60, 3600)


def hit(limit: Limit, subject: str) -> None:
    """Count one try; raise when it is one too many."""
    if not allow(limit, subject):
        raise TooManyRequests("Too many attempts. Wait a little, then try again.", retry_after=_rest_of_window(limit))


def pace(kind: str, subject: str, per_minute: int) -> None:
    """Count one request of somebody who is known; 0 counts nothing. Raises when it is one too many."""
    if per_minute and not allow(limit := Limit(f"requests-{kind}", per_minute, 60), subject):
        raise TooManyRequests(
            f"You may make {per_minute} requests a minute. Wait a little, then go on.",
            retry_after=_rest_of_window(limit),
        )


def allow(limit: Limit, subject: str) -> bool:
    """Count one try; False when it is one too many."""
    key = _key(limit, subject)
    cache.add(key, 0, limit.seconds)
    try:
        return cache.incr(key) <= limit.count
    except ValueError:  # It expired between the two calls: a new window has begun.
        return True


def give_back(limit: Limit, subject: str) -> None:
    """The try was a success, which is not what is limited."""
    try:
        cache.decr(_key(limit, subject))
    except ValueError:
        return


def _rest_of_window(limit: Limit) -> int:
    return limit.seconds - int(time.time()) % limit.seconds


def _key(limit: Limit, subject: str) -> str:
    """Subjects are what people type: hashed, they fit every cache and are not readable in it."""
    digest = hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:32]
    return f"throttle:{limit.name}:{int(time.time()) // limit.seconds}:{digest}"
