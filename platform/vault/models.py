"""Encrypted values. The tables hold nothing that can be read without a key of the installation."""

from typing import Any, NoReturn

from django.db import models

from core.ids import new_id


class SecretRevision(models.Model):
    """One value, for ever: a change is a new row, so that versions and releases can point to what they had.

    Not even a purge goes through `delete` of an instance; `services.purge` is the only way.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace_id = models.CharField(max_length=36)
    purpose = models.CharField(max_length=100)
    ciphertext = models.BinaryField()
    # Which key wraps it; changes only when keys are rotated.
    key_id = models.CharField(max_length=16, db_index=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "purpose"], name="secret_revision_scope")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A secret revision never changes: store a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A secret revision goes only by vault.services.purge.")


class StoredKey(models.Model):
    """A key that must outlive a rotation of the installation's keys, such as that of digests; itself
    encrypted.
    """

    name = models.CharField(primary_key=True, max_length=100)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
