"""Routes of clusters, under /v1/api/."""

from django.urls import URLPattern

from clusters.api import connection_views, views
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
]
