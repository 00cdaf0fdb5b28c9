from core.api.routes import route
from realtime.api.views import StreamTicketsView

urlpatterns = [
    route("stream-tickets", StreamTicketsView.as_view(), "stream-tickets"),
]
