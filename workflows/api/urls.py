"""Routes of workflows, their versions, their runs and their streams."""

from typing import Any

from django.urls import URLPattern

from core.api.permissions import token_scopes_of
from core.api.routes import route
from workflows.api import (
    run_urls,
    share_urls,
    stream_urls,
    template_urls,
    version_views,
    workflow_action_views,
    workflow_views,
)

workflow_urls = [
    route("workflows", workflow_views.WorkflowsView.as_view(), "workflows"),
    route("workflows/:id", workflow_views.WorkflowView.as_view(), "workflow"),
    route("workflows/:id/save", workflow_action_views.SaveView.as_view(), "workflow-save"),
    route("workflows/:id/validate", workflow_action_views.ValidateView.as_view(), "workflow-validate"),
    route("workflows/:id/preview", workflow_action_views.PreviewView.as_view(), "workflow-preview"),
    route("workflows/:id/status", workflow_action_views.StatusView.as_view(), "workflow-status"),
    route("workflows/:id/clone", workflow_action_views.CloneView.as_view(), "workflow-clone"),
    route("workflows/:id/undelete", workflow_action_views.UndeleteView.as_view(), "workflow-undelete"),
    route("workflows/:id/manifests", workflow_action_views.ManifestsView.as_view(), "workflow-manifests"),
    route("workflows/:id/versions", version_views.VersionsView.as_view(), "versions"),
    # Before the numbers.
    route("workflows/:id/versions/compare", version_views.CompareView.as_view(), "versions-compare"),
    route("workflows/:id/versions/:version", version_views.VersionView.as_view(), "version"),
    route("workflows/:id/versions/:version/restore", version_views.RestoreView.as_view(), "version-restore"),
]


def join_methods(patterns: list[URLPattern]) -> list[URLPattern]:
    """One view per address: where two parts each answer a method of it (PUT and GET status), a view with both."""
    found: dict[str, URLPattern] = {}
    for pattern in patterns:
        address = str(pattern.pattern)
        first = found.setdefault(address, pattern)
        if first is not pattern:
            classes: tuple[Any, ...] = (_view_class(first), _view_class(pattern))
            scopes = {method: token_scopes_of(each, method) for each in classes for method in _methods_of(each)}
            joined = type(f"{classes[0].__name__}And{classes[1].__name__}", classes, {"token_scopes": scopes})
            found[address] = URLPattern(pattern.pattern, joined.as_view(), name=first.name)  # type: ignore[attr-defined]
    return list(found.values())


def _methods_of(view: Any) -> list[str]:
    return [name.upper() for name in view.http_method_names if name != "options" and hasattr(view, name)]


def _view_class(pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "view_class", None) or pattern.callback.cls  # type: ignore[attr-defined]


urlpatterns = join_methods(
    [
        *workflow_urls,
        *template_urls.urlpatterns,
        *share_urls.urlpatterns,
        *run_urls.urlpatterns,
        *stream_urls.urlpatterns,
    ]
)
