"""Data of clusters: how one is reached and as whom, what was last seen of it, the log of its connections, and who
else may use it.

Credentials are sealed by the vault and leave this app only as a `Gateway`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clusters.registries.models import Registry as Registry  # All of these are rows of this app as well.
from clusters.registries.models import RegistryGrant as RegistryGrant
from clusters.resources.models import Resource as Resource
from clusters.resources.models import ResourceMark as ResourceMark
from clusters.resources.models import ResourceMirror as ResourceMirror
from core.ids import new_id


class ClusterAccess(models.TextChoices):
    """How the product reaches it. `agent` is a cluster that fetches its releases itself."""

    DIRECT = "direct"
    PRACTICE = "practice"
    AGENT = "agent"


class AuthType(models.TextChoices):
    BEARER_TOKEN = "bearer_token"  # noqa: S105 - a kind of credential, not one
    CLIENT_CERTIFICATE = "client_certificate"
    KUBECONFIG = "kubeconfig"
    SERVICE_ACCOUNT = "service_account"


class ClusterStatus(models.TextChoices):
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    UNAUTHORIZED = "unauthorized"
    PENDING = "pending"
    UNKNOWN = "unknown"


class Cluster(models.Model):
    """One cluster with one identity.

    `revision` grows with every change that somebody makes; what is merely seen of the cluster leaves it, and
    with it the ETag, alone.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=63)
    display_name = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    labels = models.JSONField(default=dict)
    server = models.CharField(max_length=2000)
    access = models.CharField(max_length=10, choices=ClusterAccess.choices, default=ClusterAccess.DIRECT)
    auth_type = models.CharField(max_length=20, choices=AuthType.choices)
    # Public: the authority that signed the server's certificate, PEM; empty for the system's own.
    ca_data = models.TextField(blank=True, default="")
    # Public: the SHA-256 (hex) of a certificate that somebody looked at and trusts, instead of an authority.
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    # The name that the certificate is checked against where it is not the address's own.
    server_name = models.CharField(max_length=253, blank=True, default="")
    # The sealed credential (`clusters.services.credentials`), and a number that tells gateways that it changed.
    credentials = models.BinaryField(null=True)
    credentials_revision = models.PositiveIntegerField(default=1)
    is_default = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=ClusterStatus.choices, default=ClusterStatus.PENDING)
    # Why it is not connected: dns, refused, tls, timeout, unauthorized, forbidden, network; and a sentence.
    reason = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    # The certificate that the server showed when it was not trusted (`clusters.types.PresentedCertificate`).
    presented_certificate = models.JSONField(null=True)
    version = models.CharField(max_length=60, blank=True, default="")
    node_count = models.PositiveIntegerField(null=True)
    # How it is built and what our identity may do there (`clusters.types.Metadata`), when somebody last asked.
    metadata = models.JSONField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    # Attempts in a row that failed, and when the product looks next by itself.
    failures = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="cluster_of_workspace"),
            models.Index(fields=["next_check_at"], name="cluster_next_check"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="cluster_name_unique"),
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_default=True), name="cluster_one_default_per_workspace"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectionLog(models.Model):
    """One attempt to reach a cluster, and what came of it."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="logs")
    # created, updated, tested, refreshed, credentials_changed, credentials_refused, checked.
    action = models.CharField(max_length=40)
    is_success = models.BooleanField()
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["cluster", "-created_at"], name="log_of_cluster")]

    def __str__(self) -> str:
        return f"{self.action} {self.cluster_id}"


class ShareRole(models.TextChoices):
    """What somebody with whom a cluster is shared may do with it."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class ClusterShare(models.Model):
    """A cluster in the hands of somebody else, by their address.

    It is pending until the address is proven to be somebody's: then it has a `workspace`, in whose list the
    cluster appears under `name`, which is the owner's unless that was taken there.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="shares")
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey("accounts.Workspace", null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=ShareRole.choices)
    # None for the whole cluster, else the names of the only namespaces that are shared.
    namespaces = models.JSONField(null=True)
    name = models.CharField(max_length=63, blank=True, default="")
    is_default = models.BooleanField(default=False)
    shared_by = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email"], name="share_of_email")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=ShareRole.values), name="cluster_share_role_known"),
            # A pending one has no workspace, and NULL equals nothing.
            models.UniqueConstraint(fields=["cluster", "email"], name="cluster_share_once_per_email"),
            models.UniqueConstraint(fields=["cluster", "workspace"], name="cluster_share_once_per_workspace"),
            models.UniqueConstraint(fields=["workspace", "name"], name="cluster_share_name_unique"),
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_default=True), name="cluster_share_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.cluster_id}"

    @property
    def is_pending(self) -> bool:
        return self.workspace_id is None
