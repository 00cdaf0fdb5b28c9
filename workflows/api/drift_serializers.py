"""Shapes of the routes of drift: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from workflows.api.run_serializers import Serializer, TargetBriefOut, TimeoutIn
from workflows.deploy.drift import DriftState
from workflows.runs.drift import ObjectName

_MOST = 1000


# --- in -------------------------------------------------------------------------------------------


class ObjectNameIn(Serializer):
    api_version = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=320)
    kind = serializers.CharField(max_length=100)
    namespace = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=63)
    name = serializers.CharField(max_length=253)


class AdoptIn(Serializer):
    objects = ObjectNameIn(many=True, allow_empty=False, max_length=_MOST)  # type: ignore[call-arg]  # of its list


class RevertIn(AdoptIn, TimeoutIn):
    pass


def names_of(data: dict[str, Any]) -> list[ObjectName]:
    return [
        ObjectName(item["kind"], item["name"], item.get("namespace") or "", item.get("api_version") or "")
        for item in data["objects"]
    ]


# --- out ------------------------------------------------------------------------------------------


class FieldDriftOut(Serializer):
    path = serializers.CharField(help_text="as in the diffs of a plan: spec.replicas")
    expected = serializers.JSONField(allow_null=True, help_text="null: it should not be there")
    live = serializers.JSONField(allow_null=True, help_text="null: it is not there")
    manager = serializers.CharField(allow_null=True, help_text="who changed it; null when the cluster does not say")
    changed_at = serializers.DateTimeField(allow_null=True)


class ObjectDriftOut(Serializer):
    node_id = serializers.CharField(allow_null=True)
    api_version = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=[state.value for state in DriftState])
    message = serializers.CharField(allow_blank=True)
    fields = FieldDriftOut(many=True)  # type: ignore[assignment]


class DriftOut(Serializer):
    workflow_id = serializers.CharField()
    target = TargetBriefOut(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="what is deployed there; null when nothing is")
    release = serializers.IntegerField(allow_null=True)
    checked = serializers.IntegerField(help_text="how many objects were looked at")
    objects = ObjectDriftOut(many=True)
    checked_at = serializers.DateTimeField()
