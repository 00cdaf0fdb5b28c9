"""Webhooks of notifications over HTTP: for people who signed in, never for a token."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.paging import list_query, list_response, page_body
from core.api.permissions import Access
from core.api.times import format_time
from core.api.views import ApiView
from notifications import selectors, services
from notifications.kinds import Kind
from notifications.models import Webhook
from plugins.selectors import webhook_targets
from plugins.types import SeenTarget

Serializer = serializers.Serializer[Any]
_KINDS = [kind.value for kind in Kind]
_LIST = [OpenApiParameter(name, str) for name in ("page", "limit", "sort", "order", "search")]
_SHOWN = {
    "id": "01920000-0000-7000-8000-000000000000",
    "url": "https://example.com/hooks/sailcloth",
    "target": "",
    "kinds": ["run.failed", "cluster.lost"],
    "is_enabled": True,
    "failures": 0,
    "tried_at": None,
    "problem": "",
    "created_at": "2026-03-24T10:00:00Z",
    "updated_at": "2026-03-24T10:00:00Z",
}


class WebhookIn(Serializer):
    url = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="may be left out for a target that has one"
    )
    target = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="the service in whose words it is told"
    )
    secrets = serializers.DictField(
        child=serializers.CharField(max_length=1000),
        required=False,
        help_text="what the target asks for; sealed, and never shown again",
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=_KINDS), required=False, max_length=len(Kind), help_text="all, if none"
    )


class WebhookChangeIn(Serializer):
    url = serializers.CharField(max_length=2000, required=False)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=_KINDS), required=False, max_length=len(Kind))
    is_enabled = serializers.BooleanField(required=False)


class TargetSecretOut(Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField(allow_blank=True)


class WebhookTargetOut(Serializer):
    id = serializers.CharField()
    display_name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    icon = serializers.CharField()
    url = serializers.CharField(allow_blank=True, help_text="where calls go unless you say otherwise")
    url_hint = serializers.CharField(allow_blank=True, help_text="what an address of it looks like")
    source_url = serializers.CharField(allow_blank=True)
    secrets = TargetSecretOut(many=True)


class WebhookTargetListOut(Serializer):
    targets = WebhookTargetOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class WebhookOut(Serializer):
    id = serializers.CharField()
    url = serializers.CharField()
    target = serializers.CharField(allow_blank=True, help_text="empty: our own JSON")
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=_KINDS))
    is_enabled = serializers.BooleanField(help_text="off by its owner, or after failures in a row")
    failures = serializers.IntegerField(help_text="deliveries in a row that were given up")
    tried_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(allow_blank=True, help_text="why the last try failed; empty when it arrived")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewWebhookOut(WebhookOut):
    secret = serializers.CharField(help_text="with which deliveries are signed; shown in this answer only")


class WebhookListOut(Serializer):
    webhooks = WebhookOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    limit = serializers.IntegerField()


class WebhookRemovedOut(Serializer):
    message = serializers.CharField()


def webhook_out(row: Webhook) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": row.url,
        "target": row.target,
        "kinds": row.kinds,
        "is_enabled": row.is_enabled,
        "failures": row.failures,
        "tried_at": format_time(row.tried_at) if row.tried_at else None,
        "problem": row.problem,
        "created_at": format_time(row.created_at),
        "updated_at": format_time(row.updated_at),
    }


class WebhooksView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="webhooks_list",
        summary="Your webhooks, and how the last delivery of each went",
        parameters=_LIST,
        responses=WebhookListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(request, sorts={"created_at": "created_at", "url": "url"})
        rows = selectors.list_webhooks(actor=self.actor)
        if query.search:
            rows = rows.filter(url__icontains=query.search)
        return list_response("webhooks", rows, query, webhook_out)

    @extend_schema(
        operation_id="webhooks_add",
        summary="Have an address of yours called with what you are told",
        description="Each call is signed: `Sailcloth-Signature` is the HMAC-SHA256 with the secret, in hex, over "
        "`Sailcloth-Timestamp`, a dot and the body. After five deliveries in a row that nobody took it is turned off. "
        "With a target (see `notifications/webhooks/targets`) it is told in the words of that service, with the "
        "secrets that the service asks for.",
        request=WebhookIn,
        responses={201: NewWebhookOut},
        examples=[
            OpenApiExample("Failures", {"url": _SHOWN["url"], "kinds": _SHOWN["kinds"]}, request_only=True),
            OpenApiExample(
                "A service",
                {"target": "messengers.pagerduty", "secrets": {"routing_key": "R0123456789"}, "kinds": _SHOWN["kinds"]},
                request_only=True,
            ),
            OpenApiExample("Added", _SHOWN | {"secret": "whsec_Qm3x9B…"}, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        data = self.read(WebhookIn, request)
        kinds = [Kind(each) for each in data.get("kinds", ())]
        made = services.add_webhook(
            url=data.get("url", ""),
            kinds=kinds,
            target=data.get("target", ""),
            secrets_of_target=data.get("secrets", {}),
            actor=self.actor,
        )
        return Response(webhook_out(made.row) | {"secret": made.secret}, status=status.HTTP_201_CREATED)


class WebhookTargetsView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="webhooks_targets",
        summary="The services that plugins bring, in whose words a webhook can be told",
        parameters=_LIST,
        responses=WebhookTargetListOut,
    )
    def get(self, request: Request) -> Response:
        query = list_query(
            request, sorts={"display_name": "display_name", "id": "id"}, default="display_name", order="asc"
        )
        rows = [
            _target_out(each)
            for each in webhook_targets(self.actor)
            if query.search.casefold() in each.target.display_name.casefold()
        ]
        rows.sort(key=lambda row: str(row[query.sort]).casefold(), reverse=query.order == "desc")
        page = rows[query.offset : query.offset + query.limit]
        return Response(page_body("targets", page, len(rows), query))


def _target_out(seen: SeenTarget) -> dict[str, Any]:
    return {
        "id": seen.id,
        "display_name": seen.target.display_name,
        "description": seen.target.description,
        "icon": seen.target.icon,
        "url": seen.target.url,
        "url_hint": seen.target.url_hint,
        "source_url": seen.target.source,
        "secrets": [{"name": each.name, "title": each.title, "help": each.help} for each in seen.target.secrets],
    }


class WebhookView(ApiView):
    access = Access.MEMBER

    @extend_schema(operation_id="webhooks_get", summary="One webhook", responses=WebhookOut)
    def get(self, request: Request, id: str) -> Response:
        return Response(webhook_out(selectors.get_webhook(webhook_id=id, actor=self.actor)))

    @extend_schema(
        operation_id="webhooks_change",
        summary="Change its address or its kinds, turn it off and on",
        request=WebhookChangeIn,
        responses=WebhookOut,
    )
    def patch(self, request: Request, id: str) -> Response:
        data = self.read(WebhookChangeIn, request)
        kinds = [Kind(each) for each in data["kinds"]] if "kinds" in data else None
        row = services.change_webhook(
            webhook_id=id, url=data.get("url"), kinds=kinds, is_enabled=data.get("is_enabled"), actor=self.actor
        )
        return Response(webhook_out(row))

    @extend_schema(operation_id="webhooks_remove", summary="Remove it", responses=WebhookRemovedOut)
    def delete(self, request: Request, id: str) -> Response:
        services.remove_webhook(webhook_id=id, actor=self.actor)
        return Response({"message": "The webhook was removed."})


class WebhookTestView(ApiView):
    access = Access.MEMBER

    @extend_schema(
        operation_id="webhooks_test",
        summary="Call it now, with a piece of news of the kind `test`",
        request=None,
        responses=WebhookOut,
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(webhook_out(services.try_webhook(webhook_id=id, actor=self.actor)))
