from core.api.routes import route
from observability.views import healthz, metrics_page, readyz

urlpatterns = [
    route("healthz", healthz, "healthz"),
    route("readyz", readyz, "readyz"),
    route("metrics", metrics_page, "metrics"),
]
