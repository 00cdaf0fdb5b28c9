"""What a plain request to the address of a terminal is told."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.api.permissions import Access
from core.errors import AppError
from core.principal import Principal
from realtime.views import error_response, stream_view


class UpgradeRequired(AppError):
    code = "upgrade_required"
    status = 426

    def __init__(self) -> None:
        super().__init__("A terminal is a WebSocket: connect with ws:// or wss://.")


@stream_view(access=Access.MEMBER)
async def terminal(request: HttpRequest, *, actor: Principal, id: str) -> HttpResponseBase:
    response = error_response(UpgradeRequired())
    response["Upgrade"] = "websocket"
    return response
