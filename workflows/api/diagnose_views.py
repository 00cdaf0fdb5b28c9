"""Why a node is red, and what makes it green again."""

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.permissions import Access
from core.api.times import format_time
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope
from workflows.api.diagnose_serializers import DiagnosticsOut, FixedOut, FixIn, FixTemplateOut
from workflows.api.graph_fields import raw_json
from workflows.api.workflow_serializers import etag_of, workflow_raw
from workflows.api.workflow_views import IF_MATCH, check_of
from workflows.runs import diagnosing
from workflows.runs.naming import told_to

_TARGET = OpenApiParameter("target", str, description="the id of a target; default: that of the last run")
_VALUES = OpenApiParameter("values", str, description="a JSON object: what to preview the fix with")


class DiagnosticsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_node_diagnostics",
        summary="What is wrong with a node where it runs, and what to do",
        parameters=[_TARGET],
        responses=DiagnosticsOut,
    )
    def get(self, request: Request, id: str, node_id: str) -> Response:
        found = diagnosing.diagnose_node(
            workflow_id=id, node_id=node_id, target_id=request.query_params.get("target", ""), actor=self.actor
        )
        return Response({**told_to(found.to_json(), self.actor), "checked_at": format_time(found.checked_at)})


class FixTemplateView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_node_fix_template",
        summary="What a fix asks, and what it would change; nothing is changed",
        parameters=[_TARGET, _VALUES],
        responses=FixTemplateOut,
    )
    def get(self, request: Request, id: str, node_id: str, fix_type: str) -> Response:
        template = diagnosing.fix_template(
            workflow_id=id,
            node_id=node_id,
            fix_type=fix_type,
            values=_values(request),
            target_id=request.query_params.get("target", ""),
            actor=self.actor,
        )
        return Response(template.to_json())


class FixView(ApiView):
    access = Access.MEMBER
    token_scopes = (Scope.WRITE, Scope.DEPLOY)

    @extend_schema(
        operation_id="workflows_node_fix",
        summary="Change the graph as a fix says, and run it if asked",
        parameters=[_TARGET, IF_MATCH],
        request=FixIn,
        responses=FixedOut,
    )
    def post(self, request: Request, id: str, node_id: str) -> HttpResponse:
        data = self.read(FixIn, request)
        fixed = diagnosing.apply_fix(
            workflow_id=id,
            node_id=node_id,
            fix_type=data["fix_type"],
            values=data.get("values") or {},
            run=bool(data.get("run")),
            target_id=request.query_params.get("target", ""),
            check=check_of(request),
            actor=self.actor,
        )
        more = {"run_id": fixed.run.pk} if fixed.run is not None else {}
        return raw_json({"workflow": workflow_raw(fixed.workflow), **more}, etag=etag_of(fixed.workflow))


def _values(request: Request) -> dict[str, Any] | None:
    text = request.query_params.get("values")
    if not text:
        return None
    try:
        return msgspec.json.decode(text.encode(), type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeEncodeError):
        message = "values must be a JSON object."
        raise InvalidInput(message, fields={"values": [message]}) from None
