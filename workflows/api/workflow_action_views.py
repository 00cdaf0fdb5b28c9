"""What one does with a workflow: save, check, copy, publish, bring back, download."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import with_etag
from core.api.idempotency import idempotent
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope
from workflows import services
from workflows.api.graph_fields import GraphIn, graph_of, raw_json, refuse_huge
from workflows.api.workflow_serializers import (
    CloneIn,
    PreviewIn,
    PreviewOut,
    SavedOut,
    SaveIn,
    StatusIn,
    StatusOut,
    ValidationOut,
    WorkflowOut,
    etag_of,
    workflow_out,
    workflow_raw,
)
from workflows.api.workflow_views import CLEANUP, IF_MATCH, check_of, flag
from workflows.errors import problem_json
from workflows.graph.validate import is_runnable
from workflows.services.manifests import FORMATS

PROBLEMS_HEADER = "Sailcloth-Problems"


class SaveView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="workflows_save",
        summary="Keep the drawing, finished or not; what is wrong with it comes back as problems",
        parameters=[IF_MATCH],
        request=SaveIn,
        responses=SavedOut,
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        refuse_huge(request)
        sent = graph_of(self.read(SaveIn, request))
        saved = services.save_graph(workflow_id=id, sent=sent, check=check_of(request), actor=self.actor)
        problems = [problem_json(problem) for problem in saved.problems]
        return raw_json(workflow_raw(saved.workflow, problems=problems), etag=etag_of(saved.workflow))


class ValidateView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_validate",
        summary="What is wrong with a graph, or with the draft when none is sent",
        parameters=[
            OpenApiParameter("cluster", str, description="the name of a cluster: also what it lacks for this graph")
        ],
        request=GraphIn,
        responses=ValidationOut,
    )
    def post(self, request: Request, id: str) -> Response:
        refuse_huge(request)
        sent = graph_of(self.read(GraphIn, request))
        cluster = request.query_params.get("cluster", "")
        problems = services.validate_draft(workflow_id=id, sent=sent, cluster=cluster, actor=self.actor)
        return Response({"valid": is_runnable(problems), "problems": [problem_json(problem) for problem in problems]})


class PreviewView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_preview",
        summary="The Kubernetes objects that a graph becomes, saved or not; nothing is kept",
        request=PreviewIn,
        responses=PreviewOut,
    )
    def post(self, request: Request, id: str) -> Response:
        refuse_huge(request)
        data = self.read(PreviewIn, request)
        text, objects, problems = services.preview_objects(
            workflow_id=id, sent=graph_of(data), node_id=data.get("node_id") or "", actor=self.actor
        )
        found = [
            {
                "node_id": item.node_id,
                "api_version": item.api_version,
                "kind": item.kind,
                "namespace": item.namespace,
                "name": item.name,
            }
            for item in objects
        ]
        return Response({"yaml": text, "objects": found, "problems": [problem_json(problem) for problem in problems]})


class CloneView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="workflows_clone",
        summary="A copy with the same graph, as a draft",
        request=CloneIn,
        responses={201: WorkflowOut},
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        name = self.read(CloneIn, request).get("name") or ""
        workflow = services.clone_workflow(workflow_id=id, name=name, actor=self.actor)
        return with_etag(Response(workflow_out(workflow), status=status.HTTP_201_CREATED), etag_of(workflow))


class StatusView(ApiView):
    access = Access.MEMBER
    token_scopes = (Scope.WRITE, Scope.DEPLOY)

    @extend_schema(
        operation_id="workflows_set_status",
        summary="Publish, archive, or make it a draft again",
        parameters=[CLEANUP, IF_MATCH],
        request=StatusIn,
        responses=StatusOut,
    )
    def put(self, request: Request, id: str) -> HttpResponse:
        data = self.read(StatusIn, request)
        changed = services.set_status(
            workflow_id=id,
            status=data["status"],
            cleanup=flag(request, "cleanup"),
            delete_claims=data.get("delete_claims") or (),
            check=check_of(request),
            actor=self.actor,
        )
        more = {"run_ids": list(changed.run_ids)} if changed.run_ids else {}
        return raw_json(workflow_raw(changed.workflow, **more), etag=etag_of(changed.workflow))


class UndeleteView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="workflows_undelete",
        summary="Bring a deleted workflow back, within 30 days",
        request=None,
        responses=WorkflowOut,
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        workflow = services.undelete_workflow(workflow_id=id, actor=self.actor)
        return raw_json(workflow_raw(workflow), etag=etag_of(workflow))


class ManifestsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_manifests",
        summary="The Kubernetes objects as a file; secret values are placeholders",
        description=f"The header {PROBLEMS_HEADER} counts what is wrong; YAML says it in comments at the top.",
        parameters=[
            OpenApiParameter("format", str, enum=FORMATS, description="yaml by default; kustomize is a zip"),
            OpenApiParameter("version", int, description="instead of the draft"),
            OpenApiParameter("namespace", str, description="of objects that name none"),
        ],
        responses={
            (200, "application/yaml"): OpenApiTypes.STR,
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/zip"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        params = request.query_params
        file = services.manifests(
            workflow_id=id,
            format=params.get("format") or FORMATS[0],
            version=params.get("version", ""),
            namespace=params.get("namespace", ""),
            actor=self.actor,
        )
        response = HttpResponse(file.body, content_type=file.content_type)
        response["Content-Disposition"] = f'attachment; filename="{file.filename}"'
        response[PROBLEMS_HEADER] = str(len(file.problems))
        return response
