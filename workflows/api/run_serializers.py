"""Shapes of the routes of runs: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from workflows.models import AwaitedStatus, RunPhase, RunStatus
from workflows.runs.types import RunOptions

Serializer = serializers.Serializer[Any]
ACTIONS = ["create", "update", "unchanged", "delete", "replace", "keep", "refused"]
OPERATIONS = ["deploy", "rollback", "undeploy", "revert"]
NODE_STATES = ["idle", "pending", "applying", "waiting", "healthy", "degraded", "failed", "deleted"]
HEALTHS = ["healthy", "progressing", "degraded", "suspended", "missing", "unknown"]
_CLAIM = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"


# --- in -------------------------------------------------------------------------------------------


class ClaimsIn(Serializer):
    delete_claims = serializers.ListField(
        child=serializers.RegexField(
            _CLAIM, error_messages={"invalid": "A claim is named as namespace/name."}, max_length=320
        ),
        required=False,
        max_length=500,
        help_text="volume claims (namespace/name) that may be deleted; all others are kept",
    )


class TimeoutIn(Serializer):
    timeout_seconds = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=86400, help_text="how long it may take (600)"
    )


class PlanIn(ClaimsIn):
    cluster = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=200, help_text="name or id"
    )
    namespace = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=200)
    version = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=10**9, help_text="without it the draft"
    )
    force_conflicts = serializers.BooleanField(
        required=False, allow_null=True, default=False, help_text="take over fields that others have set"
    )
    take_over = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=False,
        help_text="take over objects that other workflows of the workspace have deployed",
    )


class RunIn(PlanIn, TimeoutIn):
    on_failure = serializers.ChoiceField(choices=["keep", "rollback"], required=False, allow_null=True)
    message = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=2000)
    build = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=False,
        help_text="build the images of its build nodes first; the answer is a 202, the run begins when all are there",
    )


class RollbackIn(ClaimsIn, TimeoutIn):
    run_id = serializers.CharField(max_length=100, help_text="the run whose release is deployed again")
    force_conflicts = serializers.BooleanField(required=False, allow_null=True, default=False)


class UndeployIn(ClaimsIn, TimeoutIn):
    pass


def options_of(data: dict[str, Any]) -> RunOptions:
    """What was sent as options; null is the default."""
    usual = RunOptions()
    return RunOptions(
        on_failure=data.get("on_failure") or usual.on_failure,
        force_conflicts=bool(data.get("force_conflicts")),
        take_over=bool(data.get("take_over")),
        timeout_seconds=data.get("timeout_seconds") or usual.timeout_seconds,
        delete_claims=tuple(data.get("delete_claims") or ()),
        message=data.get("message") or "",
    )


# --- out ------------------------------------------------------------------------------------------


class StartedOut(Serializer):
    run_id = serializers.CharField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    version = serializers.IntegerField(allow_null=True)


class AwaitedRunOut(Serializer):
    id = serializers.CharField()
    workflow_id = serializers.CharField()
    status = serializers.ChoiceField(choices=AwaitedStatus.choices)
    builds = serializers.ListField(child=serializers.CharField(), help_text="the ids of its builds")
    run_id = serializers.CharField(allow_null=True, help_text="once it has begun")
    error = serializers.CharField()


class NodeBuildOut(Serializer):
    build_id = serializers.CharField()
    status = serializers.CharField()


class PlanSummaryOut(Serializer):
    create = serializers.IntegerField()  # type: ignore[assignment]  # a count, under the name of a method
    update = serializers.IntegerField()  # type: ignore[assignment]
    unchanged = serializers.IntegerField()
    delete = serializers.IntegerField()
    replace = serializers.IntegerField()
    keep = serializers.IntegerField()
    refused = serializers.IntegerField()


class ChangeOut(Serializer):
    path = serializers.CharField()
    to = serializers.JSONField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own, so it cannot be declared as the others are."""
        return {**super().get_fields(), "from": serializers.JSONField(allow_null=True)}


class PlanObjectOut(Serializer):
    node_id = serializers.CharField(allow_null=True)
    api_version = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    action = serializers.ChoiceField(choices=ACTIONS)
    verified = serializers.BooleanField(help_text="false: checked without the cluster's own dry run")
    diff = ChangeOut(many=True)
    reason = serializers.CharField(required=False)


class PlanDocumentOut(Serializer):
    summary = PlanSummaryOut()
    objects = PlanObjectOut(many=True)
    note = serializers.CharField(required=False)


class PlanOut(Serializer):
    plan = PlanDocumentOut()


class TargetBriefOut(Serializer):
    id = serializers.CharField()
    cluster = serializers.CharField(allow_null=True, help_text="null when the cluster was removed")
    namespace = serializers.CharField()


class RunOut(Serializer):
    id = serializers.CharField()
    run_id = serializers.CharField()
    workflow_id = serializers.CharField()
    target = TargetBriefOut()
    cluster = serializers.CharField(allow_null=True)
    namespace = serializers.CharField()
    operation = serializers.ChoiceField(choices=OPERATIONS)
    status = serializers.ChoiceField(choices=RunStatus.choices)
    phase = serializers.ChoiceField(choices=RunPhase.choices)
    version = serializers.IntegerField(allow_null=True)
    release = serializers.IntegerField(allow_null=True, help_text="its number among those of the target")
    rolls_back = serializers.CharField(allow_null=True, help_text="the failed run that this one takes back")
    changes = PlanSummaryOut(allow_null=True, help_text="how many objects it was to change; null before its plan")
    message = serializers.CharField(allow_blank=True)
    error = serializers.CharField(allow_null=True)
    started_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    duration_seconds = serializers.FloatField(allow_null=True)


class RunListOut(Serializer):
    runs = RunOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class StepOut(Serializer):
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=["running", "done"])
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)


class RunObjectOut(Serializer):
    node_id = serializers.CharField(allow_null=True)
    api_version = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    action = serializers.ChoiceField(choices=ACTIONS, allow_null=True)
    state = serializers.ChoiceField(choices=["todo", "done", "failed"])
    wave = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    health = serializers.ChoiceField(choices=HEALTHS, allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)


class LogLineOut(Serializer):
    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=["info", "warning", "error"])
    message = serializers.CharField()


class RunOptionsOut(Serializer):
    on_failure = serializers.ChoiceField(choices=["keep", "rollback"])
    force_conflicts = serializers.BooleanField()
    take_over = serializers.BooleanField()
    timeout_seconds = serializers.IntegerField()
    delete_claims = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField(allow_blank=True)
    objects = serializers.ListField(
        child=serializers.CharField(), help_text="what a revert is about, each as Deployment shop/web; else empty"
    )


class RunDetailOut(RunOut):
    options = RunOptionsOut()
    rolled_back_by = serializers.CharField(allow_null=True)
    steps = StepOut(many=True)
    objects = RunObjectOut(many=True)
    plan = PlanDocumentOut(allow_null=True)
    log = LogLineOut(many=True)


class RunBriefOut(Serializer):
    run_id = serializers.CharField()
    operation = serializers.ChoiceField(choices=OPERATIONS)
    status = serializers.ChoiceField(choices=RunStatus.choices)
    phase = serializers.ChoiceField(choices=RunPhase.choices)
    version = serializers.IntegerField(allow_null=True)
    message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class TargetOut(TargetBriefOut):
    workflow_id = serializers.CharField()
    cluster_id = serializers.CharField(allow_null=True)
    is_deployed = serializers.BooleanField()
    version = serializers.IntegerField(allow_null=True, help_text="what is deployed there now")
    release = serializers.IntegerField(allow_null=True)
    object_count = serializers.IntegerField()
    made_namespace = serializers.BooleanField()
    last_run = RunBriefOut(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TargetListOut(Serializer):
    targets = TargetOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class NodeObjectOut(Serializer):
    kind = serializers.CharField()
    namespace = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    health = serializers.ChoiceField(choices=HEALTHS)
    reason = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class UrlOut(Serializer):
    type = serializers.ChoiceField(choices=["ingress", "load_balancer", "node_port", "port_forward"])
    url = serializers.CharField(allow_null=True)
    text = serializers.CharField(help_text="the address, or the command that makes it reachable")
    port = serializers.IntegerField(required=False)


class NodeReplicasOut(Serializer):
    ready = serializers.IntegerField(help_text="pods that are ready")
    wanted = serializers.IntegerField(help_text="pods that should be")


class NodeChangeOut(Serializer):
    what = serializers.ChoiceField(choices=["state", "replicas", "message", "objects"])
    to = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field]:
        described = serializers.CharField(allow_null=True, help_text="a state, `1/2` for replicas, or a message")
        return {**super().get_fields(), "from": described}


class NodeStatusOut(Serializer):
    node_id = serializers.CharField()
    state = serializers.ChoiceField(choices=NODE_STATES)
    health = serializers.ChoiceField(choices=HEALTHS)
    message = serializers.CharField(allow_blank=True)
    replicas = NodeReplicasOut(allow_null=True, help_text="null where no pods are counted")
    last_change = NodeChangeOut(allow_null=True, help_text="the latest change that was seen of it")
    objects = NodeObjectOut(many=True)
    urls = UrlOut(many=True)


class StatusRunOut(Serializer):
    run_id = serializers.CharField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    phase = serializers.ChoiceField(choices=RunPhase.choices)
    version = serializers.IntegerField(allow_null=True)
    wave = serializers.IntegerField()
    waves = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)


class WorkflowStatusOut(Serializer):
    workflow_id = serializers.CharField()
    target = TargetBriefOut(allow_null=True)
    run = StatusRunOut(allow_null=True)
    nodes = NodeStatusOut(many=True)
