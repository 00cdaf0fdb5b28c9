"""Versions over HTTP."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import check_if_match, if_match, with_etag
from core.api.idempotency import idempotent
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope
from workflows import selectors, services
from workflows.api.graph_fields import raw_json
from workflows.api.version_serializers import (
    ComparisonOut,
    RestoredOut,
    VersionIn,
    VersionListOut,
    VersionOut,
    version_etag,
    version_fields_of,
    version_out,
    version_raw,
    version_summary_out,
)
from workflows.api.workflow_serializers import etag_of, workflow_raw
from workflows.api.workflow_views import IF_MATCH, LIST_PARAMETERS, check_of

_SORTS = {
    "created_at": "number",
    "updated_at": "updated_at",
    "version": "number",
    "name": "name",
    "tag": "tag",
}


class VersionsView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "POST": Scope.WRITE}

    @extend_schema(
        operation_id="versions_list",
        summary="The versions of a workflow, without their graphs",
        parameters=LIST_PARAMETERS,
        responses=VersionListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.list_versions(workflow_id=id, search=query.search, actor=self.actor)
        return list_response("versions", rows, query, version_summary_out)

    @extend_schema(
        operation_id="versions_create",
        summary="Keep the draft as a version",
        request=VersionIn,
        responses={201: VersionOut},
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        fields = version_fields_of(self.read(VersionIn, request))
        version = services.create_version(workflow_id=id, fields=fields, actor=self.actor)
        return with_etag(Response(version_out(version), status=status.HTTP_201_CREATED), version_etag(version))


class VersionView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "PUT": Scope.WRITE}

    @extend_schema(operation_id="versions_get", summary="One version with its graph", responses=VersionOut)
    def get(self, request: Request, id: str, version: str) -> HttpResponse:
        found = selectors.get_version(workflow_id=id, number=version, actor=self.actor)
        return raw_json(version_raw(found), etag=version_etag(found))

    @extend_schema(
        operation_id="versions_update",
        summary="Change name, description or tag; the graph never changes",
        parameters=[IF_MATCH],
        request=VersionIn,
        responses=VersionOut,
    )
    def put(self, request: Request, id: str, version: str) -> HttpResponse:
        expected = if_match(request)
        found = services.update_version(
            workflow_id=id,
            number=version,
            fields=version_fields_of(self.read(VersionIn, request)),
            check=lambda row: check_if_match(expected, version_etag(row)),
            actor=self.actor,
        )
        return raw_json(version_raw(found), etag=version_etag(found))


class RestoreView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="versions_restore",
        summary="The draft becomes what the version held, and a new version says so; nothing is deployed",
        parameters=[IF_MATCH],
        request=None,
        responses=RestoredOut,
    )
    def post(self, request: Request, id: str, version: str) -> HttpResponse:
        restored = services.restore_version(workflow_id=id, number=version, check=check_of(request), actor=self.actor)
        body = {"workflow": workflow_raw(restored.workflow), "version": version_raw(restored.version)}
        return raw_json(body, etag=etag_of(restored.workflow))


class CompareView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="versions_compare",
        summary="What changed from one version to another",
        parameters=[
            OpenApiParameter(name, str, required=True, description="a number, or draft") for name in ("v1", "v2")
        ],
        responses=ComparisonOut,
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        sides = {name: request.query_params.get(name, "") for name in ("v1", "v2")}
        return raw_json(selectors.compare_versions(workflow_id=id, **sides, actor=self.actor))
