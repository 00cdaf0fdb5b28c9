"""The table behind Idempotency-Key; apart from `idempotency`, so that models load without REST framework."""

from django.db import models


class IdempotencyKey(models.Model):
    """One key that an actor used on one route. `status` is empty while the first request is still under
    way."""

    id = models.BigAutoField(primary_key=True)
    actor_id = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=300)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "route", "key"], name="idempotency_one_per_actor_route_key")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
