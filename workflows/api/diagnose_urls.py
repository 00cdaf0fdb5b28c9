"""Routes of diagnostics and fixes."""

from core.api.routes import route
from workflows.api import diagnose_views as views

urlpatterns = [
    route("workflows/:id/nodes/:node_id/diagnostics", views.DiagnosticsView.as_view()),
    route("workflows/:id/nodes/:node_id/fix-template/:fix_type", views.FixTemplateView.as_view()),
    route("workflows/:id/nodes/:node_id/fix", views.FixView.as_view()),
]
