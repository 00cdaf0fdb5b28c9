"""Every route, each app bringing its own."""

from django.urls import include, path

from config.spa import SinglePageApp

handler400 = "core.api.errors.bad_request"
handler404 = "core.api.errors.not_found"
handler500 = "core.api.errors.server_error"

urlpatterns = [
    path("", include("observability.urls")),
    path("v1/", include("config.openapi")),
    path("v1/api/", include("accounts.api.urls")),
    path("v1/api/", include("audit.api.urls")),
    path("v1/api/", include("realtime.api.urls")),
    path("v1/api/", include("plugins.api.urls")),
    path("v1/api/", include("clusters.api.urls")),
    path("v1/api/", include("builds.api.urls")),
    path("v1/api/", include("workflows.api.urls")),
    path("v1/api/", include("imports.api.urls")),
    path("v1/api/", include("dashboard.api.urls")),
    path("v1/api/", include("notifications.api.urls")),
    SinglePageApp.route(),
]
