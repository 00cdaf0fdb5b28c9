"""Routes of registries, under /v1/api/."""

from django.urls import URLPattern

from clusters.registries.api import browsing_views, views
from core.api.routes import route

urlpatterns: list[URLPattern] = [
    route("registries", views.RegistriesView.as_view(), "registries"),
    # Before `:id`, which it would match.
    route("registries/lookup", views.RegistryLookupView.as_view(), "registries-lookup"),
    route("registries/tags", views.RegistryTagsView.as_view(), "registries-tags"),
    route("registries/:id", views.RegistryView.as_view(), "registry"),
    route("registries/:id/repositories", browsing_views.RepositoriesView.as_view(), "registry-repositories"),
    route("registries/:id/tags", browsing_views.TagsView.as_view(), "registry-tags"),
    route("admin/registries", views.AdminRegistriesView.as_view(), "admin-registries"),
    route("admin/registries/:id", views.AdminRegistryView.as_view(), "admin-registry"),
    route("admin/registries/:id/test", views.AdminRegistryTestView.as_view(), "admin-registry-test"),
    route("admin/registries/:id/default", views.AdminRegistryDefaultView.as_view(), "admin-registry-default"),
]
