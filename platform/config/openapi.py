"""The OpenAPI document at /v1/openapi.json and Swagger UI at /v1/docs."""

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.permissions import Access, DeclaredAccess
from core.api.routes import route


class OpenApiView(SpectacularAPIView):
    access = Access.PUBLIC
    authentication_classes = []
    permission_classes = [DeclaredAccess]
    renderer_classes = [OpenApiJsonRenderer]


class DocsView(SpectacularSwaggerSplitView):
    """Its script comes as an answer of its own (`?script=`), because no page of ours may run an inline one."""

    access = Access.PUBLIC
    authentication_classes = []
    permission_classes = [DeclaredAccess]


urlpatterns = [
    route("openapi.json", OpenApiView.as_view(), "openapi"),
    route("docs", DocsView.as_view(url_name="openapi"), "docs"),
]
