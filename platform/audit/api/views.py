"""The audit record over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.api.serializers import AuditListOut, entry_out
from audit.selectors import AuditFilter, list_entries
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope

_FILTERS = ("action", "object_type", "object_id", "actor_id")
_LIST = ("page", "limit", "sort", "order", "search")
_SORTS = {"created_at": "at", "action": "action", "actor": "actor_name"}


class AuditView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="audit_list",
        summary="Who did what to which object, and when",
        parameters=[OpenApiParameter(name, str) for name in (*_LIST, *_FILTERS)],
        responses=AuditListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        narrowed = {name: request.query_params.get(name, "") for name in _FILTERS}
        rows = list_entries(AuditFilter(**narrowed, search=query.search), self.actor)
        return list_response("events", rows, query, lambda entry: entry_out(entry, self.actor))
