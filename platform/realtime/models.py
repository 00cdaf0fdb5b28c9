"""The outbox: what happened, in the order in which it was committed; and the tickets with which a stream is
opened."""

from django.db import models


class Stream(models.Model):
    """One sequence of events. `cursor` is the last one given out, all up to `pruned_to` are gone.

    The row outlives its events: a cursor is never given out twice.
    """

    name = models.CharField(primary_key=True, max_length=200)
    cursor = models.BigIntegerField(default=0)
    pruned_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.cursor}"


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened."""

    id = models.BigAutoField(primary_key=True)
    # The unique constraint below is the index; no second one.
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="events", db_index=False)
    cursor = models.BigIntegerField()
    type = models.CharField(max_length=100)
    workspace_id = models.CharField(max_length=36, blank=True, default="")
    subject = models.CharField(max_length=200, blank=True, default="")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "cursor"], name="event_one_per_cursor")]
        indexes = [models.Index(fields=["created_at"], name="event_age")]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.cursor} {self.type}"


class StreamTicket(models.Model):
    """The right of one actor to open one stream once; only its hash is kept.

    `principal` is the actor as it was when the ticket was made.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    path = models.CharField(max_length=500)
    principal = models.JSONField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="ticket_expiry")]

    def __str__(self) -> str:
        return f"{self.path} until {self.expires_at}"
