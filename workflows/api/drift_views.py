"""Drift over HTTP: what is not as it was deployed, and the two ways to end that."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope
from workflows.api.drift_serializers import AdoptIn, DriftOut, RevertIn, names_of
from workflows.api.graph_fields import raw_json
from workflows.api.run_serializers import StartedOut, options_of
from workflows.api.workflow_serializers import SavedOut, etag_of, workflow_raw
from workflows.api.workflow_views import IF_MATCH, check_of
from workflows.errors import problem_json
from workflows.runs import drift
from workflows.runs.documents import drift_document, started_json

_TARGET = OpenApiParameter("target", str, description="the id of a target; default: that of the last run")


class DriftView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_drift",
        summary="What is live and not as it was deployed, by object and field, and who changed it",
        parameters=[_TARGET],
        responses=DriftOut,
    )
    def get(self, request: Request, id: str) -> Response:
        target_id = request.query_params.get("target", "")
        report = drift.find_drift(workflow_id=id, target_id=target_id, actor=self.actor)
        return Response(drift_document(report, actor=self.actor))


class RevertView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="workflows_drift_revert",
        summary="Apply these objects again as they were deployed, whoever changed them since",
        parameters=[_TARGET],
        request=RevertIn,
        responses=StartedOut,
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        data = self.read(RevertIn, request)
        run = drift.revert_drift(
            workflow_id=id,
            target_id=request.query_params.get("target", ""),
            objects=names_of(data),
            options=options_of(data),
            actor=self.actor,
        )
        return Response(started_json(run))


class AdoptView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="workflows_drift_adopt",
        summary="Take what is live of these objects into the draft, as overrides of their nodes",
        parameters=[_TARGET, IF_MATCH],
        request=AdoptIn,
        responses=SavedOut,
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        data = self.read(AdoptIn, request)
        saved = drift.adopt_drift(
            workflow_id=id,
            target_id=request.query_params.get("target", ""),
            objects=names_of(data),
            check=check_of(request),
            actor=self.actor,
        )
        problems = [problem_json(problem) for problem in saved.problems]
        return raw_json(workflow_raw(saved.workflow, problems=problems), etag=etag_of(saved.workflow))
