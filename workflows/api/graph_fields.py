"""How a graph passes the API: as it is. Its checks are those of `workflows.graph`, not of REST framework, which
would take many times as long and know nothing of node types."""

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from core.errors import TooLarge
from workflows.types import GraphInput

Serializer = serializers.Serializer[Any]
# Far more than a graph may have, however it is spelled: what is larger is not even read.
MAX_BODY = 16 * 1024 * 1024


class PositionShape(Serializer):
    x = serializers.FloatField()
    y = serializers.FloatField()


class NodeShape(Serializer):
    """Further keys (width, parentId, style and the like) are kept and given back untouched."""

    id = serializers.CharField()
    type = serializers.CharField(help_text="one of the types of GET /templates")
    position = PositionShape(required=False)
    data = serializers.DictField(help_text="as the type's schema says")  # type: ignore[assignment]


class EdgeShape(Serializer):
    """Further keys are kept and given back untouched."""

    id = serializers.CharField()
    source = serializers.CharField(help_text="id of a node")  # type: ignore[assignment]
    target = serializers.CharField(help_text="id of a node")
    sourceHandle = serializers.CharField(required=False, allow_null=True)
    targetHandle = serializers.CharField(required=False, allow_null=True)
    data = serializers.DictField(required=False)  # type: ignore[assignment]


class AsSent(serializers.Field[Any, Any, Any, Any]):
    """Any JSON, taken without a look."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(NodeShape(many=True))
class NodesField(AsSent):
    pass


@extend_schema_field(EdgeShape(many=True))
class EdgesField(AsSent):
    pass


class GraphIn(Serializer):
    nodes = NodesField(required=False, allow_null=True)
    edges = EdgesField(required=False, allow_null=True)


def refuse_huge(request: Request) -> None:
    """Before the body is read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MAX_BODY:
        raise TooLarge(f"The body is larger than {MAX_BODY // 1024 // 1024} MiB.")


def graph_of(data: dict[str, Any]) -> GraphInput:
    """Takes the two lists out of validated input."""
    return GraphInput(data.pop("nodes", None), data.pop("edges", None))


def raw_json(body: Any, *, status: int = 200, etag: str = "") -> HttpResponse:
    """`body` may hold `msgspec.Raw`: JSON that goes out as it lies in its row."""
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")
    if etag:
        response["ETag"] = etag
    return response
