"""How an object or a node fares, with the reason in words."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class HealthStatus(StrEnum):
    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    MISSING = "missing"
    UNKNOWN = "unknown"


# From best to worst: a node is as well as its worst object.
_ORDER = (
    HealthStatus.HEALTHY,
    HealthStatus.SUSPENDED,
    HealthStatus.UNKNOWN,
    HealthStatus.PROGRESSING,
    HealthStatus.MISSING,
    HealthStatus.DEGRADED,
)


class Health(msgspec.Struct, frozen=True):
    """`reason` is a CamelCase code (`ImagePullBackOff`), `message` a sentence for a person.

    `is_final` says that waiting longer changes nothing (a failed Job, an image that cannot exist).
    """

    status: HealthStatus
    reason: str = ""
    message: str = ""
    is_final: bool = False


def worst(healths: Iterable[Health]) -> Health:
    """The health that decides for a node; healthy when there is nothing to judge."""
    return max(healths, key=lambda health: _ORDER.index(health.status), default=Health(HealthStatus.HEALTHY))
