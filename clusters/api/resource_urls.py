"""Routes of resources, under /v1/api/."""

from django.urls import URLPattern

from clusters.api import resource_views as views
from clusters.api.resource_stream import resource_stream
from core.api.routes import route

urlpatterns: list[URLPattern] = [
    route("resources", views.ResourcesView.as_view(), "resources"),
    # Before `:id`, which it would match.
    route("resources/sync", views.ResourcesSyncView.as_view(), "resources-sync"),
    route("resources/:id", views.ResourceView.as_view(), "resource"),
    route("resources/:id/pods", views.ResourcePodsView.as_view(), "resource-pods"),
    route("resources/:id/metrics", views.ResourceMetricsView.as_view(), "resource-metrics"),
    route("resources/:id/scale", views.ResourceScaleView.as_view(), "resource-scale"),
    route("resources/:id/restart", views.ResourceRestartView.as_view(), "resource-restart"),
    route("resources/:id/stream", resource_stream, "resource-stream"),
]
