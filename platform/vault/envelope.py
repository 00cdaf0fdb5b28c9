"""Envelope encryption: each value has a data key of its own, which a master key wraps. No Django, no tables.

An envelope is `version | key id | nonce | wrapped data key | nonce | ciphertext`, AES-256-GCM twice. The
inner layer is bound to its context (row and purpose), so that a ciphertext copied to another row does not
open. The outer one is not, so that a rotation of master keys re-wraps 32 bytes and need not know what they
protect.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.errors import Tampered, UnknownKey, VaultError

_VERSION = b"\x01"
_KEY_ID = 8
_NONCE = 12
_KEY = 32
_TAG = 16
_WRAP_END = 1 + _KEY_ID + _NONCE + _KEY + _TAG
_HEAD = _WRAP_END + _NONCE + _TAG


def derive(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=b"sailcloth:" + purpose.encode()).derive(secret)


@dataclass(frozen=True, slots=True, repr=False)
class MasterKey:
    """One of the installation's secret keys, as far as envelopes need it."""

    id: bytes
    key: bytes

    @property
    def label(self) -> str:
        """The id as columns keep it."""
        return self.id.hex()


def master_key(secret: str) -> MasterKey:
    """The id is derived as well: it tells keys apart and says nothing about them."""
    raw = secret.encode()
    return MasterKey(hashlib.sha256(derive(raw, "vault-key-id")).digest()[:_KEY_ID], derive(raw, "vault-wrap"))


class Keyring:
    """The first key encrypts, all decrypt."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or not all(secrets):
            raise VaultError("No secret key is configured: set SAILCLOTH_SECRET_KEYS.")
        self._keys = [master_key(secret) for secret in secrets]
        self._by_id = {key.id: key for key in self._keys}
        self._secrets = [secret.encode() for secret in secrets]

    @property
    def current(self) -> MasterKey:
        return self._keys[0]

    def derived(self, purpose: str) -> list[bytes]:
        """A key for `purpose` from each secret key, the current one first."""
        return [derive(secret, purpose) for secret in self._secrets]

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt for `context`, which must be given again to open."""
        data_key = AESGCM.generate_key(bit_length=256)
        nonce = os.urandom(_NONCE)
        return self._wrap(data_key) + nonce + AESGCM(data_key).encrypt(nonce, plain, context.encode())

    def open(self, envelope: bytes, context: str) -> bytes:
        """The value, or an error that says why not; never the ciphertext."""
        data_key = self._unwrap(envelope)
        nonce = envelope[_WRAP_END : _WRAP_END + _NONCE]
        try:
            return AESGCM(data_key).decrypt(nonce, envelope[_WRAP_END + _NONCE :], context.encode())
        except InvalidTag:
            raise Tampered("An encrypted value is damaged or is not the one of this row.") from None

    def rewrap(self, envelope: bytes) -> bytes:
        """The same envelope under the current key."""
        return self._wrap(self._unwrap(envelope)) + envelope[_WRAP_END:]

    def _wrap(self, data_key: bytes) -> bytes:
        master, nonce = self.current, os.urandom(_NONCE)
        head = _VERSION + master.id
        return head + nonce + AESGCM(master.key).encrypt(nonce, data_key, head)

    def _unwrap(self, envelope: bytes) -> bytes:
        if len(envelope) < _HEAD or envelope[:1] != _VERSION:
            raise Tampered("This is not an encrypted value.")
        head = envelope[: 1 + _KEY_ID]
        master = self._by_id.get(head[1:])
        if master is None:
            raise UnknownKey(
                f"A value was encrypted with key {head[1:].hex()}, which is not among SAILCLOTH_SECRET_KEYS."
            )
        nonce = envelope[1 + _KEY_ID : 1 + _KEY_ID + _NONCE]
        try:
            return AESGCM(master.key).decrypt(nonce, envelope[1 + _KEY_ID + _NONCE : _WRAP_END], head)
        except InvalidTag:
            raise Tampered("The key of an encrypted value is damaged.") from None


def key_label(envelope: bytes) -> str:
    """Which master key wraps this envelope."""
    return bytes(envelope[1 : 1 + _KEY_ID]).hex()


def keyed_digest(key: bytes, value: bytes) -> str:
    """HMAC-SHA256 in hex: equal values are equal, and without the key nobody can try candidates."""
    return hmac.new(key, value, hashlib.sha256).hexdigest()
