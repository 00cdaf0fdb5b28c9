"""The decorator of async stream views; REST framework's own views are synchronous."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from core.api.errors import error_body
from core.api.permissions import Access
from core.errors import AppError, PermissionDenied
from core.scopes import Scopes
from realtime.credentials import authenticate_stream

# `async def status_stream(request, *, actor, workflow_id)`: gives `sse.event_stream(…)` or raises an
# AppError.
StreamView = Callable[..., Awaitable[HttpResponseBase]]


def stream_view(access: Access = Access.MEMBER, token_scopes: Scopes = None) -> Callable[[StreamView], StreamView]:
    """Authenticates by bearer or ticket, checks `access` and scopes and passes the `actor`; failures are the
    API's errors. Where `token_scopes` are not named, no personal access token opens the stream.

    The view reads the database with `realtime.threads.in_thread`, never with `sync_to_async`.
    """
    if access is Access.PUBLIC:
        raise ValueError("No stream is public.")

    def decorate(view: StreamView) -> StreamView:
        @wraps(view)
        async def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method != "GET":
                return JsonResponse(error_body("A stream is opened with GET.", "method_not_allowed"), status=400)
            try:
                actor = await authenticate_stream(request, token_scopes)
                if access is Access.ADMIN and not actor.is_admin:
                    raise PermissionDenied("You may not do this.")
                return await view(request, actor=actor, **kwargs)
            except AppError as error:
                return error_response(error)

        cast(Any, guarded).access = access
        cast(Any, guarded).token_scopes = token_scopes
        return guarded

    return decorate


def error_response(error: AppError) -> JsonResponse:
    """As REST framework's handler would answer it."""
    response = JsonResponse(error_body(error.message, error.code, error.fields, error.details), status=error.status)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
