"""What a node type looks like: all that an editor knows of it comes from here."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_SCHEMA = {"type": "object", "additionalProperties": True, "description": "A JSON Schema (2020-12)."}


@extend_schema_field(_SCHEMA)
class SchemaField(serializers.JSONField):
    """A JSON Schema."""


class ConnectionOut(serializers.Serializer[Any]):
    """One legal kind of edge that the type takes part in."""

    meaning = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    sources = serializers.ListField(child=serializers.CharField())
    targets = serializers.ListField(child=serializers.CharField())
    schema = SchemaField(help_text="What an edge's data may hold.")


class GroupOut(serializers.Serializer[Any]):
    """One section of the form, with its fields in order."""

    name = serializers.CharField()
    title = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class HintOut(serializers.Serializer[Any]):
    widget = serializers.CharField(required=False)
    placeholder = serializers.CharField(required=False)


class HintsOut(serializers.Serializer[Any]):
    groups = GroupOut(many=True)
    fields = serializers.DictField(child=HintOut())  # type: ignore[assignment]


class NodeTypeOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="its type")
    what = serializers.ChoiceField(choices=["node_type"])
    type = serializers.CharField()
    display_name = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    category = serializers.CharField()
    kind = serializers.CharField(allow_null=True, help_text="The kind of the main object that it makes.")
    schema = SchemaField(help_text="The node's data.")
    ui = HintsOut()
    defaults = serializers.DictField()
    connections = ConnectionOut(many=True)
