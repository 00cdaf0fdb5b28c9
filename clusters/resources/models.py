"""Data of the mirror: the objects of a cluster as they were last seen, how far the mirror of a cluster is, and what
people noted about an object."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import new_id


class Resource(models.Model):
    """One object of a cluster, known by its place (kind, namespace, name): whatever comes back there is live again.

    What a cluster may say at any length is cut by `projection`, so that every row fits.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    cluster = models.ForeignKey("clusters.Cluster", on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=253, blank=True, default="")
    version = models.CharField(max_length=63)
    kind = models.CharField(max_length=100)
    namespace = models.CharField(max_length=63, blank=True, default="")
    name = models.CharField(max_length=253)
    uid = models.CharField(max_length=64)
    # In the words of its kind (Running, Bound, Available); how it fares; why, as a code; and as a sentence.
    status = models.CharField(max_length=40, blank=True, default="")
    health = models.CharField(max_length=12, default="unknown")
    reason = models.CharField(max_length=100, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    labels = models.JSONField(default=dict)
    # The few facts that lists show, by kind (`projection`).
    facts = models.JSONField(default=dict)
    owner_uid = models.CharField(max_length=64, blank=True, default="")
    owner_kind = models.CharField(max_length=100, blank=True, default="")
    owner_name = models.CharField(max_length=253, blank=True, default="")
    # The set of deployed objects that it, or whoever made it, belongs to.
    part_of = models.CharField(max_length=63, blank=True, default="")
    # Where a pod runs.
    node = models.CharField(max_length=253, blank=True, default="")
    # When the cluster made it; when it changed here; when it was found to be gone.
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    # Until when somebody may have it open.
    watched_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # With the id, which makes the order of lists total: no page needs sorting.
            models.Index(fields=["cluster", "deleted_at", "-created_at", "-id"], name="resource_newest"),
            # And with what is searched: one look through the index finds names, kinds and namespaces.
            models.Index(fields=["cluster", "deleted_at", "name", "id", "kind", "namespace"], name="resource_by_name"),
            models.Index(fields=["watched_until"], condition=Q(watched_until__isnull=False), name="resource_watched"),
            models.Index(fields=["cluster", "owner_uid"], name="resource_of_owner"),
            models.Index(fields=["cluster", "uid"], name="resource_uid"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "group", "kind", "namespace", "name"], name="resource_place")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


class ResourceMirror(models.Model):
    """How far the mirror of one cluster is. `seen_at` is the last moment at which all of its rows were true."""

    cluster = models.OneToOneField("clusters.Cluster", primary_key=True, on_delete=models.CASCADE, related_name="+")
    # When somebody last looked, and when somebody last asked to go over everything.
    looked_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    # Why it cannot be seen just now, as a sentence.
    trouble = models.TextField(blank=True, default="")
    # What this identity may not look at, which is no failure: by "group/kind" the namespaces in which it may; and
    # that in sentences.
    blind = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    # Namespaces that somebody asked for by name: where an identity may not see all, these are tried.
    namespaces = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["looked_at"], name="mirror_looked_at")]

    def __str__(self) -> str:
        return f"mirror of {self.cluster_id}"


class ResourceMark(models.Model):
    """What one person noted about a resource; nobody else sees it."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tags = models.JSONField(default=list)
    notes = models.TextField(blank=True, default="")
    is_favorite = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "user"], name="resource_mark_once")]

    def __str__(self) -> str:
        return f"mark of {self.resource_id}"
