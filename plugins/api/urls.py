"""Routes of what extends the product, under /v1/api/."""

from core.api.routes import route
from plugins.api.views import TemplatesView

urlpatterns = [route("templates", TemplatesView.as_view(), "templates")]
