"""What an entry of the audit record looks like."""

from typing import Any

from rest_framework import serializers

from audit.models import AuditEntry
from core.api.times import format_time
from core.principal import Principal


class ActorOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()
    name = serializers.CharField()


class ObjectOut(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.CharField()
    name = serializers.CharField()


class AuditEntryOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    created_at = serializers.DateTimeField()
    action = serializers.CharField()
    actor = ActorOut()
    object = ObjectOut()
    workspace_id = serializers.CharField()
    ip = serializers.CharField(allow_null=True)
    request_id = serializers.CharField()
    detail = serializers.DictField()


class AuditListOut(serializers.Serializer[Any]):
    events = AuditEntryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


def entry_out(entry: AuditEntry, viewer: Principal) -> dict[str, Any]:
    """Where somebody else was sits with the administrators only."""
    is_own = viewer.is_admin or entry.actor_id == viewer.id
    return {
        "id": entry.pk,
        "created_at": format_time(entry.at),
        "action": entry.action,
        "actor": {"kind": entry.actor_kind, "id": entry.actor_id, "name": entry.actor_name},
        "object": {"type": entry.object_type, "id": entry.object_id, "name": entry.object_name},
        "workspace_id": entry.workspace_id,
        "ip": entry.ip if is_own else None,
        "request_id": entry.request_id,
        "detail": entry.detail,
    }
