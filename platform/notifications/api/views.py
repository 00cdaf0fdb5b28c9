"""Notifications over HTTP."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope
from notifications import selectors, services
from notifications.api.serializers import (
    MarkIn,
    NotificationListOut,
    NotificationOut,
    PreferencesIn,
    PreferencesOut,
    ReadAllIn,
    UnreadOut,
    notification_out,
    preferences_out,
)
from notifications.kinds import Kind
from notifications.selectors import Wish

LIST = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
ONE = {
    "id": "01920000-0000-7000-8000-000000000000",
    "kind": "run.failed",
    "is_bad": True,
    "title": "Shop could not be deployed on practice",
    "message": "web: the image shop:missing cannot be pulled.",
    "url": "/workflows/01920000-0000-7000-8000-000000000001?run=run_01920000",
    "subject": {"type": "run", "id": "run_01920000"},
    "is_read": False,
    "created_at": "2026-03-24T10:00:00Z",
}


class NotificationsView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.READ

    @extend_schema(
        operation_id="notifications_list",
        summary="What you were told, the newest first",
        description="Finished runs and builds, and clusters that went away or came back. Kept for 90 days.",
        parameters=[
            *LIST,
            OpenApiParameter("unread", str, description="`true`: only what you did not read yet"),
            OpenApiParameter("kind", str, description="such as `run.failed`, or `run` for all of them"),
        ],
        responses=NotificationListOut,
        examples=[
            OpenApiExample(
                "A run failed",
                {"notifications": [ONE], "unread": 1, "total": 1, "page": 1, "limit": 20},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={"created_at": "created_at", "kind": "kind"})
        rows = selectors.list_notifications(
            is_unread=request.query_params.get("unread", "").lower() == "true",
            kind=request.query_params.get("kind", ""),
            search=query.search,
            actor=self.actor,
        )
        response = list_response("notifications", rows, query, notification_out)
        response.data["unread"] = selectors.count_unread(actor=self.actor)
        return response


class NotificationView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="notifications_mark",
        summary="Mark one as read, or as unread again",
        request=MarkIn,
        responses=NotificationOut,
        examples=[OpenApiExample("It", ONE | {"is_read": True}, response_only=True)],
    )
    def patch(self, request: Request, id: str) -> Response:
        is_read = self.read(MarkIn, request)["is_read"]
        return Response(notification_out(services.mark(notification_id=id, is_read=is_read, actor=self.actor)))


class ReadAllView(ApiView):
    access = Access.MEMBER
    token_scopes = Scope.WRITE

    @extend_schema(
        operation_id="notifications_read_all",
        summary="Mark all as read, or all up to the newest one that you saw",
        request=ReadAllIn,
        responses=UnreadOut,
        examples=[OpenApiExample("Three were unread", {"marked": 3, "unread": 0}, response_only=True)],
    )
    def post(self, request: Request) -> Response:
        marked = services.mark_all_read(up_to=self.read(ReadAllIn, request).get("up_to"), actor=self.actor)
        return Response({"marked": marked, "unread": selectors.count_unread(actor=self.actor)})


class PreferencesView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="notification_preferences_get",
        summary="What you want to be told, and how",
        responses=PreferencesOut,
    )
    def get(self, request: Request) -> Response:
        wishes = selectors.list_wishes(actor=self.actor)
        return Response(preferences_out(wishes, selectors.get_user(self.actor)))

    @extend_schema(
        operation_id="notification_preferences_update",
        summary="Change what you want to be told; kinds that are not sent stay as they are",
        request=PreferencesIn,
        responses=PreferencesOut,
        examples=[
            OpenApiExample(
                "No mail for failed builds",
                {"preferences": [{"kind": "build.failed", "in_app": True, "email": False}]},
                request_only=True,
            )
        ],
    )
    def put(self, request: Request) -> Response:
        given = self.read(PreferencesIn, request)["preferences"]
        wishes = [Wish(Kind(each["kind"]), each["in_app"], each["email"]) for each in given]
        saved = services.set_preferences(wishes=wishes, actor=self.actor)
        return Response(preferences_out(saved, selectors.get_user(self.actor)))
