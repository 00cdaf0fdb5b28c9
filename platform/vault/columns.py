"""Which columns of other apps hold envelopes, so that a rotation of keys finds them.

An app registers its columns in `AppConfig.ready`: what is not registered would be lost with the old key. That
is why `rotate_secret_keys` names every column that it has covered.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SealedColumn:
    """`model` as `app.Model`, `field` a BinaryField that holds an envelope or nothing."""

    model: str
    field: str


_columns: set[SealedColumn] = set()


def register_column(model: str, field: str) -> None:
    """Say that `model.field` holds what `services.encrypt_text` made."""
    _columns.add(SealedColumn(model, field))


def sealed_columns() -> list[SealedColumn]:
    return sorted(_columns)
