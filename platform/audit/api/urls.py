"""Routes of the audit record, under /v1/api/."""

from audit.api.views import AuditView
from core.api.routes import route

urlpatterns = [route("audit", AuditView.as_view(), "audit")]
