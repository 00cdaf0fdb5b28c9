"""Routes of workflows, their runs and their streams."""

from django.urls import URLPattern

from workflows.api import run_urls, stream_urls

workflow_urls: list[URLPattern] = []

urlpatterns = [*workflow_urls, *run_urls.urlpatterns, *stream_urls.urlpatterns]
