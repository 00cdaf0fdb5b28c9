"""Workflows over HTTP: the list, and each by itself."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import check_if_match, if_match, with_etag
from core.api.idempotency import idempotent
from core.api.paging import list_query, page_body
from core.api.permissions import Access
from core.api.times import format_time
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope
from workflows import selectors, services
from workflows.api.graph_fields import graph_of, raw_json, refuse_huge
from workflows.api.workflow_serializers import (
    CleanupIn,
    DeletedOut,
    WorkflowCreateIn,
    WorkflowIn,
    WorkflowListOut,
    WorkflowOut,
    etag_of,
    fields_of,
    summary_out,
    workflow_out,
    workflow_raw,
)
from workflows.models import Workflow
from workflows.services.rows import Check

LIST_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="an ETag; 412 when someone else was first"
)
CLEANUP = OpenApiParameter("cleanup", bool, description="also remove what it deployed")
_SORTS = {name: name for name in ("created_at", "updated_at", "name", "status", "deleted_at")}


def check_of(request: Request) -> Check:
    """If-Match, compared by the service under the row's lock."""
    expected = if_match(request)
    return lambda workflow: check_if_match(expected, etag_of(workflow))


def flag(request: Request, name: str) -> bool:
    """`?name=true`."""
    text = request.query_params.get(name, "").lower()
    if text in ("true", "1"):
        return True
    if text in ("", "false", "0"):
        return False
    message = f"{name} is either true or false."
    raise InvalidInput(message, fields={name: [message]})


def is_summary(request: Request) -> bool:
    """`?fields=summary`."""
    fields = request.query_params.get("fields", "")
    if fields not in ("", "summary"):
        message = "fields is either left out or summary."
        raise InvalidInput(message, fields={"fields": [message]})
    return fields == "summary"


class WorkflowsView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "POST": Scope.WRITE}

    @extend_schema(
        operation_id="workflows_list",
        summary="Your workflows",
        parameters=[
            *LIST_PARAMETERS,
            OpenApiParameter("status", str, enum=["draft", "published", "archived"]),
            OpenApiParameter("fields", str, enum=["summary"], description="leave out nodes and edges"),
            OpenApiParameter("deleted", bool, description="those that can still be brought back instead"),
        ],
        responses=WorkflowListOut,
    )
    def get(self, request: Request) -> HttpResponse:
        query = list_query(request, sorts=_SORTS)
        without_graph = is_summary(request)
        rows = selectors.list_workflows(
            status=request.query_params.get("status", ""),
            search=query.search,
            with_graph=not without_graph,
            deleted=flag(request, "deleted"),
            actor=self.actor,
        )
        total = rows.count()
        # Which ones first: sorting them all with their graphs would cost more than all the rest.
        chosen = rows.order_by(*query.ordering).values("pk")[query.offset : query.offset + query.limit]
        page = rows.filter(pk__in=chosen).order_by(*query.ordering) if total else ()
        render: Callable[[Workflow], Any] = summary_out if without_graph else workflow_raw
        items: list[Any] = [render(row) for row in page]
        return raw_json(page_body("workflows", items, total, query))

    @extend_schema(
        operation_id="workflows_create",
        summary="A new workflow, with a graph if there is one already",
        request=WorkflowCreateIn,
        responses={201: WorkflowOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        refuse_huge(request)
        data = self.read(WorkflowCreateIn, request)
        workflow = services.create_workflow(sent=graph_of(data), fields=fields_of(data), actor=self.actor)
        return with_etag(Response(workflow_out(workflow), status=status.HTTP_201_CREATED), etag_of(workflow))


class WorkflowView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "PUT": Scope.WRITE, "DELETE": (Scope.WRITE, Scope.DEPLOY)}

    @extend_schema(operation_id="workflows_get", summary="One workflow", responses=WorkflowOut)
    def get(self, request: Request, id: str) -> HttpResponse:
        workflow = selectors.get_workflow(workflow_id=id, actor=self.actor)
        return raw_json(workflow_raw(workflow), etag=etag_of(workflow))

    @extend_schema(
        operation_id="workflows_update",
        summary="Change what is sent: name, description, tags, where it runs, the graph",
        parameters=[IF_MATCH],
        request=WorkflowIn,
        responses=WorkflowOut,
    )
    def put(self, request: Request, id: str) -> HttpResponse:
        refuse_huge(request)
        data = self.read(WorkflowIn, request)
        workflow = services.update_workflow(
            workflow_id=id, sent=graph_of(data), fields=fields_of(data), check=check_of(request), actor=self.actor
        )
        return raw_json(workflow_raw(workflow), etag=etag_of(workflow))

    @extend_schema(
        operation_id="workflows_delete",
        summary="Delete it; for 30 days it can be brought back",
        parameters=[
            CLEANUP,
            OpenApiParameter("delete_claims", str, many=True, description="as in the body of other actions"),
            IF_MATCH,
        ],
        responses=DeletedOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        claims: list[str] = self.read(CleanupIn, request).get("delete_claims") or []
        deleted = services.delete_workflow(
            workflow_id=id,
            cleanup=flag(request, "cleanup"),
            delete_claims=claims or request.query_params.getlist("delete_claims"),
            check=check_of(request),
            actor=self.actor,
        )
        until = format_time(deleted.undo_until)
        message = f'The workflow "{deleted.workflow.name}" is deleted. It can be brought back until {until}.'
        return Response({"message": message, "undo_until": until, "run_ids": list(deleted.run_ids)})
