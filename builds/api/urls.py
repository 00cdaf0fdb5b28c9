"""Routes of builds, under /v1/api/."""

from django.urls import URLPattern

from builds.api import git_login_views, hook_views, preview_views, streams, views
from core.api.routes import route

urlpatterns: list[URLPattern] = [
    route("builds", views.BuildsView.as_view(), "builds"),
    # Before `:id`, which they would match.
    route("builds/start", views.BuildStartView.as_view(), "builds-start"),
    route("builds/uploads", views.BuildUploadsView.as_view(), "builds-uploads"),
    route("builds/preview", preview_views.BuildPreviewView.as_view(), "builds-preview"),
    route("builds/engine", views.BuildEngineView.as_view(), "builds-engine"),
    route("builds/webhooks", hook_views.HooksView.as_view(), "builds-webhooks"),
    route("builds/webhooks/:id", hook_views.HookView.as_view(), "builds-webhook"),
    route("builds/webhooks/:id/rotate", hook_views.HookRotateView.as_view(), "builds-webhook-rotate"),
    route("builds/webhooks/:id/test", hook_views.HookTestView.as_view(), "builds-webhook-test"),
    route("builds/webhooks/:id/deliveries", hook_views.HookDeliveriesView.as_view(), "builds-webhook-deliveries"),
    route("builds/git-logins", git_login_views.GitLoginsView.as_view(), "builds-git-logins"),
    route("builds/git-logins/:id", git_login_views.GitLoginView.as_view(), "builds-git-login"),
    route("builds/:id", views.BuildView.as_view(), "build"),
    route("builds/:id/cancel", views.BuildCancelView.as_view(), "build-cancel"),
    route("builds/:id/retry", views.BuildRetryView.as_view(), "build-retry"),
    route("builds/:id/webhooks", hook_views.BuildHooksView.as_view(), "build-webhooks"),
    route("builds/:id/stream", streams.build_stream, "build-stream"),
    route("builds/:id/logs", streams.build_logs, "build-logs"),
]
