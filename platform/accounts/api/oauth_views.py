"""Signing in by a provider, and the accounts elsewhere that are linked to one's own."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import oauth, selectors, services, throttle
from accounts.api import cookies, oauth_cookie
from accounts.api.serializers import (
    CodeIn,
    DepartureOut,
    ExchangeIn,
    GrantOut,
    IdentityListOut,
    IdentityOut,
    LinkIn,
    MessageOut,
    identity_out,
)
from accounts.api.session_views import BROWSER, LIST_PARAMETERS, grant_response
from accounts.errors import UnknownProvider
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.views import ApiView, PublicView
from core.context import current_request
from core.errors import AppError

_NEXT = OpenApiParameter("next", str, description="The path to be at afterwards; another site's is a 400")
_ELSEWHERE = OpenApiExample(
    "Back at the front end",
    value=None,
    description="Location: https://sailcloth.example.com/oauth/callback#code=…, or /sign-in?error=sign_in_expired",
)


class OAuthAuthorizeView(PublicView):
    @extend_schema(
        operation_id="auth_oauth_authorize",
        summary="To the provider's sign-in page",
        description="With PKCE (S256), a nonce, and a state that counts once and in this browser only.",
        parameters=[_NEXT],
        responses={302: None},
        examples=[_ELSEWHERE],
    )
    def get(self, request: Request, provider: str) -> HttpResponse:
        config = oauth.get_provider(provider)
        purpose = oauth.Purpose(next=request.query_params.get("next", ""))
        oauth.check_next(purpose.next)
        notes = oauth_cookie.read_notes(request)
        try:
            throttle.hit(throttle.OAUTH_BY_ADDRESS, current_request().ip)
            response = HttpResponseRedirect(oauth.begin(config=config, purpose=purpose, notes=notes))
        except AppError as error:
            return _refused(error, config.name, purpose)
        oauth_cookie.write_notes(response, notes)
        return response


class OAuthCallbackView(PublicView):
    @extend_schema(
        operation_id="auth_oauth_callback",
        summary="Back from the provider",
        description="Leads to the front end with a one-time code behind #, or with ?error= and what went wrong.",
        parameters=[OpenApiParameter(name, str) for name in ("code", "state", "error")],
        responses={302: None},
        examples=[_ELSEWHERE],
    )
    def get(self, request: Request, provider: str) -> HttpResponse:
        config = oauth.get_provider(provider)
        notes = oauth_cookie.read_notes(request)
        data = request.query_params.dict()
        purpose = oauth.purpose_of(notes, data.get("state", ""))
        try:
            claims = oauth.complete(config=config, data=data, notes=notes)
            code = services.receive(claims=claims, browser=oauth_cookie.secret_of(notes), link_for=purpose.user_id)
        except AppError as error:
            response = _refused(error, config.name, purpose)
        else:
            path = _LINKED if purpose.user_id else "/oauth/callback"
            query = {"next": purpose.next} if purpose.next else {}
            response = _home(path, query, fragment=f"#code={code}")
        oauth_cookie.write_notes(response, notes)
        return response


class OAuthExchangeView(PublicView):
    @extend_schema(
        operation_id="auth_oauth_exchange",
        summary="A session for the one-time code that the front end got",
        description="A code holds for a minute and once. Where sign-up needs it, a newcomer's also takes an invite "
        "code and holds for ten minutes; without it the answer is a 400 that names `invite_code`.",
        parameters=[BROWSER],
        request=ExchangeIn,
        responses=GrantOut,
        examples=[OpenApiExample("A code", value={"code": "q0vZ…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        # With no provider at all there is nothing to say about a code.
        if not oauth.configured_providers():
            raise UnknownProvider
        data = self.read(ExchangeIn, request)
        browser = oauth_cookie.secret_of(oauth_cookie.read_notes(request)) if cookies.is_browser(request) else None
        grant = services.exchange(code=data["code"], browser=browser, invite_code=data.get("invite_code") or "")
        response = grant_response(request, grant)
        oauth_cookie.clear_notes(response)
        return response


class IdentitiesView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="profile_identities_list",
        summary="The accounts elsewhere that you can sign in with",
        parameters=LIST_PARAMETERS,
        responses=IdentityListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={"created_at": "created", "provider": "provider"}, order="asc")
        return list_response("identities", selectors.list_identities(self.actor, query.search), query, identity_out)

    @extend_schema(
        operation_id="profile_identities_link",
        summary="Link the account elsewhere that the one-time code is for",
        request=CodeIn,
        responses={201: IdentityOut},
        examples=[OpenApiExample("A code", value={"code": "q0vZ…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        identity = services.link_identity(code=self.read(CodeIn, request)["code"], actor=self.actor)
        return Response(identity_out(identity), status=status.HTTP_201_CREATED)


class IdentityDepartureView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="profile_identities_depart",
        summary="Where to go to link an account elsewhere; takes the password of whoever has one",
        request=LinkIn,
        responses=DepartureOut,
        examples=[
            OpenApiExample(
                "To GitHub", value={"provider": "github", "current_password": "correct horse"}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> Response:
        data = self.read(LinkIn, request)
        config = oauth.get_provider(data["provider"])
        user = services.prepare_link(current_password=data.get("current_password") or "", actor=self.actor)
        notes = oauth_cookie.read_notes(request)
        purpose = oauth.Purpose(user_id=user.pk)
        response = Response({"url": oauth.begin(config=config, purpose=purpose, notes=notes)})
        oauth_cookie.write_notes(response, notes)
        return response


class IdentityView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="profile_identities_unlink",
        summary="Unlink an account elsewhere; never the last way to sign in",
        responses=MessageOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        services.unlink_identity(identity_id=id, actor=self.actor)
        return Response({"message": "The account is unlinked."})


_LINKED = "/settings/linked-accounts"


def _refused(error: AppError, provider: str, purpose: oauth.Purpose) -> HttpResponse:
    """Back to where the journey began, with a code that the page has a sentence for."""
    query = {"error": error.code, "provider": provider}
    if purpose.next:
        query["next"] = purpose.next
    return _home(_LINKED if purpose.user_id else "/sign-in", query)


def _home(path: str, query: dict[str, str], fragment: str = "") -> HttpResponse:
    """A page of our own front end; the fragment stays in the browser, out of logs and Referer headers."""
    text = f"?{urlencode(query)}" if query else ""
    return HttpResponseRedirect(f"{settings.PUBLIC_URL}{path}{text}{fragment}")
