"""Routes of streams."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
