"""Data of workflows: the draft, its versions, where it runs (targets), and what was run and released.

The draft graph and every version hold secret values by reference only (`plugins.sdk.secrets`).
"""

from typing import Any

from django.conf import settings
from django.db import models

from core.ids import new_id, new_run_id


class WorkflowStatus(models.TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Workflow(models.Model):
    """`slug` is frozen at creation: it is the instance label of everything that the workflow deploys."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=63)
    description = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=WorkflowStatus.choices, default=WorkflowStatus.DRAFT)
    cluster = models.ForeignKey("clusters.Cluster", null=True, on_delete=models.SET_NULL, related_name="+")
    namespace = models.CharField(max_length=63, blank=True, default="")
    # The graph as the client wrote it (JSON text), so that a read sends it without decoding.
    graph = models.TextField(default='{"nodes":[],"edges":[]}')
    # What search looks for among its nodes (`stored.node_words`).
    node_words = models.TextField(blank=True, default="")
    node_count = models.PositiveIntegerField(default=0)
    edge_count = models.PositiveIntegerField(default=0)
    latest_version = models.PositiveIntegerField(default=0)
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "deleted_at", "-created_at"]),
            models.Index(fields=["workspace", "deleted_at", "-updated_at"]),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="workflow_slug_unique")]


class Version(models.Model):
    """A graph that does not change any more. Numbers start at 1 and have no gaps."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    tag = models.CharField(max_length=100, blank=True, default="")
    is_automatic = models.BooleanField(default=False)
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    graph = models.TextField()
    sha256 = models.CharField(max_length=64)
    node_count = models.PositiveIntegerField(default=0)
    edge_count = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=200, blank=True, default="")
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "number"], name="version_number_unique")]


class Target(models.Model):
    """Where a workflow runs: one cluster, one namespace. Owns its runs, its releases and its inventory."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="targets")
    cluster = models.ForeignKey("clusters.Cluster", null=True, on_delete=models.SET_NULL, related_name="+")
    namespace = models.CharField(max_length=63)
    # Only what this target made may it remove.
    made_namespace = models.BooleanField(default=False)
    namespace_uid = models.CharField(max_length=64, blank=True, default="")
    current_release = models.ForeignKey("Release", null=True, on_delete=models.SET_NULL, related_name="+")
    last_sequence = models.PositiveIntegerField(default=0)
    # What is believed to be in the cluster: [{group, version, kind, namespace, name, uid, node_id}].
    inventory = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "cluster", "namespace"], name="target_place_unique")]


class Release(models.Model):
    """Immutable: the exact content that a run set out to apply, without secret values."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="releases")
    sequence = models.PositiveIntegerField()
    version = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    # {objects: [{node_id, body}], waits, references, policies}; secret data is {"$revision": id}.
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    secret_revisions = models.JSONField(default=list)
    source = models.CharField(max_length=40, default="run")
    is_tombstone = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "sequence"], name="release_sequence_unique")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A release never changes; make a new one.")
        super().save(*args, **kwargs)


class PlacementState(models.TextChoices):
    PENDING = "pending"
    APPLIED = "applied"
    FAILED = "failed"
    REMOVED = "removed"


class Placement(models.Model):
    """What of a release holds on which cluster."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="placements")
    cluster = models.ForeignKey("clusters.Cluster", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=PlacementState.choices, default=PlacementState.PENDING)
    message = models.TextField(blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "cluster"], name="placement_unique")]


class RunStatus(models.TextChoices):
    DEPLOYING = "deploying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"


RUN_TRANSITIONS: dict[str, frozenset[str]] = {
    RunStatus.DEPLOYING: frozenset({"succeeded", "failed", "cancelling", "cancelled", "rolled_back"}),
    RunStatus.CANCELLING: frozenset({"succeeded", "cancelled", "failed", "rolled_back"}),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.FAILED: frozenset({"rolled_back"}),
    RunStatus.CANCELLED: frozenset(),
    RunStatus.ROLLED_BACK: frozenset(),
}


class RunPhase(models.TextChoices):
    QUEUED = "queued"
    PLANNING = "planning"
    APPLYING = "applying"
    WAITING = "waiting"
    PRUNING = "pruning"
    DONE = "done"


class Run(models.Model):
    """One attempt to bring a release to its target; its journal lets any worker go on where another stopped."""

    id = models.CharField(primary_key=True, max_length=36, default=new_run_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="runs")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="runs")
    release = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="runs")
    version_number = models.PositiveIntegerField(null=True, blank=True)
    # Set on the run that takes back a failed one (on_failure: rollback); that one is not over before this is.
    rolls_back = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="rollbacks")
    # deploy, rollback, undeploy, revert
    operation = models.CharField(max_length=10, default="deploy")
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.DEPLOYING)
    phase = models.CharField(max_length=10, choices=RunPhase.choices, default=RunPhase.QUEUED)
    # on_failure, force_conflicts, timeout_seconds, delete_claims
    options = models.JSONField(default=dict)
    journal = models.JSONField(default=dict)
    plan = models.JSONField(null=True, blank=True)
    message = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")
    started_by = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workflow", "-created_at"]),
            models.Index(fields=["target", "-created_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target"],
                condition=models.Q(status__in=["deploying", "cancelling"], rolls_back=None),
                name="one_run_at_a_time_per_target",
            )
        ]


class NodeStatus(models.Model):
    """How a node of a workflow fares on one target, as last observed."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="nodes")
    node_id = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="pending")
    health = models.CharField(max_length=12, default="unknown")
    message = models.TextField(blank=True, default="")
    # [{kind, name, health, reason, message, urls?, ready?, wanted?}]
    objects_state = models.JSONField(default=list)
    # {what: state|replicas|message|objects, from, to}: what changed at `updated_at`; empty until something did
    last_change = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "node_id"], name="node_status_unique")]


class ShareRole(models.TextChoices):
    """What somebody with whom a workflow is shared may do with it."""

    VIEWER = "viewer"
    EDITOR = "editor"


class WorkflowShare(models.Model):
    """A workflow in the hands of somebody else, by their address.

    It is pending until the address is proven to be somebody's: then it has their `workspace`.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="shares")
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey("accounts.Workspace", null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=ShareRole.choices)
    shared_by = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email"], name="workflow_share_of_email")]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=ShareRole.values), name="workflow_share_role_known"),
            # A pending one has no workspace, and NULL equals nothing.
            models.UniqueConstraint(fields=["workflow", "email"], name="workflow_share_once_per_email"),
            models.UniqueConstraint(fields=["workspace", "workflow"], name="workflow_share_once_per_workspace"),
        ]

    @property
    def is_pending(self) -> bool:
        return self.workspace_id is None


class Template(models.Model):
    """A graph to start from, that somebody kept: without secret values, and with questions in their place."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    category = models.CharField(max_length=60)
    icon = models.CharField(max_length=60)
    # [{name, title, type, …, places}], as `plugins.sdk.stack` reads them.
    parameters = models.JSONField(default=list)
    # {nodes, edges}, JSON text.
    graph = models.TextField()
    # With everybody who has an account here.
    is_shared = models.BooleanField(default=False)
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "title"], name="template_of_workspace"),
            models.Index(fields=["is_shared"], name="template_shared"),
        ]


class AwaitedStatus(models.TextChoices):
    BUILDING = "building"
    STARTED = "started"
    FAILED = "failed"


class AwaitedRun(models.Model):
    """A run that begins once its images are built. `builds` are those that it still waits for; `all_builds` the ones
    that it began with. `owner` is whose rights count when it begins."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="awaited_runs")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cluster = models.CharField(max_length=200, blank=True, default="")
    namespace = models.CharField(max_length=63, blank=True, default="")
    options = models.JSONField(default=dict)
    builds = models.JSONField(default=list)
    all_builds = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=AwaitedStatus.choices, default=AwaitedStatus.BUILDING)
    run_id = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["workflow"], condition=models.Q(status="building"), name="awaited_of_workflow"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} ({self.status})"
