"""Node types over HTTP."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import list_query, page_body
from core.api.permissions import Access
from core.api.views import ApiView
from plugins.api.serializers import TemplateListOut
from plugins.registry import core_types

_LIST = ("page", "limit", "sort", "order", "search", "category")
_SORTS = {"palette": "palette", "type": "type", "display_name": "display_name", "category": "category"}
_SEARCHED = ("type", "display_name", "description", "category")


class TemplatesView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="templates_list",
        summary="Node types: their forms, and what may be connected to what",
        parameters=[OpenApiParameter(name, str) for name in _LIST],
        responses=TemplateListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS, default="palette", order="asc")
        rows = _matching(query.search, request.query_params.get("category", ""))
        if query.sort != "palette":
            rows.sort(key=lambda row: str(row[query.sort]))
        if query.order == "desc":
            rows.reverse()
        page = rows[query.offset : query.offset + query.limit]
        return Response(page_body("templates", page, len(rows), query))


def _matching(search: str, category: str) -> list[dict[str, Any]]:
    """In the order of the palette. They are few and in memory: no SQL is needed to cut a page of them."""
    wanted = search.casefold()
    return [
        row
        for row in core_types().templates()
        if category in ("", row["category"]) and any(wanted in str(row[name]).casefold() for name in _SEARCHED)
    ]
