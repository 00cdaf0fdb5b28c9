"""Running workflows, and looking at what became of it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.paging import list_query, list_response, page_body
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope
from workflows.api.run_serializers import (
    AwaitedRunOut,
    NodeBuildOut,
    PlanIn,
    PlanOut,
    RollbackIn,
    RunDetailOut,
    RunIn,
    RunListOut,
    StartedOut,
    TargetListOut,
    UndeployIn,
    WorkflowStatusOut,
    options_of,
)
from workflows.building import services as building
from workflows.models import Target
from workflows.runs import selectors, services
from workflows.runs.documents import run_detail, run_document, started_json, target_document
from workflows.runs.naming import Names, status_as_told, told_to

LIST_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_TARGET = OpenApiParameter("target", str, description="the id of a target; default: that of the last run")


class PlanView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_plan",
        summary="What a run would do to each object; nothing is changed",
        request=PlanIn,
        responses=PlanOut,
    )
    def post(self, request: Request, id: str) -> Response:
        data = self.read(PlanIn, request)
        plan = services.plan_run(
            workflow_id=id,
            cluster=data.get("cluster") or "",
            namespace=data.get("namespace") or "",
            version=data.get("version"),
            options=options_of(data),
            actor=self.actor,
        )
        return Response({"plan": plan})


class StartView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="workflows_run",
        summary="Deploy the draft, or a version, to a cluster and namespace",
        request=RunIn,
        responses={200: StartedOut, 202: AwaitedRunOut},
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        data = self.read(RunIn, request)
        if data.get("build"):
            return self._build_first(id, data)
        run = services.start_run(
            workflow_id=id,
            cluster=data.get("cluster") or "",
            namespace=data.get("namespace") or "",
            version=data.get("version"),
            options=options_of(data),
            actor=self.actor,
        )
        return Response(started_json(run))

    def _build_first(self, id: str, data: dict[str, Any]) -> Response:
        if data.get("version") is not None:
            message = "A version has its images already; build with the draft."
            raise InvalidInput(message, fields={"build": [message]})
        awaited = building.build_and_run(
            workflow_id=id,
            cluster=data.get("cluster") or "",
            namespace=data.get("namespace") or "",
            options=options_of(data),
            actor=self.actor,
        )
        return Response(building.awaited_json(awaited), status=status.HTTP_202_ACCEPTED)


class AwaitedRunView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_awaited_run",
        summary="A run that waits for its images: how far it is",
        responses=AwaitedRunOut,
    )
    def get(self, request: Request, id: str, awaited_id: str) -> Response:
        awaited = building.get_awaited_run(workflow_id=id, awaited_id=awaited_id, actor=self.actor)
        return Response(building.awaited_json(awaited))


class NodeBuildView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="workflows_build_node",
        summary="Build what a build node says; its end sets the node's image by digest, in a new version",
        request=None,
        responses={201: NodeBuildOut},
    )
    @idempotent
    def post(self, request: Request, id: str, node_id: str) -> Response:
        build = building.build_node(workflow_id=id, node_id=node_id, actor=self.actor)
        return Response({"build_id": build.pk, "status": build.status}, status=status.HTTP_201_CREATED)


class RollbackView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="workflows_rollback",
        summary="Deploy again exactly what an earlier run deployed; the draft is untouched",
        request=RollbackIn,
        responses=StartedOut,
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        data = self.read(RollbackIn, request)
        run = services.rollback_to(workflow_id=id, run_id=data["run_id"], options=options_of(data), actor=self.actor)
        return Response(started_json(run))


class RunsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_runs_list",
        summary="The runs of a workflow, the newest first",
        parameters=[*LIST_PARAMETERS, OpenApiParameter("status", str), OpenApiParameter("target", str)],
        responses=RunListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        names = ("created_at", "started_at", "finished_at", "status", "operation")
        query = list_query(request, sorts={**{name: name for name in names}, "version": "version_number"})
        rows = selectors.list_runs(
            workflow_id=id,
            status=request.query_params.get("status", ""),
            target_id=request.query_params.get("target", ""),
            search=query.search,
            actor=self.actor,
        )
        reader = Names(self.actor)
        return list_response("runs", rows, query, lambda run: reader.told(run_document(run)))


class RunView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="runs_get", summary="A run with its steps, objects, plan and log", responses=RunDetailOut
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(told_to(run_detail(selectors.get_run(run_id=id, actor=self.actor)), self.actor))


class CancelView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="runs_cancel",
        summary="Stop a run where it is; what it applied stays",
        request=None,
        responses=StartedOut,
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(started_json(services.cancel_run(run_id=id, actor=self.actor)))


class TargetsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_targets_list",
        summary="Where a workflow runs: clusters and namespaces",
        parameters=LIST_PARAMETERS,
        responses=TargetListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        sorts = {"created_at": "created_at", "updated_at": "updated_at", "namespace": "namespace"}
        query = list_query(request, sorts={**sorts, "cluster": "cluster_name"})
        rows = selectors.list_targets(workflow_id=id, search=query.search, actor=self.actor)
        page: list[Target] = list(rows.order_by(*query.ordering)[query.offset : query.offset + query.limit])
        runs = selectors.last_runs(page)
        items = [target_document(target, runs.get(target.pk)) for target in page]
        return Response(page_body("targets", told_to(items, self.actor), rows.count(), query))


class UndeployView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="targets_undeploy",
        summary="Remove everything that a target deployed, and its namespace if it made that",
        request=UndeployIn,
        responses=StartedOut,
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        data = self.read(UndeployIn, request)
        run = services.undeploy_target(
            target_id=id,
            delete_claims=data.get("delete_claims") or (),
            timeout_seconds=data.get("timeout_seconds"),
            actor=self.actor,
        )
        return Response(started_json(run))


class WorkflowStatusView(ApiView):
    """The other method of this route, which changes whether a workflow is a draft, is added where that is
    known."""

    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="workflows_status_get",
        summary="How every node fares on one target",
        parameters=[_TARGET],
        responses=WorkflowStatusOut,
    )
    def get(self, request: Request, id: str) -> Response:
        target_id = request.query_params.get("target", "")
        return Response(status_as_told(workflow_id=id, target_id=target_id, actor=self.actor))
