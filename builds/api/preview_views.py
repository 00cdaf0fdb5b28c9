"""Looking at a source over HTTP, before it is built."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from builds import services
from builds.api.serializers import BuildSourceIn, given_source_of
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope

Serializer = serializers.Serializer[Any]


class BuildPreviewIn(Serializer):
    source = BuildSourceIn()  # type: ignore[assignment]  # the stubs know it as an argument of fields
    dockerfile = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="a path in the source; `Dockerfile` without one"
    )


class BuildPreviewOut(Serializer):
    dockerfile_text = serializers.CharField(help_text="empty where there is none, and none can be written")
    path = serializers.CharField(help_text="where it lies in the source; empty for one that would be written")
    is_detected = serializers.BooleanField(help_text="it would be written, by what lies in the source")
    language = serializers.CharField()
    reason = serializers.CharField(help_text="why it looks so, or why there is none")
    port = serializers.IntegerField(allow_null=True, help_text="what the image would listen on")
    stages = serializers.ListField(child=serializers.CharField(), help_text="for `target`")
    revision = serializers.CharField(help_text="the commit that was looked at")


_EXAMPLE = OpenApiExample(
    "A repository", value={"source": {"git_url": "https://github.com/team/app", "ref": "main"}}, request_only=True
)


class BuildPreviewView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="builds_preview",
        summary="The Dockerfile that a source has, or the one that would be written for it",
        description="The repository or upload is fetched, looked at and forgotten; nothing is built.",
        request=BuildPreviewIn,
        responses=BuildPreviewOut,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        data = self.read(BuildPreviewIn, request)
        found = services.preview_source(
            source=given_source_of(data["source"]), dockerfile=data.get("dockerfile") or "", actor=self.actor
        )
        return Response(
            {
                "dockerfile_text": found.text,
                "path": found.path,
                "is_detected": bool(found.text) and not found.path,
                "language": found.language,
                "reason": found.reason,
                "port": found.port,
                "stages": list(found.stages),
                "revision": found.revision,
            }
        )
