"""The accounts of an installation over HTTP, for its administrators. No token reaches them: only who signed in."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api.admin_serializers import (
    AdminUserIn,
    AdminUserListOut,
    AdminUserOut,
    ResetLinkOut,
    admin_user_out,
    reset_link_out,
)
from accounts.api.serializers import MessageOut, SessionListOut, session_out
from accounts.api.session_views import LIST_PARAMETERS, session_id_of
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView
from core.errors import InvalidInput

_SORTS = {name: name for name in ("created_at", "name", "email", "role", "last_seen_at")}
_USER = {
    "id": "01920000-0000-7000-8000-000000000000",
    "name": "Ada",
    "email": "ada@example.com",
    "role": "user",
    "is_disabled": False,
    "is_email_verified": True,
    "sessions": 2,
    "last_seen_at": "2026-03-24T10:00:00Z",
    "created_at": "2026-03-01T10:00:00Z",
    "updated_at": "2026-03-24T10:00:00Z",
}


def _flag(request: Request, name: str) -> bool | None:
    text = request.query_params.get(name, "").lower()
    if text not in ("", "true", "false"):
        message = f"{name} is either true or false."
        raise InvalidInput(message, fields={name: [message]})
    return None if not text else text == "true"


class UsersView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_users_list",
        summary="Who has an account",
        description="`search` looks into names and addresses.",
        parameters=[
            *LIST_PARAMETERS,
            OpenApiParameter("role", str, enum=["user", "admin"]),
            OpenApiParameter("is_disabled", str, enum=["true", "false"]),
        ],
        responses=AdminUserListOut,
        examples=[OpenApiExample("One", {"users": [_USER], "total": 1, "page": 1, "limit": 20}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.list_users(
            search=query.search,
            role=request.query_params.get("role", ""),
            is_disabled=_flag(request, "is_disabled"),
            actor=self.actor,
        )
        return list_response("users", rows, query, admin_user_out)


class UserView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_users_get",
        summary="One account",
        responses=AdminUserOut,
        examples=[OpenApiExample("Ada", _USER, response_only=True)],
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(admin_user_out(selectors.get_user(user_id=id, actor=self.actor)))

    @extend_schema(
        operation_id="admin_users_update",
        summary="Change somebody's role, or disable their account",
        description="Whoever is disabled is signed out everywhere at once. The last administrator who can sign in "
        "keeps both (409).",
        request=AdminUserIn,
        responses=AdminUserOut,
        examples=[
            OpenApiExample("Make an administrator", {"role": "admin"}, request_only=True),
            OpenApiExample("Ada", _USER | {"role": "admin"}, response_only=True),
        ],
    )
    def patch(self, request: Request, id: str) -> Response:
        services.change_user(user_id=id, **self.read(AdminUserIn, request), actor=self.actor)
        return Response(admin_user_out(selectors.get_user(user_id=id, actor=self.actor)))


class UserSessionsView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_user_sessions_list",
        summary="Where somebody is signed in",
        parameters=LIST_PARAMETERS,
        responses=SessionListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts={name: name for name in ("created_at", "last_used_at", "expires_at")})
        rows = selectors.list_sessions_of(user_id=id, search=query.search, actor=self.actor)
        current = session_id_of(self.actor)
        return list_response("sessions", rows, query, lambda session: session_out(session, current))

    @extend_schema(
        operation_id="admin_user_sessions_end_all", summary="Sign somebody out everywhere", responses={200: MessageOut}
    )
    def delete(self, request: Request, id: str) -> Response:
        ended = services.end_sessions_of(user_id=id, actor=self.actor)
        return Response({"message": f"{ended} sessions have ended." if ended != 1 else "One session has ended."})


class UserSessionView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_user_sessions_end", summary="Sign somebody out in one place", responses={200: MessageOut}
    )
    def delete(self, request: Request, id: str, session_id: str) -> Response:
        services.end_session_of(user_id=id, session_id=session_id, actor=self.actor)
        return Response({"message": "The session has ended."})


class UserResetView(ApiView):
    access = Access.ADMIN

    @extend_schema(
        operation_id="admin_users_password_reset",
        summary="Make a link with which somebody chooses a new password",
        description="It is mailed where there is a mail server; else `link` is there to be passed on. It works once, "
        "for an hour; earlier ones stop working.",
        request=None,
        responses={201: ResetLinkOut},
    )
    def post(self, request: Request, id: str) -> Response:
        code = services.make_reset_link(user_id=id, actor=self.actor)
        response = Response(reset_link_out(code), status=status.HTTP_201_CREATED)
        response["Cache-Control"] = "no-store"
        return response
