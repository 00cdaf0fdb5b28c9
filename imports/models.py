"""Data of imports: what somebody sent and has not made a workflow of yet, and what was made before."""

from django.conf import settings
from django.db import models

from core.ids import new_id


class ImportStatus(models.TextChoices):
    ANALYZING = "analyzing"
    READY = "ready"
    FAILED = "failed"


class ImportSession(models.Model):
    """`sealed` holds files, choices and variables together, for any of them may hold a password."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=ImportStatus.choices, default=ImportStatus.ANALYZING)
    # {type, name, …}: where it came from, without credentials.
    source = models.JSONField(default=dict)
    sealed = models.BinaryField()
    # As clients see it, secret values left out; null before it is ready.
    analysis = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="import_of_workspace")]


class ImportOrigin(models.Model):
    """What an import made in a workflow, so that the same input again changes only what it made itself.

    `key` is the name of the project in the input: two imports into one workflow stay apart.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workflow = models.ForeignKey("workflows.Workflow", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # {nodes, edges} in the ids of the workflow; a secret value is its keyed digest.
    base = models.JSONField(default=dict)
    # What the ids of the import are called in the workflow.
    ids = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "key"], name="import_origin_unique")]
