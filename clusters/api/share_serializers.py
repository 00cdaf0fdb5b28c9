"""Shapes of the routes of sharing."""

from typing import Any

from rest_framework import serializers

from clusters.models import ClusterShare, ShareRole
from core.api.times import format_time

Serializer = serializers.Serializer[Any]
SHARE_STATUS = ["active", "pending"]


class ClusterShareIn(Serializer):
    """Either `email` or `user_id`. For somebody who has it already it is another role."""

    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, allow_null=True)
    user_id = serializers.CharField(max_length=100, required=False, allow_blank=True, allow_null=True)
    role = serializers.ChoiceField(choices=ShareRole.choices)
    namespaces = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        allow_null=True,
        help_text="the only ones that are shared; empty or left out for the whole cluster",
    )


class ClusterShareOut(Serializer):
    id = serializers.CharField()
    email = serializers.CharField()
    user_id = serializers.CharField(allow_null=True, help_text="null while pending")
    name = serializers.CharField(help_text="of the person; empty while pending")
    role = serializers.ChoiceField(choices=ShareRole.choices)
    namespaces = serializers.ListField(child=serializers.CharField(), help_text="empty for the whole cluster")
    status = serializers.ChoiceField(
        choices=SHARE_STATUS, help_text="pending until somebody has proven that the address is theirs"
    )
    shared_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class ClusterShareListOut(Serializer):
    shares = ClusterShareOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


def share_out(share: ClusterShare) -> dict[str, Any]:
    return {
        "id": share.pk,
        "email": share.email,
        "user_id": share.user_id,
        "name": share.user.name if share.user else "",
        "role": share.role,
        "namespaces": share.namespaces or [],
        "status": "pending" if share.is_pending else "active",
        "shared_by": share.shared_by,
        "created_at": format_time(share.created_at),
        "updated_at": format_time(share.updated_at),
        "accepted_at": format_time(share.accepted_at),
    }
