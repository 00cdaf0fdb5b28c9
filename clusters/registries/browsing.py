"""What a registry holds, asked now and with its login, for whoever may use it. Nothing is kept."""

from collections.abc import Awaitable, Callable

from clusters.registries.distribution.client import RegistryClient
from clusters.registries.distribution.errors import RegistryError
from clusters.registries.errors import BadImage, RegistryListRefused, RegistryUnavailable
from clusters.registries.logins import bounded, login_of, open_client
from clusters.registries.models import Registry
from clusters.registries.references import is_below, is_path, newest_first
from clusters.registries.selectors import get_registry
from core.principal import Principal

MOST = 5_000
_REFUSALS = frozenset({"unauthorized", "forbidden", "not_found"})


def list_repositories(*, registry_id: str, search: str = "", actor: Principal) -> list[str]:
    """In order; only those below the registry's path. Raises RegistryNotFound, RegistryListRefused,
    RegistryUnavailable."""
    registry = get_registry(registry_id=registry_id, actor=actor)
    found = _ask(registry, lambda client: client.repositories(limit=MOST), "which repositories it holds")
    words = search.lower()
    return sorted(name for name in found if is_below(name, registry.path) and words in name.lower())


def list_tags(*, registry_id: str, repository: str, search: str = "", actor: Principal) -> list[str]:
    """The newest-looking first. Raises BadImage, and as above."""
    registry = get_registry(registry_id=registry_id, actor=actor)
    if not is_path(repository) or not is_below(repository, registry.path):
        raise BadImage(
            f"repository: It is a name such as team/app{f' below {registry.path}' if registry.path else ''}."
        )
    found = _ask(registry, lambda client: client.tags(repository, limit=MOST), f"the tags of {repository}")
    words = search.lower()
    return newest_first(tag for tag in found if words in tag.lower())


def _ask(registry: Registry, question: Callable[[RegistryClient], Awaitable[list[str]]], what: str) -> list[str]:
    async def ask(client: RegistryClient) -> list[str]:
        async with client:
            return await question(client)

    try:
        return bounded(ask(open_client(registry, login_of(registry))))
    except RegistryError as error:
        details = {"reason": error.reason}
        if error.reason in _REFUSALS:
            message = f"{registry.name} does not tell {what}: {error.message}"
            raise RegistryListRefused(message, details=details) from None
        message = f"{registry.name} cannot be asked just now: {error.message}"
        raise RegistryUnavailable(message, details=details) from None
