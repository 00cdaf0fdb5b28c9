"""What a cluster is made of, and how much of it is used, over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clusters import selectors, services
from clusters.api.care_serializers import ClusterMetadataOut, ClusterMetricsOut, metadata_out, metrics_out
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope


class ClusterRefreshView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="clusters_refresh",
        summary="Ask it what it is made of and what its identity may do there; kept until the next time",
        request=None,
        responses=ClusterMetadataOut,
    )
    def post(self, request: Request, name: str) -> Response:
        return Response(metadata_out(*services.refresh_cluster(name_or_id=name, actor=self.actor)))


class ClusterMetadataView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="clusters_metadata",
        summary="What the last refresh found; nothing is asked",
        responses=ClusterMetadataOut,
    )
    def get(self, request: Request, name: str) -> Response:
        return Response(metadata_out(*selectors.get_metadata(name_or_id=name, actor=self.actor)))


class ClusterMetricsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="clusters_metrics", summary="How much of its nodes is used now", responses=ClusterMetricsOut
    )
    def get(self, request: Request, name: str) -> Response:
        return Response(metrics_out(services.measure_cluster(name_or_id=name, actor=self.actor)))
