"""Who did what to which object: rows that are added and never changed."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from core.ids import new_id


class AppendOnlyQuerySet(models.QuerySet["AuditEntry"]):
    """Refuses what would change or remove rows, for whole sets as well as for one."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Audit entries never change.")

    def delete(self) -> NoReturn:
        raise TypeError("Audit entries are never removed.")


class AuditEntry(models.Model):
    """Names are copied, not referenced: the entry outlives its actor and its object."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=100)
    actor_name = models.CharField(max_length=254, blank=True, default="")
    workspace_id = models.CharField(max_length=36, blank=True, default="")
    action = models.CharField(max_length=100)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=200)
    object_name = models.CharField(max_length=300, blank=True, default="")
    ip = models.CharField(max_length=45, blank=True, default="")
    request_id = models.CharField(max_length=100, blank=True, default="")
    detail = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["AuditEntry"]] = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["workspace_id", "-at"], name="audit_workspace_at"),
            models.Index(fields=["actor_kind", "actor_id", "-at"], name="audit_actor_at"),
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit entries never change.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Audit entries are never removed.")
