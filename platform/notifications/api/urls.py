"""Routes of notifications, under /v1/api/."""

from django.urls import URLPattern

from core.api.routes import route
from notifications.api import views, webhook_views

urlpatterns: list[URLPattern] = [
    route("notifications", views.NotificationsView.as_view(), "notifications"),
    route("notifications/read", views.ReadAllView.as_view(), "notifications-read"),
    route("notifications/preferences", views.PreferencesView.as_view(), "notification-preferences"),
    route("notifications/webhooks", webhook_views.WebhooksView.as_view(), "webhooks"),
    route("notifications/webhooks/targets", webhook_views.WebhookTargetsView.as_view(), "webhook-targets"),
    route("notifications/webhooks/:id", webhook_views.WebhookView.as_view(), "webhook"),
    route("notifications/webhooks/:id/test", webhook_views.WebhookTestView.as_view(), "webhook-test"),
    route("notifications/:id", views.NotificationView.as_view(), "notification"),
]
