"""Routes of templates."""

from django.urls import URLPattern

from core.api.routes import route
from workflows.api import template_views

urlpatterns: list[URLPattern] = [
    route("templates", template_views.TemplatesView.as_view(), "templates"),
    route("templates/:id", template_views.TemplateView.as_view(), "template"),
    route("templates/:id/words", template_views.WordsView.as_view(), "template-words"),
    route("templates/:id/instantiate", template_views.InstantiateView.as_view(), "template-instantiate"),
]
