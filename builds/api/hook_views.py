"""Webhooks of builds over HTTP: made by people, called by Git hosts."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from builds import selectors, services
from builds.api.serializers import consumer_ids
from builds.models import BuildDelivery, BuildHook, DeliveryOutcome, HookProvider
from builds.signatures import MOST_BYTES
from core.api.paging import list_query, list_response
from core.api.parsers import JsonParser
from core.api.permissions import Access
from core.api.times import format_time
from core.api.views import ApiView
from core.errors import TooLarge

Serializer = serializers.Serializer[Any]
_PARAMETERS = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]


class HookIn(Serializer):
    provider = serializers.ChoiceField(choices=HookProvider.choices)


class HookOut(Serializer):
    id = serializers.CharField()
    provider = serializers.ChoiceField(choices=HookProvider.choices)
    path = serializers.CharField(help_text="what the Git host calls, below the address of this installation")
    git_url = serializers.CharField()
    url = serializers.CharField(help_text="that path at the address of this installation: for the Git host")
    subdirectory = serializers.CharField()
    ref = serializers.CharField(help_text="only pushes to it count; empty for the default branch")
    image = serializers.CharField()
    tag = serializers.CharField()
    workflow_id = serializers.CharField(allow_null=True, help_text="whose node runs what is built")
    node_id = serializers.CharField(allow_null=True)
    build_id = serializers.CharField(help_text="the newest build; the next is made as this one was")
    last_used_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewHookOut(HookOut):
    secret = serializers.CharField(help_text="shown this once: give it to the Git host")


class HookListOut(Serializer):
    webhooks = HookOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class DeliveryOut(Serializer):
    id = serializers.CharField()
    outcome = serializers.ChoiceField(choices=DeliveryOutcome.choices)
    ref = serializers.CharField(help_text="branch or tag; of genuine calls")
    commit = serializers.CharField()
    build_id = serializers.CharField(allow_null=True)
    error = serializers.CharField(help_text="why no build could begin")
    created_at = serializers.DateTimeField()


class DeliveryListOut(Serializer):
    deliveries = DeliveryOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class HeardOut(Serializer):
    build_id = serializers.CharField(allow_null=True, help_text="null when there was nothing to build")


class HookMessageOut(Serializer):
    message = serializers.CharField()


def hook_out(hook: BuildHook) -> dict[str, Any]:
    path = f"/v1/api/builds/webhooks/{hook.pk}"
    workflow, node = consumer_ids(hook.build)
    return {
        "id": hook.pk,
        "provider": hook.provider,
        "path": path,
        "url": f"{settings.PUBLIC_URL}{path}",
        "git_url": hook.build.source.get("git_url", ""),
        "subdirectory": hook.build.source.get("subdirectory", ""),
        "ref": hook.build.source.get("ref", ""),
        "image": hook.build.image,
        "tag": hook.build.tag,
        "workflow_id": workflow,
        "node_id": node,
        "build_id": hook.build_id,
        "last_used_at": format_time(hook.last_used_at),
        "created_at": format_time(hook.created_at),
    }


def delivery_out(delivery: BuildDelivery) -> dict[str, Any]:
    return {
        "id": str(delivery.pk),
        "outcome": delivery.outcome,
        "ref": delivery.ref,
        "commit": delivery.commit,
        "build_id": delivery.build_id,
        "error": delivery.error,
        "created_at": format_time(delivery.created_at),
    }


class HooksView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_webhooks_list",
        summary="Your webhooks",
        parameters=_PARAMETERS,
        responses=HookListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={"created_at": "created_at", "last_used_at": "last_used_at"})
        rows = selectors.visible_hooks(self.actor)
        if query.search:
            rows = rows.filter(build__source__git_url__icontains=query.search)
        return list_response("webhooks", rows, query, hook_out)


class BuildHooksView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_webhooks_create",
        summary="Build this again whenever somebody pushes",
        request=HookIn,
        responses={201: NewHookOut},
    )
    def post(self, request: Request, id: str) -> Response:
        data = self.read(HookIn, request)
        hook, secret = services.create_hook(build_id=id, provider=data["provider"], actor=self.actor)
        return Response({**hook_out(hook), "secret": secret}, status=status.HTTP_201_CREATED)


class HookView(ApiView):
    """The call of a Git host is known by its signature, so nobody signs in for it."""

    access = {"POST": Access.PUBLIC, "DELETE": Access.MEMBER}
    parser_classes = [JsonParser, FormParser]

    def get_authenticators(self) -> list[BaseAuthentication]:
        """A Git host may send an Authorization header of its own, which is not looked at."""
        is_call = self.request is not None and self.request.method == "POST"
        return [] if is_call else super().get_authenticators()

    @extend_schema(
        operation_id="builds_webhooks_hear",
        summary="For Git hosts: a push, signed (X-Hub-Signature-256) or with its token (X-Gitlab-Token)",
        request=OpenApiTypes.OBJECT,
        responses=HeardOut,
        auth=[],
    )
    def post(self, request: Request, id: str) -> Response:
        body = request._request.body  # what is signed are its bytes
        if len(body) > MOST_BYTES:
            raise TooLarge(f"A webhook's call has up to {MOST_BYTES // 1024**2} MiB.")
        build = services.hear_hook(hook_id=id, headers=request.headers, body=body)
        return Response({"build_id": build.pk if build else None})

    @extend_schema(
        operation_id="builds_webhooks_delete",
        summary="Do not listen there any more",
        responses=HookMessageOut,
    )
    def delete(self, request: Request, id: str) -> Response:
        services.delete_hook(hook_id=id, actor=self.actor)
        return Response({"message": "The webhook is removed."})


class HookRotateView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_webhooks_rotate",
        summary="Another secret, shown this once; the old one is refused from now on",
        request=None,
        responses=NewHookOut,
    )
    def post(self, request: Request, id: str) -> Response:
        hook, secret = services.rotate_hook(hook_id=id, actor=self.actor)
        return Response({**hook_out(hook), "secret": secret})


class HookTestView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_webhooks_test",
        summary="A push as the Git host would send it, signed: it builds as any other",
        request=None,
        responses=HeardOut,
    )
    def post(self, request: Request, id: str) -> Response:
        build = services.send_test(hook_id=id, actor=self.actor)
        return Response({"build_id": build.pk if build else None})


class HookDeliveriesView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="builds_webhooks_deliveries",
        summary="What was heard there and what became of it, the newest first",
        parameters=[*_PARAMETERS, OpenApiParameter("outcome", str)],
        responses=DeliveryListOut,
    )
    def get(self, request: Request, id: str) -> Response:
        query = list_query(request, sorts={"created_at": "created_at"})
        rows = selectors.deliveries_of(hook_id=id, actor=self.actor)
        if query.search:
            rows = rows.filter(Q(ref__icontains=query.search) | Q(commit__istartswith=query.search))
        if outcome := request.query_params.get("outcome"):
            rows = rows.filter(outcome=outcome)
        return list_response("deliveries", rows, query, delivery_out)
