"""Resources over HTTP: lists, one with all around it, marks, and what its buttons do."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clusters.api.resource_serializers import (
    PodListOut,
    ResourceDetailOut,
    ResourceListOut,
    ResourceMarkIn,
    ResourceMessageOut,
    ResourceMetricsOut,
    ResourceOut,
    ScaleIn,
    SyncIn,
    SyncOut,
    detail_out,
    metrics_out,
    mirrors_out,
    resource_out,
)
from clusters.models import Resource
from clusters.resources import selectors, services
from clusters.resources.looking import note_look, sync_resources
from clusters.resources.metrics import MOST_PODS, measure_pods
from clusters.resources.reading import entries_about, read_live, tree_of
from clusters.resources.selectors import ResourceFilter, Seen
from core.api.etag import check_if_match, if_match, make_etag, with_etag
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope

LIST_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
FILTERS = [
    OpenApiParameter("cluster", str, description="name or id"),
    OpenApiParameter("namespace", str, description="one, or several with commas"),
    OpenApiParameter("kind", str, description="one, or several with commas"),
    OpenApiParameter("status", str, description="a status, a health or `deleted`; several with commas"),
    OpenApiParameter("workflow", str, description="what this workflow deployed, and what came of it"),
    OpenApiParameter("favorite", bool),
]
_SORTS = {
    name: name
    for name in ("created_at", "updated_at", "name", "namespace", "kind", "status", "health", "reason", "node")
}


def etag_of(row: Resource) -> str:
    """Of what people change: their marks."""
    mark = selectors.mark_of(row)
    return make_etag(row.pk, mark.revision if mark is not None else 0)


def resource_response(row: Resource, seen: Seen) -> Response:
    return with_etag(Response(resource_out(row, seen)), etag_of(row))


def filter_of(request: Request) -> ResourceFilter:
    def text(name: str) -> str:
        return (request.query_params.get(name) or "").replace("\x00", "\ufffd").strip()

    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text(name).split(",") if part.strip())

    favorite = text("favorite").lower()
    if favorite not in ("", "true", "false", "1", "0"):
        message = "favorite is true or false."
        raise InvalidInput(message, fields={"favorite": [message]})
    return ResourceFilter(
        cluster=text("cluster"),
        namespace=several("namespace"),
        kind=several("kind"),
        status=several("status"),
        workflow=text("workflow"),
        is_favorite=favorite in ("true", "1") if favorite else None,
        search=(request.query_params.get("search") or "").strip().replace("\x00", "\ufffd"),
    )


class ResourcesView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="resources_list",
        summary="What is in your clusters; looking keeps it up to date",
        parameters=[*LIST_PARAMETERS, *FILTERS],
        responses=ResourceListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        wanted = filter_of(request)
        found = selectors.find_resources(wanted=wanted, actor=self.actor)
        note_look(clusters=found.clusters.values(), namespaces=wanted.namespace, actor=self.actor)
        answer = list_response(
            "resources", found.rows, query, lambda row: resource_out(row, found.clusters[row.cluster_id])
        )
        answer.data["clusters"] = mirrors_out(found)
        return answer


class ResourcesSyncView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="resources_sync",
        summary="Go over everything in a cluster, or in all of yours, now",
        request=SyncIn,
        responses=SyncOut,
    )
    def post(self, request: Request) -> Response:
        sync_resources(cluster=self.read(SyncIn, request)["cluster"], actor=self.actor)
        return Response({"status": "syncing"})


class ResourceView(ApiView):
    access = Access.MEMBER
    token_scopes = {"GET": Scope.READ, "PATCH": Scope.WRITE, "DELETE": Scope.DEPLOY}

    @extend_schema(
        operation_id="resources_get",
        summary="One resource as it is now, with its owners, events and history",
        responses=ResourceDetailOut,
    )
    def get(self, request: Request, id: str) -> Response:
        row, seen = selectors.get_resource(resource_id=id, actor=self.actor)
        note_look(clusters=[seen], namespaces=[row.namespace], actor=self.actor)
        tree = tree_of(row=row, seen=seen)
        entries = entries_about(row=row, actor=self.actor)
        return with_etag(Response(detail_out(row, seen, read_live(row=row), tree, entries)), etag_of(row))

    @extend_schema(
        operation_id="resources_mark",
        summary="Your tags, notes and favourites; only what is sent changes, and nobody else sees it",
        request=ResourceMarkIn,
        responses=ResourceOut,
    )
    def patch(self, request: Request, id: str) -> Response:
        data = self.read(ResourceMarkIn, request)
        if "user_tags" in data:
            data["user_tags"] = list(dict.fromkeys(data["user_tags"]))
        expected = if_match(request)
        row, seen = services.mark_resource(
            resource_id=id,
            fields={name.removeprefix("user_"): value for name, value in data.items()},
            check=lambda row: check_if_match(expected, etag_of(row)),
            actor=self.actor,
        )
        return resource_response(row, seen)

    @extend_schema(
        operation_id="resources_delete",
        summary="Delete it in the cluster, with all that it made",
        responses=ResourceMessageOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        row = services.delete_resource(resource_id=id, actor=self.actor)
        return Response({"message": f"The {row.kind} {row.name} is being deleted."})


class ResourcePodsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="resources_pods",
        summary="The pods of a workload, a service or a node",
        parameters=LIST_PARAMETERS,
        responses=PodListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts=_SORTS)
        row, seen = selectors.get_resource(resource_id=id, actor=self.actor)
        pods = selectors.pods_of(row, seen, self.actor)
        if query.search:
            pods = pods.filter(name__icontains=query.search)
        return list_response("pods", pods, query, lambda pod: resource_out(pod, seen))


class ResourceMetricsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="resources_metrics",
        summary="How much its pods use now, beside what they asked for",
        responses=ResourceMetricsOut,
    )
    def get(self, request: Request, id: str) -> Response:
        row, seen = selectors.get_resource(resource_id=id, actor=self.actor)
        pods = list(selectors.pods_of(row, seen, self.actor).order_by("name", "pk")[:MOST_PODS])
        return Response(metrics_out(measure_pods(pods=pods, cluster_id=row.cluster_id, what=f"{row.kind} {row.name}")))


class ResourceScaleView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="resources_scale",
        summary="Have it run so many pods",
        request=ScaleIn,
        responses=ResourceOut,
    )
    def post(self, request: Request, id: str) -> Response:
        replicas = self.read(ScaleIn, request)["replicas"]
        return resource_response(*services.scale_resource(resource_id=id, replicas=replicas, actor=self.actor))


class ResourceRestartView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.DEPLOY

    @extend_schema(
        operation_id="resources_restart",
        summary="Make its pods anew, as its strategy has it",
        request=None,
        responses=ResourceOut,
    )
    def post(self, request: Request, id: str) -> Response:
        return resource_response(*services.restart_resource(resource_id=id, actor=self.actor))
