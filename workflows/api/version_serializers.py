"""Shapes of the routes of versions."""

from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.etag import make_etag
from core.api.times import format_time
from workflows import stored
from workflows.api.graph_fields import EdgeShape, NodeShape, PositionShape, Serializer
from workflows.api.workflow_serializers import WorkflowOut
from workflows.models import Version
from workflows.types import VersionFields


class VersionIn(Serializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)
    description = serializers.CharField(
        max_length=20_000, required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )
    tag = serializers.CharField(max_length=100, required=False, allow_blank=True, allow_null=True)


class VersionSummaryOut(Serializer):
    id = serializers.CharField()
    workflow_id = serializers.CharField()
    version = serializers.IntegerField(help_text="its number, from 1")
    name = serializers.CharField()
    description = serializers.CharField()
    tag = serializers.CharField()
    is_automatic = serializers.BooleanField(help_text="made by a run")
    restored_from = serializers.IntegerField(allow_null=True)
    node_count = serializers.IntegerField()
    edge_count = serializers.IntegerField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class VersionOut(VersionSummaryOut):
    nodes = NodeShape(many=True)
    edges = EdgeShape(many=True)


class VersionListOut(Serializer):
    versions = VersionSummaryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class RestoredOut(Serializer):
    workflow = WorkflowOut()
    version = VersionOut()


class FieldChangeOut(Serializer):
    path = serializers.CharField(help_text="dotted, from the node: data.ports.0.port")
    to = serializers.JSONField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python."""
        return {**super().get_fields(), "from": serializers.JSONField(allow_null=True)}


class NodeNameOut(Serializer):
    id = serializers.CharField()
    type = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class ChangedNodeOut(NodeNameOut):
    changes = FieldChangeOut(many=True)


class MovedNodeOut(Serializer):
    id = serializers.CharField()
    type = serializers.CharField()
    to = PositionShape()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": PositionShape()}


class NodeChangesOut(Serializer):
    added = NodeNameOut(many=True)
    removed = NodeNameOut(many=True)
    changed = ChangedNodeOut(many=True)
    moved = MovedNodeOut(many=True)


class EdgeNameOut(Serializer):
    id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()


class ChangedEdgeOut(EdgeNameOut):
    changes = FieldChangeOut(many=True)


class EdgeChangesOut(Serializer):
    added = EdgeNameOut(many=True)
    removed = EdgeNameOut(many=True)
    changed = ChangedEdgeOut(many=True)


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["draft"]}]})
class SideField(serializers.Field[Any, Any, Any, Any]):
    """The number of a version, or the draft."""


class ComparisonOut(Serializer):
    v1 = SideField(help_text="a number, or draft")
    v2 = SideField(help_text="a number, or draft")
    nodes = NodeChangesOut()
    edges = EdgeChangesOut()


def version_etag(version: Version) -> str:
    return make_etag(version.pk, version.revision)


def version_fields_of(data: dict[str, Any]) -> VersionFields:
    """Null clears."""
    fields: VersionFields = {}
    if "name" in data:
        fields["name"] = data["name"] or ""
    if "description" in data:
        fields["description"] = data["description"] or ""
    if "tag" in data:
        fields["tag"] = data["tag"] or ""
    return fields


def version_summary_out(version: Version) -> dict[str, Any]:
    """Everything but the graph."""
    return {
        "id": version.pk,
        "workflow_id": version.workflow_id,
        "version": version.number,
        "name": version.name,
        "description": version.description,
        "tag": version.tag,
        "is_automatic": version.is_automatic,
        "restored_from": version.restored_from,
        "node_count": version.node_count,
        "edge_count": version.edge_count,
        "created_by": version.created_by,
        "created_at": format_time(version.created_at),
        "updated_at": format_time(version.updated_at),
    }


def version_out(version: Version) -> dict[str, Any]:
    """The whole object as plain values."""
    return version_summary_out(version) | stored.masked_lists(version.graph)


def version_raw(version: Version) -> msgspec.Raw:
    """The whole object as JSON, the graph spliced in as it lies in the row."""
    head = msgspec.json.encode(version_summary_out(version))
    return msgspec.Raw(head[:-1] + b"," + stored.masked(version.graph).encode()[1:])
