"""Re-wrapping everything under the current key, so that an old one can be taken out of SAILCLOTH_SECRET_KEYS.

May be interrupted and repeated, and runs beside a working installation: each row changes only if it still is
as read.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from vault.columns import SealedColumn, sealed_columns
from vault.envelope import key_label
from vault.keys import keyring

BATCH = 200
_OWN = [SealedColumn("vault.SecretRevision", "ciphertext"), SealedColumn("vault.StoredKey", "ciphertext")]


def rotate(progress: Callable[[str, int], object]) -> int:
    """Re-wrap all; calls `progress(column, changed)` for each column and returns how many rows changed."""
    total = 0
    for column in [*_OWN, *sealed_columns()]:
        changed = sum(_rotate_row(column, pk, envelope) for pk, envelope in _stale_rows(column))
        progress(f"{column.model}.{column.field}", changed)
        total += changed
    return total


def _stale_rows(column: SealedColumn) -> Iterator[tuple[Any, bytes]]:
    """Rows under another key, in batches by primary key, so that none is held while the next ones are
    read.
    """
    current = keyring().current.label
    rows = _manager(column).exclude(**{f"{column.field}__isnull": True}).order_by("pk")
    if column in _OWN:
        rows = rows.exclude(key_id=current)
    last: Any = None
    while True:
        batch = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", column.field)[:BATCH])
        for pk, value in batch:
            envelope = bytes(value)
            if envelope and key_label(envelope) != current:
                yield pk, envelope
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _rotate_row(column: SealedColumn, pk: Any, envelope: bytes) -> int:
    values: dict[str, Any] = {column.field: keyring().rewrap(envelope)}
    if column in _OWN:
        values["key_id"] = keyring().current.label
    return _manager(column).filter(**{"pk": pk, column.field: envelope}).update(**values)


def _manager(column: SealedColumn) -> models.QuerySet[Any]:
    return apps.get_model(column.model)._base_manager.all()
