"""Clusters over HTTP: adding, showing, changing, removing."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from clusters import selectors, services
from clusters.api.serializers import (
    ClusterChangeIn,
    ClusterIn,
    ClusterListOut,
    ClusterMessageOut,
    ClusterOut,
    cluster_out,
    description_of,
    given_of,
)
from clusters.errors import NoDefaultCluster
from clusters.models import Cluster
from core.api.etag import check_if_match, if_match, make_etag, with_etag
from core.api.idempotency import idempotent
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope

LIST_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_SORTS = {name: name for name in ("created_at", "updated_at", "display_name", "status", "version")}
_SORTS["name"] = "shown_name"


def etag_of(cluster: Cluster) -> str:
    return make_etag(cluster.pk, cluster.revision)


def cluster_response(cluster: Cluster, code: int = status.HTTP_200_OK) -> Response:
    return with_etag(Response(cluster_out(cluster), status=code), etag_of(cluster))


def if_match_check(request: Request) -> services.Check:
    """For a service that changes a cluster: raises the 412 when someone else was first."""
    expected = if_match(request)
    return lambda cluster: check_if_match(expected, etag_of(cluster))


def flag(request: Request, name: str) -> bool:
    """A yes or no of the query."""
    text = (request.query_params.get(name) or "false").lower()
    if text not in ("true", "false", "1", "0"):
        message = f"{name} is true or false."
        raise InvalidInput(message, fields={name: [message]})
    return text in ("true", "1")


class ClustersView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="clusters_list", summary="Your clusters", parameters=LIST_PARAMETERS, responses=ClusterListOut
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        return list_response("clusters", selectors.visible_clusters(self.actor, query.search), query, cluster_out)

    @extend_schema(
        operation_id="clusters_create",
        summary="Add a cluster; the answer says whether it could be reached",
        request=ClusterIn,
        responses={201: ClusterOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        data = self.read(ClusterIn, request)
        cluster = services.create_cluster(
            name=data["name"],
            given=given_of(data, data["auth_type"]),
            description=description_of(data),
            is_default=data["is_default"],
            actor=self.actor,
        )
        return cluster_response(cluster, status.HTTP_201_CREATED)


class DefaultClusterView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(operation_id="clusters_default", summary="What is used where none is named", responses=ClusterOut)
    def get(self, request: Request) -> Response:
        cluster = selectors.get_default_cluster(actor=self.actor)
        if cluster is None:
            raise NoDefaultCluster
        return cluster_response(cluster)


class ClusterView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ}

    @extend_schema(operation_id="clusters_get", summary="One cluster, by name or id", responses=ClusterOut)
    def get(self, request: Request, name: str) -> Response:
        return cluster_response(selectors.get_cluster(name_or_id=name, actor=self.actor))

    @extend_schema(
        operation_id="clusters_update",
        summary="Change what is sent; another host needs its credentials with it",
        request=ClusterChangeIn,
        responses=ClusterOut,
    )
    def put(self, request: Request, name: str) -> Response:
        data = self.read(ClusterChangeIn, request)
        cluster = services.update_cluster(
            name_or_id=name,
            name=data.get("name"),
            given=given_of(data, data.get("auth_type") or ""),
            description=description_of(data),
            check=if_match_check(request),
            actor=self.actor,
        )
        return cluster_response(cluster)

    @extend_schema(
        operation_id="clusters_delete",
        summary="Forget a cluster; what runs there stays there",
        parameters=[OpenApiParameter("force", bool, description="also while something deployed runs there")],
        responses=ClusterMessageOut,
    )
    def delete(self, request: Request, name: str) -> Response:
        cluster = services.delete_cluster(name_or_id=name, force=flag(request, "force"), actor=self.actor)
        return Response({"message": f"The cluster {cluster.name} is removed."})
