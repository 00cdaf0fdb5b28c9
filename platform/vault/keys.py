"""The keyring of this installation, from `settings.VAULT_KEYS`."""

from functools import lru_cache

from django.conf import settings

from vault.envelope import Keyring


def keyring() -> Keyring:
    """Cached by content, so that tests may override the setting."""
    return _keyring(tuple(settings.VAULT_KEYS))


@lru_cache(maxsize=8)
def _keyring(secrets: tuple[str, ...]) -> Keyring:
    return Keyring(secrets)
