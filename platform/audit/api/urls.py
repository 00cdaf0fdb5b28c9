"""Routes of the audit record, under /v1/api/."""

from audit.api.views import AuditEntryView, AuditExportView, AuditView
from core.api.routes import route

urlpatterns = [
    route("audit", AuditView.as_view(), "audit"),
    route("audit/export", AuditExportView.as_view(), "audit-export"),
    route("audit/:id", AuditEntryView.as_view(), "audit-entry"),
]
