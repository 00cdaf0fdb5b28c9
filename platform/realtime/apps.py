from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import gauges
        from realtime import hub

        gauges.register(
            "sailcloth_realtime_stream_clients",
            "Open streams of this process.",
            lambda: {(): float(hub.count_clients())},
        )
        gauges.register(
            "sailcloth_realtime_outbox_lag_events",
            "Committed events that this process has not yet passed on to its open streams.",
            lambda: {(): float(hub.lag())},
        )
