"""What can go wrong with encrypted values. All of it is our failure, never a person's: it is a 500, and
loud.
"""


class VaultError(Exception):
    """The base of all."""


class UnknownKey(VaultError):
    """The value was encrypted with a key that this installation no longer has (SAILCLOTH_SECRET_KEYS)."""


class Tampered(VaultError):
    """The ciphertext is damaged, or belongs to another row or purpose."""


class SecretMissing(VaultError):
    """There is no such revision in this workspace for this purpose."""
