"""The start page and search over HTTP."""

from dataclasses import asdict

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import list_query
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope
from dashboard import selectors
from dashboard.api.serializers import RecentOut, SearchOut, StatsOut
from workflows.api.workflow_serializers import summary_out

LIMIT = OpenApiParameter("limit", int, description="at most 100")


class RecentWorkflowsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="dashboard_recent_workflows",
        summary="The workflows that were changed last",
        parameters=[LIMIT],
        responses=RecentOut,
    )
    def get(self, request: Request) -> Response:
        limit = list_query(request, sorts={"updated_at": "updated_at"}, default="updated_at").limit
        rows = selectors.recent_workflows(limit=limit, actor=self.actor)
        return Response({"workflows": [summary_out(row) for row in rows]})


class StatsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(operation_id="dashboard_stats", summary="Your own in numbers", responses=StatsOut)
    def get(self, request: Request) -> Response:
        return Response(asdict(selectors.stats(actor=self.actor)))


class SearchView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="search",
        summary="Find workflows, nodes, templates, clusters, resources, builds and plugins",
        parameters=[
            OpenApiParameter(
                "q", str, description="words, taken literally; each must fit or, where nothing does, be close"
            ),
            OpenApiParameter(
                "types", str, description="only these, separated by commas, such as workflow or workflows"
            ),
            LIMIT,
        ],
        responses=SearchOut,
        examples=[
            OpenApiExample(
                "A workflow",
                {
                    "query": "shop",
                    "results": [
                        {
                            "type": "workflow",
                            "id": "01920000-0000-7000-8000-000000000000",
                            "title": "Shop",
                            "subtitle": "",
                            "url": "/workflows/01920000-0000-7000-8000-000000000000",
                            "score": 1.0,
                            "match": "exact",
                        }
                    ],
                    "total": 1,
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        limit = list_query(request, sorts={"score": "score"}, default="score").limit
        text = request.query_params.get("q", "")
        types = tuple(name for name in request.query_params.get("types", "").replace(" ", "").split(",") if name)
        hits, total = selectors.find(text=text, types=types, limit=limit, actor=self.actor)
        return Response({"query": text, "results": [asdict(hit) for hit in hits], "total": total})
