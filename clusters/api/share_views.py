"""Who else may use a cluster, over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from clusters import selectors, services
from clusters.api.serializers import ClusterMessageOut
from clusters.api.share_serializers import ClusterShareIn, ClusterShareListOut, ClusterShareOut, share_out
from clusters.api.views import LIST_PARAMETERS
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView

_SORTS = {name: name for name in ("created_at", "updated_at", "email", "role")}


class ClusterShareView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="clusters_share",
        summary="Share it with somebody, or give them another role; 201 when they had none",
        request=ClusterShareIn,
        responses={200: ClusterShareOut, 201: ClusterShareOut},
    )
    def post(self, request: Request, name: str) -> Response:
        data = self.read(ClusterShareIn, request)
        share, is_new = services.share_cluster(
            name_or_id=name,
            email=data.get("email") or "",
            user_id=data.get("user_id") or "",
            role=data["role"],
            namespaces=data.get("namespaces") or [],
            actor=self.actor,
        )
        return Response(share_out(share), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class ClusterSharesView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="clusters_shares",
        summary="With whom it is shared; for those who may share it",
        parameters=LIST_PARAMETERS,
        responses=ClusterShareListOut,
    )
    def get(self, request: Request, name: str) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.list_shares(name_or_id=name, search=query.search, actor=self.actor)
        return list_response("shares", rows, query, share_out)


class ClusterShareItemView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="clusters_unshare",
        summary="Take it back; whoever has it may also give it back",
        responses=ClusterMessageOut,
    )
    def delete(self, request: Request, name: str, id: str) -> Response:
        share = services.unshare_cluster(name_or_id=name, share_id=id, actor=self.actor)
        return Response({"message": f"The cluster is no longer shared with {share.email}."})
