"""Probes and metrics, for orchestrators and Prometheus; outside the API and open to everyone who reaches the
port."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse

from core.api.errors import error_body
from core.api.permissions import Access
from observability import metrics, probes

View = Callable[[HttpRequest], Awaitable[HttpResponse]]


def public(view: View) -> View:
    """Declares the access of a plain view, for the test that walks all routes; only reads."""

    async def guarded(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return JsonResponse(error_body("Only GET is possible here.", "method_not_allowed"), status=405)
        response = await view(request)
        response["Cache-Control"] = "no-store"
        return response

    cast(Any, guarded).access = Access.PUBLIC
    return guarded


@public
async def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a database that is away restarts nobody."""
    return JsonResponse({"status": "ok"})


@public
async def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served; 503 names what is missing."""
    problems = await sync_to_async(probes.not_ready)()
    if problems:
        return JsonResponse({"status": "not_ready", "not_ready": problems}, status=503)
    return JsonResponse({"status": "ready"})


@public
async def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format."""
    return HttpResponse(await sync_to_async(metrics.render)(), content_type=metrics.CONTENT_TYPE)
