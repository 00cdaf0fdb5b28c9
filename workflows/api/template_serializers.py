"""Shapes of the routes of templates: node types and stacks."""

from typing import Any

import msgspec
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from core.api.etag import make_etag
from core.api.times import format_time
from plugins.sdk.fields import Json
from plugins.sdk.stack import MAX_PARAMETERS, ParameterType
from workflows.api.graph_fields import EdgeShape, NodeShape, Serializer
from workflows.api.node_type_serializers import NodeTypeOut
from workflows.templates.selectors import SHARED, SHIPPED, YOURS
from workflows.templates.types import Offer, TemplateFields

ORIGINS = [SHIPPED, YOURS, SHARED]
_FIELDS = ("title", "description", "category", "icon", "parameters", "is_shared")
_PLAIN = {
    "oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}],
    "nullable": True,
}


@extend_schema_field(_PLAIN)
class PlainField(serializers.Field[Any, Any, Any, Any]):
    """A text, a whole number, true, false or nothing."""

    def to_internal_value(self, data: Any) -> Any:
        if data is not None and not isinstance(data, str | int | bool):
            raise serializers.ValidationError("Give a text, a whole number, true or false.")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class PlaceShape(Serializer):
    at = serializers.CharField(max_length=500, help_text="node/field/…; an item of a list by its name or position")
    text = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="with {value} where the answer goes"
    )


class ParameterShape(Serializer):
    name = serializers.CharField(max_length=200)
    title = serializers.CharField(max_length=200)
    type = serializers.ChoiceField(choices=[each.value for each in ParameterType], required=False)
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    default = PlainField(required=False, allow_null=True)
    choices = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=100)
    minimum = serializers.IntegerField(required=False, allow_null=True)
    maximum = serializers.IntegerField(required=False, allow_null=True)
    generate = serializers.BooleanField(required=False, help_text="a random secret where no answer is given")
    places = serializers.ListField(child=PlaceShape(), required=False, max_length=100)


class StackOut(Serializer):
    id = serializers.CharField()
    what = serializers.ChoiceField(choices=["stack"])
    display_name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    icon = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]
        allow_blank=True, help_text="where images, ports and paths were taken from"
    )
    origin = serializers.ChoiceField(choices=ORIGINS)
    is_shared = serializers.BooleanField(help_text="with everybody who has an account here")
    owner = serializers.CharField(allow_blank=True)
    parameters = ParameterShape(many=True)
    nodes = NodeShape(many=True)
    edges = EdgeShape(many=True)
    updated_at = serializers.DateTimeField(allow_null=True)


TEMPLATE = PolymorphicProxySerializer(
    component_name="Template",
    serializers={"node_type": NodeTypeOut, "stack": StackOut},
    resource_type_field_name="what",
)


@extend_schema_field(TEMPLATE)
class TemplateField(serializers.JSONField):
    """A node type or a stack."""


class TemplateListOut(Serializer):
    templates = serializers.ListField(child=TemplateField())
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class WordShape(Serializer):
    name = serializers.CharField()
    type = serializers.CharField(help_text="what goes into it: object, list, map, text, whole number, …")
    description = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField()  # type: ignore[assignment]


class WordsOut(Serializer):
    path = serializers.CharField(allow_blank=True)
    words = WordShape(many=True)


WORDS_EXAMPLE = {
    "path": "spec",
    "words": [
        {
            "name": "paused",
            "type": "yes or no",
            "description": "Indicates that the deployment is paused.",
            "required": False,
        }
    ],
}


class TemplateIn(Serializer):
    title = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    category = serializers.CharField(max_length=60, required=False, allow_blank=True)
    icon = serializers.CharField(max_length=60, required=False, allow_blank=True)
    parameters = serializers.ListField(child=ParameterShape(), required=False, max_length=MAX_PARAMETERS)
    is_shared = serializers.BooleanField(required=False)


class TemplateKeepIn(TemplateIn):
    workflow_id = serializers.CharField(max_length=36)


class InstantiateIn(Serializer):
    name = serializers.CharField(max_length=200)
    values = serializers.DictField(child=PlainField(allow_null=True), required=False, help_text="answers by parameter")
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    cluster = serializers.CharField(max_length=100, required=False, allow_blank=True, allow_null=True)
    namespace = serializers.CharField(max_length=200, required=False, allow_blank=True)


class TemplateDeletedOut(Serializer):
    message = serializers.CharField()


def fields_of(data: dict[str, Any]) -> TemplateFields:
    return {name: data[name] for name in _FIELDS if name in data}  # type: ignore[return-value]


def node_type_out(row: Json) -> Json:
    return {"id": row["type"], "what": "node_type", **row}


def stack_out(offer: Offer) -> Json:
    stack = offer.stack
    return {
        "id": stack.id,
        "what": "stack",
        "display_name": stack.title,
        "description": stack.description,
        "category": stack.category,
        "icon": stack.icon,
        "source": stack.source,
        "origin": offer.origin,
        "is_shared": offer.is_shared,
        "owner": offer.owner,
        "parameters": [msgspec.to_builtins(each) for each in stack.parameters],
        "nodes": list(stack.nodes),
        "edges": list(stack.edges),
        "updated_at": format_time(offer.updated_at) if offer.updated_at else None,
    }


def etag_of(offer: Offer) -> str:
    return make_etag(offer.stack.id, offer.revision)
