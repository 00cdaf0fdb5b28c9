"""Routes of the start page and of search, under /v1/api/."""

from django.urls import URLPattern

from core.api.routes import route
from dashboard.api import views

urlpatterns: list[URLPattern] = [
    route("dashboard/recent-workflows", views.RecentWorkflowsView.as_view(), "dashboard-recent-workflows"),
    route("dashboard/stats", views.StatsView.as_view(), "dashboard-stats"),
    route("search", views.SearchView.as_view(), "search"),
]
