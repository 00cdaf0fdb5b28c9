"""Shapes of the routes of sharing a workflow."""

from typing import Any

from rest_framework import serializers

from core.api.times import format_time
from workflows.models import ShareRole, WorkflowShare

Serializer = serializers.Serializer[Any]
SHARE_STATUS = ["active", "pending"]


class WorkflowShareIn(Serializer):
    """For somebody who has it already it is another role."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=ShareRole.choices)


class WorkflowShareOut(Serializer):
    id = serializers.CharField()
    email = serializers.CharField()
    user_id = serializers.CharField(allow_null=True, help_text="null while pending")
    name = serializers.CharField(help_text="of the person; empty while pending")
    role = serializers.ChoiceField(choices=ShareRole.choices)
    status = serializers.ChoiceField(
        choices=SHARE_STATUS, help_text="pending until somebody has proven that the address is theirs"
    )
    shared_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class WorkflowShareListOut(Serializer):
    shares = WorkflowShareOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class WorkflowUnsharedOut(Serializer):
    message = serializers.CharField()


def share_out(share: WorkflowShare) -> dict[str, Any]:
    return {
        "id": share.pk,
        "email": share.email,
        "user_id": share.user_id,
        "name": share.user.name if share.user else "",
        "role": share.role,
        "status": "pending" if share.is_pending else "active",
        "shared_by": share.shared_by,
        "created_at": format_time(share.created_at),
        "updated_at": format_time(share.updated_at),
        "accepted_at": format_time(share.accepted_at),
    }
