"""Builds over HTTP."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from builds import selectors, services
from builds.api.serializers import (
    BuildEngineOut,
    BuildIn,
    BuildListOut,
    BuildOut,
    BuildUploadIn,
    BuildUploadOut,
    build_out,
    build_summary_out,
    consumer_of,
    given_of,
    upload_out,
)
from builds.errors import BadBuild
from core.api.idempotency import idempotent
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope

_SORTS = {name: name for name in ("created_at", "updated_at", "finished_at", "status", "image")}
_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_FILTERS = [
    OpenApiParameter("status", str, description="one or several, with commas between"),
    OpenApiParameter("workflow_id", str),
    OpenApiParameter("node_id", str, description="with workflow_id"),
]
_EXAMPLE = OpenApiExample(
    "A repository",
    value={
        "source": {"git_url": "https://github.com/team/app", "ref": "main"},
        "image": "team/app",
        "tag": "1.4",
        "build_args": {"VERSION": "1.4"},
    },
    request_only=True,
)


class BuildsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="builds_list",
        summary="Your builds, the newest first",
        parameters=[*_PARAMETERS, *_FILTERS],
        responses=BuildListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        params = request.query_params
        rows = selectors.visible_builds(
            self.actor,
            search=query.search,
            status=params.get("status", ""),
            consumer=consumer_of({name: params.get(name) for name in ("workflow_id", "node_id")})
            if params.get("node_id")
            else None,
            workflow=params.get("workflow_id", ""),
        )
        return list_response("builds", selectors.listed_builds(rows), query, build_summary_out)


class BuildStartView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="builds_start",
        summary="Build an image and push it; it begins when it is your turn",
        request=BuildIn,
        responses={201: BuildOut},
        examples=[_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        data = self.read(BuildIn, request)
        build = services.start_build(given=given_of(data), consumer=consumer_of(data), actor=self.actor)
        return Response(build_out(build), status=status.HTTP_201_CREATED)


class BuildEngineView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="builds_engine",
        summary="What builds images here, and what it can do",
        parameters=[
            OpenApiParameter("name", str, description="one of `names`; the usual one without it, or where it is gone")
        ],
        responses=BuildEngineOut,
    )
    def get(self, request: Request) -> Response:
        found = selectors.describe_engine(request.query_params.get("name", ""))
        return Response(
            {
                "is_configured": bool(found.name),
                "name": found.name,
                "names": list(selectors.list_engines()),
                "version": found.version,
                "has_buildkit": found.has_buildkit,
                "has_attestations": found.has_attestations,
                "problem": found.problem,
            }
        )


class BuildView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(operation_id="builds_get", summary="One build with its steps", responses=BuildOut)
    def get(self, request: Request, id: str) -> Response:
        return Response(build_out(selectors.get_build(build_id=id, actor=self.actor)))


class BuildCancelView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="builds_cancel",
        summary="End it now, in whichever phase it is",
        request=None,
        responses=BuildOut,
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(build_out(services.cancel_build(build_id=id, actor=self.actor)))


class BuildRetryView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="builds_retry",
        summary="A new build of the same source, with the same secrets",
        request=None,
        responses={201: BuildOut},
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        build = services.retry_build(build_id=id, actor=self.actor)
        return Response(build_out(build), status=status.HTTP_201_CREATED)


class BuildUploadsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="builds_upload",
        summary="Upload an archive to build; it is kept for a day",
        request={"multipart/form-data": BuildUploadIn},
        responses={201: BuildUploadOut},
    )
    def post(self, request: Request) -> Response:
        file: Any = request.FILES.get("file")
        if file is None:
            raise BadBuild("file", "Send the archive as the field `file` of a multipart form.")
        upload = services.upload_source(filename=file.name or "", chunks=file.chunks(), actor=self.actor)
        return Response(upload_out(upload), status=status.HTTP_201_CREATED)
