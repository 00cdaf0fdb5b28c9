"""Shapes of the diagnostics of a node, and of its fixes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from plugins.sdk.diagnosis import CheckStatus, ValueKind
from workflows.api.workflow_serializers import WorkflowOut
from workflows.diagnose.causes import CAUSES

Serializer = serializers.Serializer[Any]
STATUSES = ["healthy", "warning", "error"]
CHECK_STATUSES = [each.value for each in CheckStatus]


# The generator leaves an empty choice out of an enumeration.
@extend_schema_field({"oneOf": [{"type": "string", "enum": list(CAUSES)}, {"type": "string", "enum": [""]}]})
class CauseField(serializers.Field[Any, Any, Any, Any]):
    """A cause, or none."""


class CheckOut(Serializer):
    name = serializers.CharField(help_text="what was looked at, for a person")
    check = serializers.CharField(help_text="the same for a machine")
    cause = CauseField(help_text="one of a closed list; empty where nothing is wrong")
    status = serializers.ChoiceField(choices=CHECK_STATUSES)
    message = serializers.CharField()
    suggestion = serializers.CharField(allow_blank=True, help_text="what to do")
    log = serializers.ListField(
        child=serializers.CharField(), help_text="the last lines of what fails, without secret values"
    )
    fix_type = serializers.CharField(required=False, help_text="of a fix that repairs it")
    fix_values = serializers.DictField(required=False, help_text="what is proposed to that fix, by name")


class DiagnosticsOut(Serializer):
    node_id = serializers.CharField()
    target_id = serializers.CharField(allow_null=True, help_text="where it was looked at; null before the first run")
    status = serializers.ChoiceField(choices=STATUSES)
    checks = CheckOut(many=True)
    checked_at = serializers.DateTimeField()


class FixValueOut(Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=[each.value for each in ValueKind])
    help = serializers.CharField(allow_blank=True)
    default = serializers.JSONField(allow_null=True, help_text="a text or a number; what is used when none is given")
    choices = serializers.ListField(child=serializers.CharField())
    is_required = serializers.BooleanField()


class FixTemplateOut(Serializer):
    fix_type = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    values = FixValueOut(many=True)
    patch = serializers.ListField(
        child=serializers.DictField(), help_text='RFC 6902, against {"nodes": [], "edges": []}; secret values are null'
    )
    manifests = serializers.CharField(allow_blank=True, help_text="the objects that change, as YAML")
    problem = serializers.CharField(allow_blank=True, help_text="why the fix cannot be applied as it is proposed")


class FixIn(Serializer):
    fix_type = serializers.CharField(max_length=100)
    values = serializers.DictField(required=False, allow_null=True, help_text="by name, as the template asks")
    run = serializers.BooleanField(required=False, allow_null=True, default=False, help_text="run the workflow then")


class FixedOut(Serializer):
    workflow = WorkflowOut()
    run_id = serializers.CharField(required=False)
