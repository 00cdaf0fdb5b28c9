"""What every request passes through: its id and log line, a readable query, the security headers, and CORS.

All of it runs natively on the event loop: a middleware that is only synchronous would tie up a thread for as
long as a stream is open.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, cast

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from core import context
from core.ids import new_id
from observability import metrics

logger = logging.getLogger("sailcloth.request")

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# They come every few seconds and say nothing when all is well.
_QUIET = ("/healthz", "/readyz", "/metrics")


class Hybrid:
    """A middleware that is a coroutine function exactly when what it wraps is one."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        raise NotImplementedError


class Headers(Hybrid):
    """A middleware that may answer at once, and that adds headers to every answer."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer(request)
        response = self.before(request) or cast(HttpResponseBase, self.get_response(request))
        self.after(request, response)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response = self.before(request) or await cast(Awaitable[HttpResponseBase], self.get_response(request))
        self.after(request, response)
        return response

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        raise NotImplementedError


class RequestContext(Hybrid):
    """Gives each request an id, which is in every log line and in the answer, and logs one line when it is
    answered.

    Neither the query (it may hold a ticket) nor a body is logged. A stream is logged when it begins.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer(request)
        with _Context(request) as current:
            return current.answered(cast(HttpResponseBase, self.get_response(request)))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        with _Context(request) as current:
            return current.answered(await cast(Awaitable[HttpResponseBase], self.get_response(request)))


class ReadableQuery(Hybrid):
    """Reads a NUL in the query as U+FFFD.

    No text of ours holds a NUL, so nothing is found either way, but PostgreSQL refuses to look for one.
    """

    def __call__(self, request: HttpRequest) -> Any:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "%EF%BF%BD")
        return self.get_response(request)


class _Context:
    """The time of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        given = request.headers.get("X-Request-ID", "")
        self.id = given if _SANE_ID.fullmatch(given) else new_id()

    def __enter__(self) -> "_Context":
        self.started = time.perf_counter()
        request = self.request
        ip = context.client_ip(
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            getattr(settings, "TRUSTED_PROXIES", 0),
        )
        info = context.RequestInfo(self.id, ip, request.headers.get("User-Agent", "")[:300])
        self._entered = ExitStack()
        self._entered.enter_context(context.request_context(info))
        self._entered.enter_context(structlog.contextvars.bound_contextvars(request_id=self.id))
        return self

    def __exit__(self, *_: object) -> None:
        self._entered.close()

    def answered(self, response: HttpResponseBase) -> HttpResponseBase:
        seconds = time.perf_counter() - self.started
        request = self.request
        response["X-Request-ID"] = self.id
        route = route_of(request)
        method = request.method if request.method in _METHODS else "OTHER"
        metrics.count_request(str(method), route, response.status_code, seconds)
        level = logging.DEBUG if request.path in _QUIET else logging.INFO
        about = {
            "method": method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        }
        logger.log(level, "request", extra=about)
        return response


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_GROUP = re.compile(r"\(\?P<([a-z_]+)>[^()]*\)")


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, not the address: ids would make as many metrics as there are objects."""
    match = request.resolver_match
    if match is None:
        return "none"
    if match.url_name == "app":
        return "/"  # The single page, whatever the address.
    pattern = _GROUP.sub(r":\1", match.route)
    return "/" + pattern.replace("^", "").removesuffix("$").removesuffix("/?")


class SecurityHeaders(Headers):
    """What a browser may do with our answers: run scripts that are files of ours, and nothing that is written
    into a page."""

    policy = (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    )

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        response.setdefault("Content-Security-Policy", self.policy)
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.path.startswith("/v1/api/"):
            # Answers are one person's own.
            response.setdefault("Cache-Control", "no-store")


class Cors(Headers):
    """Exactly the origins of SAILCLOTH_CORS_ORIGINS may call from a browser, with their cookie; `*` is not
    one."""

    methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    headers = "Authorization, Content-Type, If-Match, Idempotency-Key, Last-Event-ID, X-Request-ID"
    exposed = "ETag, Location, Retry-After, X-Request-ID, Content-Disposition, Idempotent-Replayed"

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return HttpResponse(status=204)
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> None:
        origin = request.headers.get("Origin")
        if not settings.CORS_ORIGINS:
            return
        _vary(response, "Origin")
        if origin is None or origin not in settings.CORS_ORIGINS:
            return
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
        response["Access-Control-Expose-Headers"] = self.exposed
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response["Access-Control-Allow-Methods"] = self.methods
            response["Access-Control-Allow-Headers"] = self.headers
            response["Access-Control-Max-Age"] = "600"


def _vary(response: HttpResponseBase, name: str) -> None:
    known = [part.strip() for part in response.get("Vary", "").split(",") if part.strip()]
    if name not in known:
        response["Vary"] = ", ".join([*known, name])
