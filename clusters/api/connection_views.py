"""How a cluster is reached: test, status, log, credentials, and which one is the default."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clusters import selectors, services
from clusters.api.serializers import (
    ClusterOut,
    ClusterStatusOut,
    ClusterTestOut,
    ConnectionLogListOut,
    CredentialsIn,
    given_of,
    log_out,
    status_out,
    test_out,
)
from clusters.api.views import LIST_PARAMETERS, cluster_response, if_match_check
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope


class ClusterDefaultView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="clusters_set_default",
        summary="Make it the cluster that is used where none is named",
        request=None,
        responses=ClusterOut,
    )
    def put(self, request: Request, name: str) -> Response:
        cluster = services.set_default_cluster(name_or_id=name, check=if_match_check(request), actor=self.actor)
        return cluster_response(cluster)


class ClusterTestView(ApiView):
    access = Access.MEMBER

    @extend_schema(operation_id="clusters_test", summary="Try to reach it now", request=None, responses=ClusterTestOut)
    def post(self, request: Request, name: str) -> Response:
        return Response(test_out(services.test_cluster(name_or_id=name, actor=self.actor)))


class ClusterStatusView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="clusters_status", summary="What was last seen of it; nothing is asked", responses=ClusterStatusOut
    )
    def get(self, request: Request, name: str) -> Response:
        return Response(status_out(selectors.get_cluster(name_or_id=name, actor=self.actor)))


class ClusterLogsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="clusters_logs",
        summary="When it was reached, and when not",
        parameters=LIST_PARAMETERS,
        responses=ConnectionLogListOut,
    )
    def get(self, request: Request, name: str) -> Response:
        query = list_query(request, sorts={"created_at": "created_at", "action": "action", "success": "is_success"})
        rows = selectors.list_connection_logs(name_or_id=name, search=query.search, actor=self.actor)
        return list_response("logs", rows, query, log_out)


class ClusterCredentialsView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="clusters_set_credentials",
        summary="Replace the credentials, once the new ones have been seen to work; the address stays",
        request=CredentialsIn,
        responses=ClusterOut,
    )
    def put(self, request: Request, name: str) -> Response:
        data = self.read(CredentialsIn, request)
        cluster = services.change_credentials(
            name_or_id=name,
            given=given_of(data, data.get("auth_type") or ""),
            check=if_match_check(request),
            actor=self.actor,
        )
        return cluster_response(cluster)
