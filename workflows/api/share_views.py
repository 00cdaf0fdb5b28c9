"""Who else may see or edit a workflow, over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from workflows import selectors
from workflows.api.share_serializers import (
    WorkflowShareIn,
    WorkflowShareListOut,
    WorkflowShareOut,
    WorkflowUnsharedOut,
    share_out,
)
from workflows.services import shares

_SORTS = {name: name for name in ("created_at", "updated_at", "email", "role")}


class WorkflowShareView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="workflows_share",
        summary="Share it with somebody, or give them another role; 201 when they had none",
        request=WorkflowShareIn,
        responses={200: WorkflowShareOut, 201: WorkflowShareOut},
    )
    def post(self, request: Request, id: str) -> Response:
        data = self.read(WorkflowShareIn, request)
        share, is_new = shares.share_workflow(workflow_id=id, email=data["email"], role=data["role"], actor=self.actor)
        return Response(share_out(share), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class WorkflowSharesView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="workflows_shares",
        summary="With whom it is shared; for its owner",
        parameters=[OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")],
        responses=WorkflowShareListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.list_shares(workflow_id=id, search=query.search, actor=self.actor)
        return list_response("shares", rows, query, share_out)


class WorkflowShareItemView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="workflows_unshare",
        summary="Take it back; whoever has it may also give it back",
        responses=WorkflowUnsharedOut,
    )
    def delete(self, request: Request, id: str, share_id: str) -> Response:
        share = shares.unshare_workflow(workflow_id=id, share_id=share_id, actor=self.actor)
        return Response({"message": f"The workflow is no longer shared with {share.email}."})
