"""What keeps a controller from making pods, from the words in which an API server refuses."""

import re

from clusters.health.reading import sentence
from plugins.sdk.health import Health, HealthStatus

_QUOTA = re.compile(
    r"exceeded quota: (?P<quota>[^,]+), requested: (?P<asked>.+), used: (?P<used>.+), limited: (?P<most>.+)"
)
_NEEDED = re.compile(r"failed quota: (?P<quota>[^:]+): must specify (?P<what>.+)")
_ACCOUNT = re.compile(r'service ?account "?(?P<name>[a-z0-9.-]+)"? (?:was )?not found')
_SECURITY = re.compile(r"violates PodSecurity \"?(?P<level>[^\"]+)\"?: (?P<why>.+)")


def refusal(message: str, reason: str = "FailedCreate") -> Health:
    """Pods could not be made. Never final: a quota is freed, an account comes, all without touching the object."""
    found = _QUOTA.search(message)
    if found:
        told = f"The quota {found['quota']} of the namespace is used up: {found['asked']} asked, "
        return _degraded("QuotaExceeded", f"{told}{found['used']} of {found['most'].rstrip('.')} in use.")
    found = _NEEDED.search(message)
    if found:
        told = (
            f"The quota {found['quota']} of the namespace wants every container to specify {found['what'].rstrip('.')}."
        )
        return _degraded("QuotaExceeded", told)
    found = _ACCOUNT.search(message)
    if found:
        return _degraded("ServiceAccountMissing", f'The service account "{found["name"]}" does not exist.')
    found = _SECURITY.search(message)
    if found:
        told = f"The namespace forbids these pods (PodSecurity {found['level']}): {found['why']}"
        return _degraded("PodSecurity", sentence(told))
    return _degraded(reason, sentence(f"Its pods cannot be made: {message}" if message else "Its pods cannot be made"))


def _degraded(reason: str, message: str) -> Health:
    return Health(HealthStatus.DEGRADED, reason, message)
