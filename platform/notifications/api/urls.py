"""Routes of notifications, under /v1/api/."""

from django.urls import URLPattern

from core.api.routes import route
from notifications.api import views

urlpatterns: list[URLPattern] = [
    route("notifications", views.NotificationsView.as_view(), "notifications"),
    route("notifications/read", views.ReadAllView.as_view(), "notifications-read"),
    route("notifications/preferences", views.PreferencesView.as_view(), "notification-preferences"),
    route("notifications/:id", views.NotificationView.as_view(), "notification"),
]
