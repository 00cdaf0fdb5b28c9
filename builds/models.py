"""The tables of image builds: what was asked for, how far it came, what it said, and what was uploaded for it."""

from django.db import models
from django.db.models import Q

from builds.states import FINISHED, BuildStatus
from core.ids import new_id


class SourceKind(models.TextChoices):
    GIT = "git"
    UPLOAD = "upload"
    INLINE = "inline"


class Build(models.Model):
    """One attempt to make an image from a source and to push it.

    `sealed` is one envelope with everything that nobody may read again: the credentials of the source and the build's
    secrets. `consumer_kind` and `consumer_id` say for whom the image is; what they mean is for the app that registered
    the kind to say.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    started_by = models.CharField(max_length=254, blank=True, default="")
    consumer_kind = models.CharField(max_length=32, blank=True, default="")
    consumer_id = models.CharField(max_length=200, blank=True, default="")

    source_kind = models.CharField(max_length=8, choices=SourceKind.choices)
    # Without secrets: {git_url, ref, subdirectory}, {upload} or {files}.
    source = models.JSONField(default=dict)
    dockerfile = models.CharField(max_length=1000, blank=True, default="")
    # The text itself, where it was given with the request; and the text that was built, from wherever it came.
    given_dockerfile = models.TextField(blank=True, default="")
    dockerfile_text = models.TextField(blank=True, default="")
    is_dockerfile_detected = models.BooleanField(default=False)
    target = models.CharField(max_length=128, blank=True, default="")
    platforms = models.JSONField(default=list)
    build_args = models.JSONField(default=dict)
    secret_names = models.JSONField(default=list)
    sealed = models.BinaryField(null=True)

    registry = models.ForeignKey("clusters.Registry", on_delete=models.SET_NULL, null=True, related_name="+")
    # With host and path, without a tag.
    image = models.CharField(max_length=700)
    tag = models.CharField(max_length=128)

    engine = models.CharField(max_length=16)
    status = models.CharField(max_length=16, choices=[(s.value, s.value) for s in BuildStatus], default="queued")
    # What the director goes on from (`builds.director.Journal`).
    journal = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    progress = models.FloatField(default=0)
    revision = models.CharField(max_length=100, blank=True, default="")
    digest = models.CharField(max_length=100, blank=True, default="")
    size = models.BigIntegerField(null=True)
    # Which of provenance and sbom are in the registry with it.
    attestations = models.JSONField(default=list)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error = models.TextField(blank=True, default="")
    # The last number given to an event of its stream.
    cursor = models.BigIntegerField(default=0)
    log_lines = models.BigIntegerField(default=0)
    log_bytes = models.BigIntegerField(default=0)
    retry_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="retries")

    cancel_requested_at = models.DateTimeField(null=True)
    # When it was given one of the engine's places; until then it waits for its turn.
    admitted_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=[s.value for s in BuildStatus]), name="build_status_known"),
            models.CheckConstraint(condition=Q(source_kind__in=SourceKind.values), name="build_source_kind_known"),
        ]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="build_of_workspace"),
            models.Index(fields=["consumer_kind", "consumer_id", "created_at"], name="build_of_consumer"),
            models.Index(
                fields=["engine", "created_at"],
                condition=Q(status__in=["queued", "fetching", "building", "pushing"]),
                name="build_unfinished",
            ),
            models.Index(fields=["finished_at"], name="build_age"),
        ]

    def __str__(self) -> str:
        return f"{self.image}:{self.tag} ({self.status})"

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


class BuildChunk(models.Model):
    """Some of what a build's stream said: `count` events, the first of which has the number `first`.

    `data` is compressed; one event a line, `[type, data]` as JSON.
    """

    id = models.BigAutoField(primary_key=True)
    # The unique constraint below is the index; no second one.
    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    first = models.BigIntegerField()
    count = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["build", "first"], name="chunk_one_per_number")]

    def __str__(self) -> str:
        return f"{self.build_id} {self.first}+{self.count}"


class BuildQueue(models.Model):
    """One row per engine, locked while its places are given out."""

    engine = models.CharField(primary_key=True, max_length=16)

    def __str__(self) -> str:
        return self.engine


class BuildUpload(models.Model):
    """An archive that waits to be built. It belongs to one workspace and expires."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="upload_expiry")]

    def __str__(self) -> str:
        return self.filename


class BuildUploadPart(models.Model):
    """A mebibyte of an upload: in the database, because the worker may be on another machine."""

    id = models.BigAutoField(primary_key=True)
    upload = models.ForeignKey(BuildUpload, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="part_one_per_number")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.number}"


class HookProvider(models.TextChoices):
    GITHUB = "github"
    GITLAB = "gitlab"


class BuildHook(models.Model):
    """An address that a Git host calls after a push: then what `build` was made of is built again.

    `owner_id` is whose rights count, each time anew; `secret` is sealed.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    owner_id = models.CharField(max_length=36)
    provider = models.CharField(max_length=8, choices=HookProvider.choices)
    # The newest of its builds: the next is made as this one was.
    build = models.ForeignKey(Build, on_delete=models.CASCADE, related_name="hooks")
    secret = models.BinaryField()
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "created_at"], name="hook_of_workspace")]
        constraints = [
            models.CheckConstraint(condition=Q(provider__in=HookProvider.values), name="hook_provider_known")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.pk}"


class DeliveryOutcome(models.TextChoices):
    BUILT = "built"
    PING = "ping"
    OTHER_BRANCH = "other_branch"
    NOTHING_TO_BUILD = "nothing_to_build"
    BAD_SIGNATURE = "bad_signature"
    REPLAYED = "replayed"
    FAILED = "failed"


class BuildDelivery(models.Model):
    """A call to a webhook and what became of it. The same is not built twice: that is what `digest` is kept for."""

    id = models.BigAutoField(primary_key=True)
    # The index below begins with it.
    hook = models.ForeignKey(BuildHook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20, choices=DeliveryOutcome.choices, default=DeliveryOutcome.BUILT)
    # Of genuine calls only.
    ref = models.CharField(max_length=250, blank=True, default="")
    commit = models.CharField(max_length=64, blank=True, default="")
    build = models.ForeignKey(Build, on_delete=models.SET_NULL, null=True, related_name="+")
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hook", "digest"], condition=Q(outcome="built"), name="delivery_built_once"
            ),
            models.CheckConstraint(condition=Q(outcome__in=DeliveryOutcome.values), name="delivery_outcome_known"),
        ]
        indexes = [
            models.Index(fields=["hook", "created_at"], name="delivery_of_hook"),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.outcome} {self.digest[:12]}"


class GitLogin(models.Model):
    """User and token for the private repositories of one Git host, which every build of the workspace from there uses.

    `address` is scheme, host and port, without a path: nowhere else is the login sent.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=300)
    username = models.CharField(max_length=255, blank=True, default="")
    token = models.BinaryField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "address"], name="git_login_one_per_host")]

    def __str__(self) -> str:
        return self.address
