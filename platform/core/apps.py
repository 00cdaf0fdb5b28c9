from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import gauges
        from core.search.making import make_indexes
        from core.work import selectors

        # Told of once, when all migrations are done.
        post_migrate.connect(make_indexes, sender=self)
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
