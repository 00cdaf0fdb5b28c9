"""Logins for private repositories over HTTP: a token comes in, and never out."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from builds import selectors, services
from builds.models import GitLogin
from core.api.paging import list_query, list_response
from core.api.permissions import Access
from core.api.times import format_time
from core.api.views import ApiView

Serializer = serializers.Serializer[Any]
_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_SORTS = {name: name for name in ("address", "created_at", "updated_at")}
_EXAMPLE = OpenApiExample(
    "A token of GitHub",
    value={"git_url": "https://github.com/team/app", "username": "robot", "token": "github_pat_…"},
    request_only=True,
)


class GitLoginIn(Serializer):
    git_url = serializers.CharField(max_length=2000, help_text="of the host, or of any repository there; https")
    username = serializers.CharField(max_length=255, required=False, allow_blank=True)
    token = serializers.CharField(max_length=16384, write_only=True, trim_whitespace=False)


class GitLoginOut(Serializer):
    id = serializers.CharField()
    address = serializers.CharField(help_text="scheme, host and port: it is sent nowhere else")
    username = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class GitLoginListOut(Serializer):
    git_logins = GitLoginOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class GitLoginMessageOut(Serializer):
    message = serializers.CharField()


def git_login_out(login: GitLogin) -> dict[str, Any]:
    return {
        "id": login.pk,
        "address": login.address,
        "username": login.username,
        "created_at": format_time(login.created_at),
        "updated_at": format_time(login.updated_at),
    }


class GitLoginsView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_git_logins_list",
        summary="For which Git hosts you keep a login",
        parameters=_PARAMETERS,
        responses=GitLoginListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts=_SORTS)
        rows = selectors.visible_git_logins(self.actor)
        if query.search:
            rows = rows.filter(address__icontains=query.search)
        return list_response("git_logins", rows, query, git_login_out)

    @extend_schema(
        operation_id="builds_git_logins_keep",
        summary="Keep a login for a Git host, in place of the one before",
        description="Your builds from that host use it, those of build nodes and webhooks included, unless they are "
        "given one of their own. It is sealed, sent to that host alone, and never shown again.",
        request=GitLoginIn,
        responses={201: GitLoginOut},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        data = self.read(GitLoginIn, request)
        login = services.keep_git_login(
            git_url=data["git_url"], username=data.get("username", ""), token=data["token"], actor=self.actor
        )
        return Response(git_login_out(login), status=status.HTTP_201_CREATED)


class GitLoginView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_git_logins_remove",
        summary="Keep it no longer",
        responses=GitLoginMessageOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        services.remove_git_login(login_id=id, actor=self.actor)
        return Response({"message": "The login is removed."})
