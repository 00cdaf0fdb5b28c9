"""From the row of a registry to a client of it, and to what a cluster needs to pull from it."""

import threading
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from clusters.kube import loop
from clusters.kube.gateway import Unreachable
from clusters.registries import ecr
from clusters.registries.addresses import ECR, Address, read_address
from clusters.registries.credentials import stored_login
from clusters.registries.distribution.client import RegistryClient
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.distribution.tokens import Login
from clusters.registries.references import ImageReference
from clusters.registries.types import Found

if TYPE_CHECKING:
    from clusters.registries.models import Registry

T = TypeVar("T")

# Whoever waits for a test waits no longer, whatever a registry does.
BOUND_SECONDS = 12.0
MOST_TAGS = 1000
# They last 12 hours; whoever gets one now may count on most of that.
_ECR_LIFE = 3 * 3600.0

# Amazon's passwords of 12 hours, by registry and revision of its credentials; in memory only.
_made: dict[tuple[str, int], tuple[float, Login]] = {}
_lock = threading.Lock()


def address_of(registry: "Registry") -> Address:
    return Address(registry.host, registry.path, registry.is_plain_http)


def login_of(registry: "Registry") -> Login | None:
    """What the registry is told: the stored login, or what is made from it. Raises `RegistryError` where it has to be
    made and cannot."""
    stored = stored_login(registry)
    if stored is None or registry.type != ECR:
        return stored
    place = (registry.pk, registry.credentials_revision)
    with _lock:
        until, login = _made.get(place, (0.0, None))
    if login is not None and time.monotonic() < until:
        return login
    made = bounded(ecr.exchange(registry.host, stored, tuple(settings.ALLOWED_NETWORKS)))
    with _lock:
        _made[place] = (time.monotonic() + _ECR_LIFE, made)
    return made


def open_client(registry: "Registry", login: Login | None) -> RegistryClient:
    return RegistryClient(
        address_of(registry).api,
        login,
        allowed_networks=tuple(settings.ALLOWED_NETWORKS),
        ca_data=registry.ca_data,
    )


def client_for(reference: ImageReference, registry: "Registry | None") -> RegistryClient:
    """To ask about an image: as the registry's login where somebody has one, else as a stranger. Whoever calls has
    found the registry with `selectors.find_registry`, and closes the client."""
    if registry is not None:
        return open_client(registry, login_of(registry))
    api = read_address(reference.host, "").api
    return RegistryClient(api, allowed_networks=tuple(settings.ALLOWED_NETWORKS))


def find_out(registry: "Registry") -> Found:
    """Ask it, now, with its login. Never raises for what a registry does or fails to do."""
    try:
        # Not one that was made earlier: the test is whether the key still makes one.
        with _lock:
            _made.pop((registry.pk, registry.credentials_revision), None)
        login = login_of(registry)
        scheme = bounded(_ping(open_client(registry, login)))
    except RegistryError as error:
        return Found(error.reason, error.message)
    return Found(is_authenticated=login is not None and bool(scheme))


def tags_of(reference: ImageReference, registry: "Registry | None") -> list[str]:
    """Of the image's repository, at most `MOST_TAGS`, in the registry's own order. Raises `RegistryError`."""
    return bounded(_tags(client_for(reference, registry), reference.repository))


async def _tags(client: RegistryClient, repository: str) -> list[str]:
    async with client:
        return await client.tags(repository, limit=MOST_TAGS)


async def _ping(client: RegistryClient) -> str:
    async with client:
        return (await client.ping()).scheme


def bounded(coroutine: Coroutine[Any, Any, T]) -> T:
    """Its result, within `BOUND_SECONDS`; raises RegistryError."""
    try:
        return loop.run(coroutine, timeout=BOUND_SECONDS)
    except Unreachable as error:
        raise RegistryError("The registry did not answer in time.", reason=error.reason or "timeout") from None
