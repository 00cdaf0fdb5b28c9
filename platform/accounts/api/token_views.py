"""Personal access tokens over HTTP: for people who signed in, never for a token."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.api.serializers import MessageOut
from accounts.api.session_views import LIST_PARAMETERS
from accounts.models import PersonalToken
from accounts.services.personal_tokens import MAX_DAYS
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.times import format_time
from core.api.views import ApiView
from core.scopes import Scope

_DEFAULT_DAYS = 90
_SCOPES = [scope.value for scope in Scope]
_SHOWN = {
    "id": "0199c0de-1111-7000-8000-000000000001",
    "name": "deploy from CI",
    "hint": "slc_Qm3x9B",
    "scopes": ["read", "deploy"],
    "created_at": "2026-03-24T10:00:00Z",
    "expires_at": "2026-06-22T10:00:00Z",
    "last_used_at": None,
    "last_used_ip": "",
    "is_expired": False,
}


class TokenIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, help_text="What it is for, for your own list.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=_SCOPES),
        max_length=10,
        required=False,
        help_text="read looks, write changes what is kept here, deploy changes what runs; read is always among them.",
    )
    expires_in_days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=_DEFAULT_DAYS)


class TokenOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField(help_text="The beginning of the token, by which you know it again.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=_SCOPES))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    last_used_ip = serializers.CharField()
    is_expired = serializers.BooleanField()


class NewTokenOut(TokenOut):
    token = serializers.CharField(help_text="Shown in this answer only.")


class TokenListOut(serializers.Serializer[Any]):
    tokens = TokenOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


def token_out(row: PersonalToken) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "hint": row.hint,
        "scopes": row.scopes,
        "created_at": format_time(row.created_at),
        "expires_at": format_time(row.expires_at),
        "last_used_at": format_time(row.last_used_at) if row.last_used_at else None,
        "last_used_ip": row.last_used_ip,
        "is_expired": row.is_expired,
    }


class TokensView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="tokens_list",
        summary="Your personal access tokens that were not revoked",
        parameters=LIST_PARAMETERS,
        responses=TokenListOut,
        examples=[OpenApiExample("One token", {"tokens": [_SHOWN], "total": 1, "page": 1, "limit": 20})],
    )
    def get(self, request: Request) -> Response:
        sorts = ("created_at", "expires_at", "last_used_at", "name")
        query = list_query(request, sorts={name: name for name in sorts})
        return list_response("tokens", selectors.list_tokens(self.actor, query.search), query, token_out)

    @extend_schema(
        operation_id="tokens_create",
        summary="A token for a program that acts in your name; it is shown this once",
        description=(
            "Send it as `Authorization: Bearer slc_…`. What a route needs is its `x-token-scopes`; where that list is "
            "empty, no token will do. Whatever its scopes, a token never acts as administrator, makes no tokens, "
            "changes no password and ends no session."
        ),
        request=TokenIn,
        responses={201: NewTokenOut},
        examples=[
            OpenApiExample(
                "For CI",
                {"name": "deploy from CI", "scopes": ["read", "deploy"], "expires_in_days": 90},
                request_only=True,
            ),
            OpenApiExample("Made", {**_SHOWN, "token": "slc_Qm3x9B…"}, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        data = self.read(TokenIn, request)
        made = services.create_token(
            name=data["name"],
            scopes=data.get("scopes") or [],
            expires_in_days=data["expires_in_days"],
            actor=self.actor,
        )
        response = Response({**token_out(made.row), "token": made.text}, status=status.HTTP_201_CREATED)
        response["Cache-Control"] = "no-store"
        return response


class TokenView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="tokens_revoke",
        summary="End a token at once; whatever uses it is refused from now on",
        responses=MessageOut,
        examples=[OpenApiExample("Revoked", {"message": "The token is revoked."})],
    )
    def delete(self, request: Request, id: str) -> Response:
        services.revoke_token(token_id=id, actor=self.actor)
        return Response({"message": "The token is revoked."})
