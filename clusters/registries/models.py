"""Data of registries: where one is, what it may be used for, and by whom. Part of the app `clusters`."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import new_id


class RegistryType(models.TextChoices):
    DOCKERHUB = "dockerhub"
    GHCR = "ghcr"
    GITLAB = "gitlab"
    ECR = "ecr"
    GCR = "gcr"
    ACR = "acr"
    HARBOR = "harbor"
    GENERIC = "generic"


class RegistryAudience(models.TextChoices):
    """Whose images it may pull. Whoever it serves can read its password: it ends up on their clusters."""

    EVERYONE = "everyone"
    SELECTED = "selected"


class RegistryStatus(models.TextChoices):
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    # Nobody has tested it since its address or credentials changed.
    UNKNOWN = "unknown"


class Registry(models.Model):
    """A container registry of the installation, made by its administrators.

    `workspace` is that of whoever added it. `revision` grows with every change that somebody makes.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=63, unique=True)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=16, choices=RegistryType.choices)
    # In its one spelling (`references.canonical_host`), with the port.
    host = models.CharField(max_length=300)
    # Only repositories below it are this registry's; empty for all.
    path = models.CharField(max_length=255, blank=True, default="")
    is_plain_http = models.BooleanField(default=False)
    # Public: an authority that is trusted beside the system's own, PEM.
    ca_data = models.TextField(blank=True, default="")
    # User and password, sealed (`credentials`); and a number that tells that they changed.
    credentials = models.BinaryField(null=True)
    credentials_revision = models.PositiveIntegerField(default=1)
    available_to = models.CharField(max_length=10, choices=RegistryAudience.choices, default=RegistryAudience.EVERYONE)
    is_default = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=RegistryStatus.choices, default=RegistryStatus.UNKNOWN)
    reason = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["host"], name="registry_of_host")]
        constraints = [
            models.CheckConstraint(condition=Q(type__in=RegistryType.values), name="registry_type_known"),
            models.CheckConstraint(
                condition=Q(available_to__in=RegistryAudience.values), name="registry_audience_known"
            ),
            # Else nobody could say which one is used.
            models.UniqueConstraint(
                fields=["host", "path"],
                condition=Q(available_to=RegistryAudience.EVERYONE),
                name="registry_place_once_for_everyone",
            ),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="registry_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class RegistryGrant(models.Model):
    """Somebody who may use a registry that is not for everyone."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    registry = models.ForeignKey(Registry, on_delete=models.CASCADE, related_name="grants")
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    # As it was when it was granted; what counts is the workspace.
    email = models.EmailField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registry", "workspace"], name="registry_granted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.registry_id} for {self.email}"
