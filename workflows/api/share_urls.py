"""Routes of sharing a workflow."""

from django.urls import URLPattern

from core.api.routes import route
from workflows.api import share_views

urlpatterns: list[URLPattern] = [
    route("workflows/:id/share", share_views.WorkflowShareView.as_view(), "workflow-share"),
    route("workflows/:id/shares", share_views.WorkflowSharesView.as_view(), "workflow-shares"),
    route("workflows/:id/shares/:share_id", share_views.WorkflowShareItemView.as_view(), "workflow-share-item"),
]
