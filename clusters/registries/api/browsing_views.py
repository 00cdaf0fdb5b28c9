"""What registries hold, over HTTP."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusters.registries import browsing
from core.api.paging import ListQuery, list_query, page_body
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope

Serializer = serializers.Serializer[Any]
_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_SORTS = {"name": "name"}


class RepositoryOut(Serializer):
    name = serializers.CharField(help_text="without the host")


class RepositoryListOut(Serializer):
    repositories = RepositoryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class RegistryTagOut(Serializer):
    name = serializers.CharField()


class RegistryTagListOut(Serializer):
    tags = RegistryTagOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class RepositoriesView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="registries_repositories",
        summary="What a registry holds, asked now; many do not tell (400, registry_list_refused)",
        parameters=_PARAMETERS,
        responses=RepositoryListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts=_SORTS, default="name", order="asc")
        names = browsing.list_repositories(registry_id=id, search=query.search, actor=self.actor)
        return _page("repositories", names[::-1] if query.order == "desc" else names, query)


class TagsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="registries_tags",
        summary="The tags of one repository of a registry, asked now; the highest version first",
        parameters=[OpenApiParameter("repository", str, required=True, description="without the host"), *_PARAMETERS],
        responses=RegistryTagListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts=_SORTS, default="name")
        repository = (request.query_params.get("repository") or "").strip()
        names = browsing.list_tags(registry_id=id, repository=repository, search=query.search, actor=self.actor)
        return _page("tags", names[::-1] if query.order == "asc" else names, query)


def _page(plural: str, names: list[str], query: ListQuery) -> Response:
    shown = names[query.offset : query.offset + query.limit]
    return Response(page_body(plural, [{"name": name} for name in shown], len(names), query))
