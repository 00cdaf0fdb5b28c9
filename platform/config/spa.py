"""The front end: one page for every address that is not the API's."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path
from django.views import View

from core.api.errors import error_body
from core.api.permissions import Access

_MISSING = "The front end is not built yet: run `make frontend`, or use the API at /v1/docs."


class SinglePageApp(View):
    """Answers deep links with the built index page; the browser's router does the rest."""

    access = Access.PUBLIC

    @classmethod
    def route(cls) -> URLPattern:
        # Unknown addresses of the API and missing assets stay a 404, not a page.
        return re_path(r"^(?!v1/|assets/|static/|metrics|healthz|readyz).*$", cls.as_view(), name="app")

    def get(self, request: HttpRequest) -> HttpResponse:
        index = Path(settings.FRONTEND_DIST) / "index.html"
        if not index.is_file():
            return JsonResponse(error_body(_MISSING, "frontend_missing"), status=404)
        response = HttpResponse(index.read_bytes(), content_type="text/html; charset=utf-8")
        response["Cache-Control"] = "no-cache"
        return response
