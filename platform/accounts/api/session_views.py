"""Signing up, in and out."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import oauth, selectors, services
from accounts.api import cookies
from accounts.api.authentication import bearer_token
from accounts.api.serializers import (
    GrantOut,
    LoginIn,
    MessageOut,
    MethodsOut,
    RefreshIn,
    RegisterIn,
    SessionListOut,
    grant_out,
    session_out,
)
from accounts.errors import SessionEnded
from accounts.principals import SessionPrincipal
from accounts.services import Grant
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView, PublicView
from core.principal import Principal

LIST_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
BROWSER = OpenApiParameter(
    cookies.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="1: keep the refresh token in an HttpOnly cookie",
)


def grant_response(request: Request, grant: Grant, code: int = status.HTTP_200_OK) -> Response:
    """The answer to every sign-in."""
    in_cookie = cookies.is_browser(request)
    response = Response(grant_out(grant, in_cookie=in_cookie), status=code)
    response["Cache-Control"] = "no-store"
    if in_cookie:
        cookies.set_cookie(response, grant.refresh_token)
    return response


def session_id_of(actor: Principal) -> str:
    """The session that the request came in, if it came in one."""
    return actor.session_id if isinstance(actor, SessionPrincipal) else ""


class RegisterView(PublicView):
    @extend_schema(
        operation_id="auth_register",
        summary="Sign up",
        parameters=[BROWSER],
        request=RegisterIn,
        responses={201: GrantOut},
    )
    def post(self, request: Request) -> Response:
        data = self.read(RegisterIn, request)
        grant = services.register(
            email=data["email"],
            password=data["password"],
            name=data["name"],
            invite_code=data.get("invite_code") or "",
        )
        return grant_response(request, grant, status.HTTP_201_CREATED)


class LoginView(PublicView):
    @extend_schema(
        operation_id="auth_login",
        summary="Sign in",
        parameters=[BROWSER],
        request=LoginIn,
        responses=GrantOut,
    )
    def post(self, request: Request) -> Response:
        data = self.read(LoginIn, request)
        return grant_response(request, services.log_in(email=data["email"], password=data["password"]))


class RefreshView(PublicView):
    @extend_schema(
        operation_id="auth_refresh",
        summary="A new token for a refresh token, or for the session's newest token as bearer",
        parameters=[BROWSER],
        request=RefreshIn,
        responses=GrantOut,
    )
    def post(self, request: Request) -> Response:
        data = self.read(RefreshIn, request)
        refresh_token = data.get("refresh_token") or cookies.read_cookie(request)
        if refresh_token:
            return grant_response(request, services.refresh_by_token(refresh_token=refresh_token))
        token = bearer_token(request)
        if not token:
            raise SessionEnded
        return grant_response(request, services.refresh_by_access_token(token=token))


class LogoutView(ApiView):
    access = Access.MEMBER

    @extend_schema(operation_id="auth_logout", summary="End this session", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        services.end_session(session_id=session_id_of(self.actor), actor=self.actor)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        cookies.clear_cookie(response)
        return response


class MethodsView(PublicView):
    @extend_schema(operation_id="auth_methods", summary="How one can sign in here", responses=MethodsOut)
    def get(self, request: Request) -> Response:
        providers = [
            {"name": provider.name, "display_name": provider.display_name, "icon": provider.icon}
            for provider in oauth.configured_providers()
        ]
        return Response({"password": {"enabled": True, "signup": selectors.signup_mode()}, "providers": providers})


class SessionsView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="auth_sessions_list",
        summary="Where you are signed in",
        parameters=LIST_PARAMETERS,
        responses=SessionListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={name: name for name in ("created_at", "last_used_at", "expires_at")})
        current = session_id_of(self.actor)
        rows = selectors.list_sessions(self.actor, query.search)
        return list_response("sessions", rows, query, lambda session: session_out(session, current))


class SessionView(ApiView):
    access = Access.MEMBER

    @extend_schema(operation_id="auth_sessions_end", summary="Sign out elsewhere", responses=MessageOut)
    def delete(self, request: Request, id: str) -> Response:
        services.end_session(session_id=id, actor=self.actor)
        return Response({"message": "The session has ended."})
