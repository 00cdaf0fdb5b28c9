"""Stream tickets over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.permissions import Access
from core.api.views import ApiView
from core.scopes import Scope
from realtime import tickets


class StreamTicketIn(serializers.Serializer):
    path = serializers.CharField(max_length=1000, help_text="The address that the ticket shall open.")


class StreamTicketOut(serializers.Serializer):
    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


class StreamTicketsView(ApiView):
    access = Access.MEMBER
    # A ticket carries the scopes of whoever asked for it, and opens no more than they do.
    token_scopes = Scope.READ

    @extend_schema(operation_id="create_stream_ticket", request=StreamTicketIn, responses={201: StreamTicketOut})
    def post(self, request: Request) -> Response:
        """A single-use ticket for one stream or terminal, for clients that cannot send a header."""
        data = self.read(StreamTicketIn, request)
        ticket = tickets.create_ticket(path=data["path"], actor=self.actor)
        body = {"ticket": ticket, "expires_in": int(tickets.LIFETIME.total_seconds())}
        return Response(body, status=status.HTTP_201_CREATED)
