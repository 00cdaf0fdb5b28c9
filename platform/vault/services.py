"""Storing and revealing secret values. Knows only who owns them (a workspace) and what they are for (a
purpose).
"""

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import IntegrityError, transaction

from core.ids import new_id
from vault.envelope import derive, key_label, keyed_digest
from vault.errors import SecretMissing
from vault.keys import keyring
from vault.models import SecretRevision, StoredKey

_DIGEST_KEY = "digest"
_digest_roots: dict[str, bytes] = {}


def store(*, value: str | bytes, purpose: str, workspace: str) -> SecretRevision:
    """Keep `value` as a new revision. The caller's transaction decides whether it stays."""
    return store_many(values={"": value}, purpose=purpose, workspace=workspace)[""]


def store_many(*, values: Mapping[str, str | bytes], purpose: str, workspace: str) -> dict[str, SecretRevision]:
    """One revision per entry, in one statement."""
    ring = keyring()
    digest_key = _digest_key(purpose)
    rows = {}
    for name, value in values.items():
        ident = new_id()
        envelope = ring.seal(_raw(value), _context(ident, purpose, workspace))
        rows[name] = SecretRevision(
            id=ident,
            workspace_id=workspace,
            purpose=purpose,
            ciphertext=envelope,
            key_id=key_label(envelope),
            digest=keyed_digest(digest_key, _raw(value)),
        )
    SecretRevision.objects.bulk_create(rows.values())
    return rows


def reveal(ids: Iterable[str], *, purpose: str, workspace: str) -> dict[str, str]:
    """The values of all `ids`, in one query. One that is not of this workspace and purpose is an error."""
    return {ident: raw.decode() for ident, raw in reveal_bytes(ids, purpose=purpose, workspace=workspace).items()}


def reveal_bytes(ids: Iterable[str], *, purpose: str, workspace: str) -> dict[str, bytes]:
    """As `reveal`, for values that are not text."""
    wanted = set(ids)
    if not wanted:
        return {}
    ring = keyring()
    rows = SecretRevision.objects.filter(pk__in=wanted, workspace_id=workspace, purpose=purpose)
    found = {
        ident: ring.open(bytes(envelope), _context(ident, purpose, workspace))
        for ident, envelope in rows.values_list("pk", "ciphertext")
    }
    missing = wanted - found.keys()
    if missing:
        raise SecretMissing(f"{len(missing)} of {len(wanted)} secret revisions for {purpose} are not there.")
    return found


def purge(*, ids: Iterable[str], workspace: str) -> int:
    """Remove revisions that nothing points to any more. The owner of the references decides that."""
    deleted, _ = SecretRevision.objects.filter(pk__in=set(ids), workspace_id=workspace).delete()
    return deleted


def digest(value: str | bytes, purpose: str) -> str:
    """A keyed digest (64 hex digits): equal for equal values of one purpose, also after keys are rotated."""
    return keyed_digest(_digest_key(purpose), _raw(value))


def encrypt_text(value: str, *, purpose: str, row: str) -> bytes:
    """For a column of another app: encrypt for the row whose id is `row`. Register it in `vault.columns`."""
    return encrypt_bytes(value.encode(), purpose=purpose, row=row)


def decrypt_text(envelope: bytes | memoryview, *, purpose: str, row: str) -> str:
    """What `encrypt_text` encrypted for the same row and purpose."""
    return decrypt_bytes(envelope, purpose=purpose, row=row).decode()


def encrypt_bytes(value: bytes, *, purpose: str, row: str) -> bytes:
    return keyring().seal(value, f"column\x00{purpose}\x00{row}")


def decrypt_bytes(envelope: bytes | memoryview, *, purpose: str, row: str) -> bytes:
    return keyring().open(bytes(envelope), f"column\x00{purpose}\x00{row}")


def derive_keys(purpose: str) -> list[bytes]:
    """32 bytes for signing within one purpose from every secret key, the current one first: what was signed before a
    rotation still verifies.
    """
    return keyring().derived(purpose)


def _raw(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _context(ident: str, purpose: str, workspace: str) -> str:
    return f"revision\x00{workspace}\x00{purpose}\x00{ident}"


@lru_cache(maxsize=64)
def _purpose_key(root: bytes, purpose: str) -> bytes:
    return derive(root, f"digest:{purpose}")


def _digest_key(purpose: str) -> bytes:
    return _purpose_key(_digest_roots.get(_DIGEST_KEY) or _load_digest_root(), purpose)


def _load_digest_root() -> bytes:
    """From its row; made on first use.

    Kept in memory only once the transaction is over: a key of a transaction that rolls back never existed,
    and digests made with it would match nobody's.
    """
    context = f"stored-key\x00{_DIGEST_KEY}"
    ring = keyring()
    row = StoredKey.objects.filter(name=_DIGEST_KEY).first()
    if row is None:
        envelope = ring.seal(os.urandom(32), context)
        try:
            with transaction.atomic():
                row = StoredKey.objects.create(name=_DIGEST_KEY, ciphertext=envelope, key_id=key_label(envelope))
        except IntegrityError:  # Another process was first; its key counts.
            row = StoredKey.objects.get(name=_DIGEST_KEY)
    root = ring.open(bytes(row.ciphertext), context)
    transaction.on_commit(lambda: _digest_roots.update({_DIGEST_KEY: root}), robust=True)
    return root
