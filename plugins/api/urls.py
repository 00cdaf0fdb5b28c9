"""Routes of plugins, under /v1/api/."""

from django.urls import URLPattern

from core.api.routes import route
from plugins.api import views

urlpatterns: list[URLPattern] = [
    route("plugins", views.PluginsView.as_view(), "plugins"),
    # Before `:id`, which they would match.
    route("plugins/enabled", views.EnabledPluginsView.as_view(), "plugins-enabled"),
    route("plugins/categories", views.PluginCategoriesView.as_view(), "plugins-categories"),
    route("plugins/:id", views.PluginView.as_view(), "plugin"),
    route("plugins/:id/enable", views.PluginEnableView.as_view(), "plugin-enable"),
    route("plugins/:id/disable", views.PluginDisableView.as_view(), "plugin-disable"),
]
