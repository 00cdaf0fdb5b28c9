"""Routes of clusters, under /v1/api/."""

from django.urls import URLPattern

from clusters.api import care_views, connection_views, share_views, views
from clusters.api.resource_urls import urlpatterns as resource_routes
from clusters.api.terminal_urls import urlpatterns as stream_routes
from clusters.registries.api.urls import urlpatterns as registry_routes
from core.api.routes import route

urlpatterns: list[URLPattern] = [
    route("clusters", views.ClustersView.as_view(), "clusters"),
    # Before `:name`, which it would match.
    route("clusters/default", views.DefaultClusterView.as_view(), "clusters-default"),
    route("clusters/:name", views.ClusterView.as_view(), "cluster"),
    route("clusters/:name/default", connection_views.ClusterDefaultView.as_view(), "cluster-default"),
    route("clusters/:name/test", connection_views.ClusterTestView.as_view(), "cluster-test"),
    route("clusters/:name/status", connection_views.ClusterStatusView.as_view(), "cluster-status"),
    route("clusters/:name/logs", connection_views.ClusterLogsView.as_view(), "cluster-logs"),
    route("clusters/:name/credentials", connection_views.ClusterCredentialsView.as_view(), "cluster-credentials"),
    route("clusters/:name/refresh", care_views.ClusterRefreshView.as_view(), "cluster-refresh"),
    route("clusters/:name/metadata", care_views.ClusterMetadataView.as_view(), "cluster-metadata"),
    route("clusters/:name/metrics", care_views.ClusterMetricsView.as_view(), "cluster-metrics"),
    route("clusters/:name/share", share_views.ClusterShareView.as_view(), "cluster-share"),
    route("clusters/:name/shares", share_views.ClusterSharesView.as_view(), "cluster-shares"),
    route("clusters/:name/shares/:id", share_views.ClusterShareItemView.as_view(), "cluster-share-item"),
    *resource_routes,
    *stream_routes,
    *registry_routes,
]
