"""The audit record over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.api.serializers import AuditEntryOut, AuditListOut, entry_out
from audit.exporting import FORMATS
from audit.models import AuditEntry
from audit.selectors import AuditFilter, check_exportable, get_entry, list_entries, page_after
from audit.services import record
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput
from core.principal import Principal
from core.scopes import Scope

_TEXTS = ("action", "object_type", "object_id", "actor_id")
_LIST = ("page", "limit", "sort", "order", "search")
_SORTS = {"created_at": "at", "action": "action", "actor": "actor_name"}
_MOMENT = "a day (`2026-03-24`) or a moment (`2026-03-24T10:00:00Z`)"
_FILTERS = [
    OpenApiParameter("action", str, description="such as `cluster.shared`, or `cluster` for all of them"),
    *(OpenApiParameter(name, str) for name in _TEXTS[1:]),
    OpenApiParameter("since", str, description=f"from then on: {_MOMENT}"),
    OpenApiParameter("until", str, description=f"before then: {_MOMENT}"),
]
_ENTRY = {
    "id": "01920000-0000-7000-8000-000000000000",
    "created_at": "2026-03-24T10:00:00Z",
    "action": "cluster.shared",
    "actor": {"kind": "user", "id": "01920000-0000-7000-8000-000000000001", "name": "ada@example.com"},
    "object": {"type": "cluster", "id": "01920000-0000-7000-8000-000000000002", "name": "home"},
    "workspace_id": "01920000-0000-7000-8000-000000000003",
    "ip": "203.0.113.5",
    "request_id": "01920000-0000-7000-8000-000000000004",
    "detail": {"email": "bo@example.com", "role": "viewer"},
}


def _filter_of(request: Request, search: str) -> AuditFilter:
    # No text of ours holds a NUL, and PostgreSQL refuses to look for one.
    texts = {name: request.query_params.get(name, "").replace("\x00", "\ufffd") for name in _TEXTS}
    return AuditFilter(**texts, search=search, since=_moment(request, "since"), until=_moment(request, "until"))


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    try:
        # In a query a plus is a blank.
        found = parse_datetime(text.replace(" ", "+")) if len(text) > 10 else None
        day = parse_date(text) if found is None else None
        if day is not None:
            found = datetime.combine(day, time(), UTC)
        if found is not None:
            found = found if timezone.is_aware(found) else found.replace(tzinfo=UTC)
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = f"{name} is {_MOMENT}."
    raise InvalidInput(message, fields={name: [message]})


class AuditView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="audit_list",
        summary="Who did what to which object, and when",
        description="Administrators see everything; everyone else what they did and what was done to what is theirs.",
        parameters=[*(OpenApiParameter(name, str) for name in _LIST), *_FILTERS],
        responses=AuditListOut,
        examples=[
            OpenApiExample(
                "A cluster was shared", {"events": [_ENTRY], "total": 1, "page": 1, "limit": 20}, response_only=True
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = list_entries(_filter_of(request, query.search), self.actor)
        return list_response("events", rows, query, lambda entry: entry_out(entry, self.actor))


class AuditEntryView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="audit_get",
        summary="One entry",
        responses=AuditEntryOut,
        examples=[OpenApiExample("A cluster was shared", _ENTRY, response_only=True)],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(entry_out(get_entry(entry_id=id, actor=self.actor), self.actor))


class AuditExportView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="audit_export",
        summary="The record as a file, the newest first",
        description="CSV or JSON lines, sent while it is read. More than 100,000 entries are refused (400): choose a "
        "shorter time. An export is an entry of the record itself.",
        parameters=[
            OpenApiParameter("format", str, enum=sorted(FORMATS), description="by default csv"),
            OpenApiParameter("search", str),
            *_FILTERS,
        ],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        name = request.query_params.get("format") or "csv"
        if name not in FORMATS:
            message = f"There is no format {name!r}; use one of {', '.join(sorted(FORMATS))}."
            raise InvalidInput(message, fields={"format": [message]})
        wanted = _filter_of(request, list_query(request, sorts=_SORTS).search)
        number = check_exportable(wanted, self.actor)
        record(
            action="audit.exported",
            object_type="audit",
            object_id="",
            detail={"format": name, "entries": number},
            actor=self.actor,
        )
        response = StreamingHttpResponse(_lines(name, wanted, self.actor), content_type=FORMATS[name][2])
        response["Content-Disposition"] = f'attachment; filename="audit-{timezone.now():%Y-%m-%d}.{name}"'
        response["X-Accel-Buffering"] = "no"
        return response


async def _lines(name: str, wanted: AuditFilter, actor: Principal) -> AsyncIterator[str]:
    """A page of entries in memory at a time. It ends soon, so it may keep the thread of its request."""
    head, line, _ = FORMATS[name]
    if head:
        yield head
    last: AuditEntry | None = None
    while page := await sync_to_async(page_after)(wanted, last, actor):
        yield "".join(line(entry_out(entry, actor)) for entry in page)
        last = page[-1]
