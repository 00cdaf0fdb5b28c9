"""Plugins over HTTP: what there is, who uses it, and what a cluster lacks for it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import ListQuery, list_query, page_body
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput
from core.scopes import Scope
from plugins import selectors, services
from plugins.api.serializers import (
    PluginCategoryListOut,
    PluginChoiceIn,
    PluginListOut,
    PluginOut,
    plugin_out,
)
from plugins.sdk.capabilities import Capabilities
from plugins.types import Scope as PluginScope
from plugins.types import SeenPlugin

_LIST = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_CATEGORY = OpenApiParameter("category", str, description="only those of this category")
_SORTS = {name: name for name in ("display_name", "id", "category")}
_FOR_ALL = OpenApiExample("For everybody", {"scope": "all"}, request_only=True)


_CLUSTER = OpenApiParameter(
    "cluster", str, description="the name of a cluster that you may see: is what plugins need installed there?"
)


def _page(request: Request, rows: list[SeenPlugin], query: ListQuery, view: ApiView) -> Response:
    cluster, served = _cluster_of(request, view)
    rows = sorted(rows, key=lambda seen: str(getattr(seen, query.sort)).casefold(), reverse=query.order == "desc")
    page = rows[query.offset : query.offset + query.limit]
    return Response(page_body("plugins", [plugin_out(seen, cluster, served) for seen in page], len(rows), query))


def _cluster_of(request: Request, view: ApiView) -> tuple[str, Capabilities | None]:
    cluster = request.query_params.get("cluster", "")
    return cluster, selectors.served_on(cluster=cluster, actor=view.actor)


def _flag(request: Request, name: str) -> bool | None:
    text = request.query_params.get(name, "").lower()
    if text in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[text]
    message = f"{name} is either true or false."
    raise InvalidInput(message, fields={name: [message]})


class PluginsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="plugins_list",
        summary="What extends the product; also what is broken, with the reason",
        parameters=[
            *_LIST,
            _CATEGORY,
            _CLUSTER,
            OpenApiParameter("enabled", bool, description="only what you use, or do not"),
        ],
        responses=PluginListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS, default="display_name", order="asc")
        rows = selectors.list_plugins(
            search=query.search,
            category=request.query_params.get("category", ""),
            is_enabled=_flag(request, "enabled"),
            actor=self.actor,
        )
        return _page(request, rows, query, self)


class EnabledPluginsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="plugins_enabled",
        summary="The plugins that you use",
        parameters=[*_LIST, _CATEGORY, _CLUSTER],
        responses=PluginListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS, default="display_name", order="asc")
        category = request.query_params.get("category", "")
        rows = selectors.list_plugins(search=query.search, category=category, is_enabled=True, actor=self.actor)
        return _page(request, rows, query, self)


class PluginCategoriesView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="plugins_categories",
        summary="The categories of plugins, each with how many it has",
        parameters=_LIST,
        responses=PluginCategoryListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={"name": "name", "count": "count"}, default="name", order="asc")
        rows: list[dict[str, Any]] = [
            {"name": name, "count": count}
            for name, count in selectors.list_categories(actor=self.actor)
            if query.search.casefold() in name.casefold()
        ]
        rows.sort(key=lambda row: row[query.sort], reverse=query.order == "desc")
        page = rows[query.offset : query.offset + query.limit]
        return Response(page_body("categories", page, len(rows), query))


class PluginView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="plugins_get",
        summary="One plugin; with a cluster, whether what it needs is installed there",
        parameters=[_CLUSTER],
        responses=PluginOut,
    )
    def get(self, request: Request, id: str) -> Response:
        seen = selectors.get_plugin(plugin_id=id, actor=self.actor)
        return Response(plugin_out(seen, *_cluster_of(request, self)))


class PluginEnableView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="plugins_enable",
        summary="Use it: its node types and templates are offered",
        request=PluginChoiceIn,
        responses=PluginOut,
        examples=[_FOR_ALL],
    )
    def post(self, request: Request, id: str) -> Response:
        scope = PluginScope(self.read(PluginChoiceIn, request)["scope"])
        seen = services.enable_plugin(plugin_id=id, scope=scope, actor=self.actor)
        return Response(plugin_out(seen))


class PluginDisableView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="plugins_disable",
        summary="Do not use it; what was drawn with it stays and still runs",
        request=PluginChoiceIn,
        responses=PluginOut,
        examples=[_FOR_ALL],
    )
    def post(self, request: Request, id: str) -> Response:
        scope = PluginScope(self.read(PluginChoiceIn, request)["scope"])
        seen = services.disable_plugin(plugin_id=id, scope=scope, actor=self.actor)
        return Response(plugin_out(seen))
