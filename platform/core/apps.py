from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import gauges
        from core.work import selectors

        gauges.register(
            "sailcloth_core_work_unfinished",
            "Leased work that is not over, by kind and state.",
            lambda: {
                (kind, state): float(number) for (kind, state), number in selectors.count_by_kind_and_state().items()
            },
            ("kind", "state"),
        )
        gauges.register(
            "sailcloth_core_work_lag_seconds",
            "How long the work that waits longest has been waiting for a worker.",
            lambda: {(): selectors.longest_wait()},
        )
