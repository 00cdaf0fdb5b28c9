"""Routes of imports, under /v1/api/."""

from django.urls import URLPattern

from core.api.routes import route
from imports.api import views
from imports.api.stream_views import import_stream

urlpatterns: list[URLPattern] = [
    route("import", views.ImportsView.as_view(), "imports"),
    # Before the ids.
    route("import/analyze", views.AnalyzeView.as_view(), "import-analyze"),
    route("import/upload", views.UploadView.as_view(), "import-upload"),
    route("import/apply", views.ApplyView.as_view(), "import-apply"),
    route("import/create-workflow", views.CreateWorkflowView.as_view(), "import-create-workflow"),
    route("import/:id", views.ImportView.as_view(), "import"),
    route("import/:id/choices", views.ChoicesView.as_view(), "import-choices"),
    route("import/:id/files", views.FilesView.as_view(), "import-files"),
    route("import/:import_id/stream", import_stream, "import-stream"),
]
