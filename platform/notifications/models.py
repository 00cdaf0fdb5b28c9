"""What people were told, what they want to be told, and how far the outbox was read for it."""

from django.conf import settings
from django.db import models

from core.ids import new_id
from notifications.kinds import Kind

KINDS = [(kind.value, kind.value) for kind in Kind]


class Notification(models.Model):
    """One piece of news for one person. Words are copied: it outlives what it tells of."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    workspace_id = models.CharField(max_length=36)
    kind = models.CharField(max_length=32, choices=KINDS)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    message = models.CharField(max_length=500, blank=True, default="")
    # A path of the front end.
    url = models.CharField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_of_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notification_unread"),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Preference(models.Model):
    """How one person wants to be told of one kind; without a row as `selectors.by_default` says."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, choices=KINDS)
    is_in_app = models.BooleanField()
    is_by_email = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_one_per_user_and_kind")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Webhook(models.Model):
    """An address of somebody's own that is told what they are told. Each delivery is signed with its secret."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=2000)
    # Sealed by the vault for this row.
    secret = models.BinaryField()
    # The service in whose words it is told, as a plugin calls it; empty for our own.
    target = models.CharField(max_length=100, blank=True, default="")
    # What the target needs to be let in, sealed together as JSON; empty when it needs nothing.
    target_secrets = models.BinaryField(default=b"")
    kinds = models.JSONField(default=list)
    is_enabled = models.BooleanField(default=True)
    # Deliveries in a row that were given up.
    failures = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    # Why the last try failed; empty when it arrived.
    problem = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"webhook {self.pk} of {self.user_id}"


class ReadPosition(models.Model):
    """Up to where a stream of the outbox was read. Its row lock lets one process at a time read on."""

    stream = models.CharField(primary_key=True, max_length=200)
    cursor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stream} at {self.cursor}"
